// SPDX-License-Identifier: Apache-2.0
/** The fuzzers of C: what each is built from, by clang with libFuzzer and the sanitizers. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { emitProject } from '../../../compiler/codegen/emit/project.ts';
import type { Program } from '../../../compiler/core/program/program.ts';
import { packageAssets } from '../../../compiler/host/files/assets.ts';
import { type FolderFile, writeFolder } from '../../../compiler/host/files/files.ts';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { warningFlags } from '../../../compiler/machines/toolchain/host.ts';
import { listener } from '../../support/stream-program.ts';

export interface Fuzzer {
  /** Of test/fuzz/c/NAME.c. */
  readonly name: string;
  /** Further sources, from the package's folder. */
  readonly sources: readonly string[];
  readonly includes: readonly string[];
  /** Needs the generated model. */
  readonly model: boolean;
  readonly flags?: readonly string[];
  /** A defect of a source that it has to find: a text of the file and what stands there instead. */
  readonly plant: readonly [file: string, text: string, instead: string];
}

const commands = ['line', 'payload', 'commands', 'command_feed', 'command_listen', 'command_update'];
const RUNTIME = ['', '/network', '/frontend', '/detect', '/microphone'].map((folder) => `runtime-c${folder}`);
const mics = ['adc', 'half', 'i2s', 'pdm', 'tables'];

export const fuzzers: readonly Fuzzer[] = [
  {
    name: 'microphones',
    sources: mics.map((name) => `runtime-c/microphone/egru_mic_${name}.c`),
    includes: RUNTIME,
    model: false,
    plant: ['runtime-c/microphone/egru_mic_half.c', 's->even[m + 1] * 4096', 's->even[m + 1] * 40960'],
  },
  {
    name: 'models',
    sources: [],
    includes: [],
    model: true,
    plant: ['runtime-c/network/egru.c', 'words < model->state_words', 'words + 1 < model->state_words'],
  },
  {
    name: 'streams',
    sources: [],
    includes: [],
    model: true,
    plant: ['runtime-c/detect/egru_stream.c', 'n >= 8u; n -= 8u', 'n >= 7u; n -= n < 8u ? n : 8u'],
  },
  {
    name: 'commands',
    sources: [
      ...[...commands, 'command_describe', 'command_learn'].map((name) => `firmware/app/commands/${name}.c`),
      ...['firmware/app/console.c', 'firmware/app/crc32.c', 'runtime-c/network/egru.c'],
    ],
    includes: [
      ...['test/fuzz/c/chip', 'firmware/hal', 'firmware/app', 'firmware/app/commands', 'firmware/app/model'],
      ...RUNTIME,
    ],
    model: false,
    // Its headers state sizes of structures with pointers of 32 bits.
    flags: ['-D_Static_assert(holds,text)='],
    plant: ['firmware/app/commands/line.c', 'input->length < LINE_MAX', 'input->length < LINE_MAX + 2'],
  },
];

const SANITIZE = ['-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all'];

function emitted(program: Program): FolderFile[] {
  const options = { kernel: 'packed', command: 'fuzz', assets: packageAssets() } as const;
  return emitProject(program, options).map(({ path, text }) => ({ path, data: text }));
}

/** Builds one into a folder. @param wrong with its planted defect. @returns the executable */
export async function buildFuzzer(fuzzer: Fuzzer, folder: string, wrong = false): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const includes = fuzzer.includes.map((path) => packagePath(path));
  let sources = fuzzer.sources.map((path) => packagePath(path));
  if (fuzzer.model) {
    const program = listener({ frame: 64, hop: 40, seed: 67, last: 'egru' });
    const files = writeFolder(folder, emitted(program));
    sources = [...sources, ...files.filter((path) => path.endsWith('.c'))];
    includes.push(folder, join(folder, 'egru'));
  }
  if (wrong) {
    const [file, text, instead] = fuzzer.plant;
    const good = readFileSync(packagePath(file), 'utf8');
    if (!good.includes(text)) throw new Error(`${file} has no "${text}" where a defect could be planted`);
    const path = join(folder, `wrong-${basename(file)}`);
    writeFileSync(path, good.replace(text, instead));
    sources = sources.map((source) => (basename(source) === basename(file) ? path : source));
    includes.push(packagePath(file, '..'));
  }
  const output = join(folder, fuzzer.name);
  await promisify(execFile)('clang', [
    ...['-std=c11', '-g', '-O1', ...warningFlags, ...SANITIZE, ...(fuzzer.flags ?? [])],
    ...[...includes, packagePath('test', 'fuzz', 'c')].map((path) => `-I${path}`),
    ...[packagePath('test', 'fuzz', 'c', `${fuzzer.name}.c`), ...sources, '-o', output],
  ]);
  return output;
}
