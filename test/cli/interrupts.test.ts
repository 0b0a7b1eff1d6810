// SPDX-License-Identifier: Apache-2.0
/** Ctrl-C while a command talks to a board, and a terminal that goes away: what is left behind, and what is said. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { firmwareProgram } from '../../compiler/core/quant/detect.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import type { PseudoTerminal } from '../../compiler/machines/device/pseudo-terminal.ts';
import { type Answers, type FakeBoard, fakePort } from '../support/fake-board.ts';
import { lacking } from '../support/needs.ts';
import { inWork, json, MODEL, type Outcome, work, writeNoise } from './egru.ts';

const program = firmwareProgram(loadProgram(packagePath(MODEL)));
const launcher = packagePath('compiler/bin/egru.js');
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

const terminals: PseudoTerminal[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const terminal of terminals.splice(0)) await terminal.close();
});

interface Running {
  readonly board: FakeBoard;
  readonly port: string;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly end: Promise<Outcome>;
}

/** A command at a board that answers so. */
async function begin(args: readonly string[], answers: Answers): Promise<Running> {
  const { board, terminal } = await fakePort(program, answers);
  terminals.push(terminal);
  const port = terminal.path;
  const child = spawn(process.execPath, [launcher, ...args, '--port', port], { cwd: packagePath() });
  children.push(child);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (bytes: Buffer) => {
      said[name] += bytes.toString();
    });
  }
  const end = new Promise<Outcome>((done) => child.on('close', (code) => done({ code, ...said })));
  return { board, port, kill: (signal) => child.kill(signal), end };
}

/** A board that calls back when a command has come for the nth time, before it answers. */
function at(pattern: RegExp, nth: number, then: () => void): Answers {
  let count = 0;
  return (command) => {
    if (pattern.test(command) && ++count === nth) then();
    return undefined;
  };
}

const image = inWork('feather/model.bin');
beforeAll(() => json(['build', MODEL, '--board', 'feather_m0', '-o', inWork('feather')]));

const clip = writeNoise('clip.wav', 1, 8);

describe.skipIf(lacking('linux')).each(SIGNALS)('%s', (signal, code) => {
  const flash = ['flash', image, '--board', 'feather_m0', '--model-only'];

  it('ends an update of the model, and reports its state', async () => {
    const running: Running = await begin(
      flash,
      at(/^update page/, 5, () => running.kill(signal)),
    );
    expect(await running.end).toEqual({
      code,
      stdout: '',
      stderr: `egru: ${running.port}: interrupted; the board has no model now; run the same command again\n`,
    });
    expect(running.board.commands).not.toContain('update end');
  });

  it('before the update has begun leaves the board as it is', async () => {
    const running: Running = await begin(
      flash,
      at(/^name$/, 1, () => running.kill(signal)),
    );
    expect(await running.end).toEqual({ code, stdout: '', stderr: '' });
    expect(running.board.commands.filter((command) => command.startsWith('update'))).toEqual([]);
  });

  it('ends a comparison with the microphone on', async () => {
    const running: Running = await begin(
      ['verify', MODEL, clip, '--stream', '--on', 'board'],
      at(/^feed/, 3, () => running.kill(signal)),
    );
    expect(await running.end).toEqual({ code, stdout: '', stderr: '' });
    const { commands } = running.board;
    expect(commands.filter((command) => command.startsWith('feed')).length).toBeLessThan(64_000 / 256);
    expect(commands.slice(-3)).toEqual(['output none', 'trace 0', 'listen on']);
  });

  it('keeps the takes that are finished', async () => {
    const output = inWork(`takes ${signal}`);
    const running = await begin(recording(output), () => undefined);
    const { stdout, stderr, ...end } = await sound(running, 125 + 25 + 250 + 10, signal);
    expect({ ...end, stderr }).toEqual({ code, stderr: '' });
    expect(stdout).toMatch(/\n1 recording in .*seven\n$/);
    expect(readdirSync(`${output}/seven`)).toEqual(['seven_0001.wav']);
    expect(readWav(`${output}/seven/seven_0001.wav`).samples).toHaveLength(800);
    expect(running.board.commands).toContain('record off');
    expect(running.board.commands.at(-1)).toBe('listen on');
  });

  it('before the first take leaves no folder', async () => {
    const output = inWork(`nothing ${signal}`);
    const running = await begin(recording(output), () => undefined);
    const { stdout, ...end } = await sound(running, 130, signal);
    expect(end).toEqual({ code, stderr: '' });
    expect(stdout).toMatch(/\nno recordings\n$/);
    expect(existsSync(output)).toBe(false);
  });

  it('is the end that listening has', async () => {
    const running: Running = await begin(['listen'], (command) => {
      if (command === 'listen on') {
        setTimeout(() => running.board.send('event 3 7999 20000\n'), 200);
        setTimeout(() => running.kill(signal), 500);
      }
      return undefined;
    });
    const { code: ended, stdout, stderr } = await running.end;
    expect({ ended, stderr }).toEqual({ ended: 0, stderr: '' });
    expect(stdout).toMatch(/, 0\.61, at 1\.00 s\n1 keyword, 7 frames, 0 overruns\n$/);
  });

  const recording = (output: string) => [
    'record',
    '-o',
    output,
    '--label',
    'seven',
    '--count',
    '3',
    '--seconds',
    '0.1',
  ];
});

/** Sends so many blocks once `record` is on, and the signal behind them. */
async function sound(
  { board, kill, end }: Running,
  blocks: number,
  signal: NodeJS.Signals,
): Promise<Outcome> {
  while (!board.commands.includes('record on')) await new Promise((done) => setTimeout(done, 20));
  for (let number = 0; number < blocks; number++) board.block(number);
  setTimeout(() => kill(signal), 500);
  return end;
}

describe.skipIf(lacking('linux'))('a board', () => {
  it('that answers nonsense is named in one line', async () => {
    for (const [args, answer] of [
      [
        ['verify', MODEL, clip, '--on', 'board'],
        (command) => (command === 'scores' ? 'ok nothing\n' : undefined),
      ],
      [
        ['listen', '--seconds', '9'],
        (command) => (command === 'listen on' ? 'ok\nevent 99 1 2\n' : undefined),
      ],
      [['listen', '--seconds', '0.2'], (command) => (command === 'stats' ? 'ok stats what\n' : undefined)],
    ] as [string[], Answers][]) {
      const running = await begin(args, answer);
      const { code, stderr } = await running.end;
      expect(stderr.startsWith(`egru: ${running.port}: `), stderr).toBe(true);
      expect([code, stderr.split('\n').length]).toEqual([2, 2]);
    }
  });

  it('that loses blocks of sound is left as it was, and no folder is', async () => {
    const running = await begin(['record', '-o', inWork('gaps'), '--label', 'x'], () => undefined);
    while (!running.board.commands.includes('record on')) await new Promise((done) => setTimeout(done, 20));
    // A microphone goes on, however late the command begins to read.
    let number = 0;
    const sound = setInterval(() => {
      running.board.block(number < 125 ? number : 2 * number);
      number++;
    }, 2);
    const { code, stderr, stdout } = await running.end.finally(() => clearInterval(sound));
    expect([code, stderr]).toEqual([
      2,
      `egru: ${running.port}: blocks of sound are missing: use the USB port\n`,
    ]);
    expect(stdout.match(/now, "x"/g)).toHaveLength(3);
    expect(running.board.commands.slice(-1)).toEqual(['listen on']);
    expect(existsSync(inWork('gaps'))).toBe(false);
  });

  it('whose update fails has no model, which is reported', async () => {
    const running = await begin(['flash', image, '--board', 'feather_m0', '--model-only'], (command) =>
      command.startsWith('update page 3 ') ? 'error flash\n' : undefined,
    );
    const { code, stderr } = await running.end;
    expect([code, stderr]).toEqual([
      2,
      `egru: ${running.port}: the board answers "error flash" to "update page 3"; the board has no model now; run the same command again\n`,
    ]);
  });
});

it.skipIf(lacking('linux'))('emulate --pty ends when its terminal is gone', async () => {
  const args = ['emulate', inWork('feather/firmware.elf'), '--pty'];
  const child = spawn(process.execPath, [launcher, ...args], { cwd: work });
  children.push(child);
  const said = { stdout: '', stderr: '' };
  child.stderr.on('data', (bytes: Buffer) => {
    said.stderr += bytes.toString();
  });
  child.stdout.on('data', (bytes: Buffer) => {
    said.stdout += bytes.toString();
    if (!said.stdout.includes('\n')) return;
    // Its only child.
    const [socat = ''] = execFileSync('pgrep', ['-P', String(child.pid), 'socat'])
      .toString()
      .split('\n');
    process.kill(Number(socat), 'SIGKILL');
  });
  const code = await new Promise((done) => child.on('close', done));
  const [, port] = / at (\/dev\/pts\/\d+)\n/.exec(said.stdout) ?? [];
  expect([code, said.stderr]).toEqual([2, `egru: ${port}: the terminal was closed: its socat has ended\n`]);
});
