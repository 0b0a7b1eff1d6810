// SPDX-License-Identifier: Apache-2.0
/** Commands that are ended at random moments, or run twice at once: what they leave is whole, or not there. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firmwareProgram } from '../../../compiler/core/quant/detect.ts';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { loadProgram } from '../../../compiler/host/load/load-program.ts';
import { CHIRPS, writeChirps } from '../../cli/chirps.ts';
import { fakePort } from '../../support/fake-board.ts';
import { Random } from '../../support/random.ts';

const MODEL = 'models/spoken-digits';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
type Signal = (typeof SIGNALS)[number];
const TEMPORARY = /^\.egru-.*\.tmp$/;
/** Milliseconds that it takes, about, on a machine that is busy. */
const FLASHING = 4000;
/** Of a training's files, the one that has times in it. */
const TIMED = /^training\.json$/;

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** @param after milliseconds to the signal */
function egru(args: readonly string[], signal?: Signal, after = 0): Promise<End> {
  return new Promise((resolve) => {
    const begin = Date.now();
    const child = spawn(process.execPath, [packagePath('compiler/bin/egru.js'), ...args], {
      cwd: packagePath(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (bytes: Buffer) => {
      stderr += bytes.toString();
    });
    const timer = signal === undefined ? undefined : setTimeout(() => child.kill(signal), after);
    child.on('close', (code, ended) => {
      clearTimeout(timer);
      resolve({ code, signal: ended, stderr, milliseconds: Date.now() - begin });
    });
  });
}

/** Files below a folder, with `/`. */
function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
}

interface Command {
  readonly name: string;
  readonly args: (output: string) => string[];
}

export class Commands {
  readonly #folder = mkdtempSync(join(tmpdir(), 'egru-fuzz-commands-'));
  readonly #commands: readonly Command[];
  /** What each writes undisturbed, and how long it takes. */
  readonly #whole = new Map<string, { folder: string; milliseconds: number }>();

  constructor() {
    const data = join(this.#folder, 'chirps');
    writeChirps(data, 8);
    const config = join(this.#folder, 'c.json');
    writeFileSync(config, JSON.stringify({ ...CHIRPS, name: 'chirps' }));
    this.#commands = [
      { name: 'compile', args: (output) => ['compile', MODEL, '-o', output] },
      { name: 'build', args: (output) => ['build', MODEL, '--board', 'feather_m0', '-o', output] },
      {
        name: 'train',
        args: (output) => ['train', data, '--config', config, '-o', output, '--threads', '1'],
      },
    ];
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** One round. @returns what was wrong */
  async round(seed: number): Promise<string[]> {
    const random = new Random(seed);
    if (random.chance(0.2)) return this.#flash(random);
    const command = random.pick(this.#commands);
    const whole = await this.#wholeOf(command);
    const output = join(this.#folder, `r${seed}`);
    try {
      if (random.chance(0.3)) return await this.#twice(command, output, whole.folder);
      const signal = random.pick(SIGNALS);
      const after = random.between(0, Math.round(1.1 * whole.milliseconds));
      const found = await this.#ended(command, output, whole.folder, signal, after);
      return found.map((what) => `${command.name}, ${signal} after ${after} ms: ${what}`);
    } finally {
      for (const path of [output, `${output}.checkpoint`]) rmSync(path, { recursive: true, force: true });
    }
  }

  /** A model to a board that is none: what became of it is stated, unless nothing could be. */
  async #flash(random: Random): Promise<string[]> {
    const build = this.#commands.find(({ name }) => name === 'build');
    if (build === undefined) throw new Error('there is a command that builds');
    const image = join((await this.#wholeOf(build)).folder, 'model.bin');
    const { board, terminal } = await fakePort(firmwareProgram(loadProgram(packagePath(MODEL))));
    try {
      const [signal, after] = [random.pick(SIGNALS), random.between(0, FLASHING)];
      const flash = ['flash', image, '--board', 'feather_m0', '--model-only', '--port', terminal.path];
      const { code, stderr } = await egru(flash, signal, after);
      const [begun, ended] = ['update begin', 'update end'].map((text) =>
        board.commands.some((command) => command.startsWith(text)),
      );
      const stated = /^egru: [^\n]+; the board has no model now; run the same command again\n$/.test(stderr);
      const right = ended || signal === 'SIGKILL' || (begun ? stated : stderr === '' && code !== 0);
      return right ? [] : [`flash, ${signal} after ${after} ms: code ${code}: ${stderr}`];
    } finally {
      await terminal.close();
    }
  }

  async #wholeOf(command: Command): Promise<{ folder: string; milliseconds: number }> {
    const known = this.#whole.get(command.name);
    if (known !== undefined) return known;
    const folder = join(this.#folder, command.name);
    const { code, stderr, milliseconds } = await egru(command.args(folder));
    if (code !== 0) throw new Error(`${command.name}: ${stderr}`);
    this.#whole.set(command.name, { folder, milliseconds });
    return { folder, milliseconds };
  }

  async #ended(
    command: Command,
    output: string,
    whole: string,
    signal: Signal,
    after: number,
  ): Promise<string[]> {
    const args = command.args(output);
    const end = await egru(args, signal, after);
    const found: string[] = [];
    if (/defect|\n {4}at /.test(end.stderr)) found.push(end.stderr);
    // An end that cannot be seen coming leaves temporary files, and nothing else that is not whole.
    const left = filesOf(output).filter((name) => !TEMPORARY.test(name.split('/').at(-1) ?? ''));
    if (command.name !== 'train') {
      found.push(...left.flatMap((name) => differs(output, whole, name)));
      if (signal !== 'SIGKILL') found.push(...filesOf(output).filter((name) => !left.includes(name)));
      // And it can be run again.
      found.push(...(await this.#complete(args, output, whole)));
      return found;
    }
    const resume = existsSync(`${output}.checkpoint`) ? ['--resume'] : [];
    return [...found, ...(await this.#complete([...args, ...resume], output, whole))];
  }

  async #twice(command: Command, output: string, whole: string): Promise<string[]> {
    const ends = await Promise.all([egru(command.args(output)), egru(command.args(output))]);
    const found = ends.flatMap(({ code, stderr }) =>
      code === 0 || (code === 2 && /^egru: [^\n]+\n$/.test(stderr)) ? [] : [`code ${code}: ${stderr}`],
    );
    if (!ends.some(({ code }) => code === 0)) found.push(`neither of two succeeds: ${ends[0]?.stderr}`);
    return [...found, ...equal(output, whole)].map((what) => `${command.name}, twice at once: ${what}`);
  }

  async #complete(args: readonly string[], output: string, whole: string): Promise<string[]> {
    const { code, stderr } = await egru(args);
    return code === 0 ? equal(output, whole) : [`run again: code ${code}: ${stderr}`];
  }
}

/** Whether two folders hold the same; temporary files of killed processes aside. */
export function equal(output: string, whole: string): string[] {
  const names = (folder: string) =>
    filesOf(folder).filter((name) => !TEMPORARY.test(name.split('/').at(-1) ?? ''));
  const [found, wanted] = [names(output), names(whole)];
  if (found.join() !== wanted.join()) return [`has ${found.join()} instead of ${wanted.join()}`];
  return found.flatMap((name) => differs(output, whole, name));
}

function differs(output: string, whole: string, name: string): string[] {
  if (TIMED.test(name)) return [];
  const wanted = join(whole, name);
  if (!existsSync(wanted)) return [`${name} is left`];
  return readFileSync(join(output, name)).equals(readFileSync(wanted)) ? [] : [`${name} is not whole`];
}
