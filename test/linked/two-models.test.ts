// SPDX-License-Identifier: Apache-2.0
/** Wake words and digits in one program, on the same sound: each computes what it computes alone; about 60 s. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { KernelName } from '../../compiler/codegen/emit/emit.ts';
import { emitProject } from '../../compiler/codegen/emit/project.ts';
import { Frontend } from '../../compiler/core/frontend/features.ts';
import { inputsOf, outputsOf, requireDetection } from '../../compiler/core/program/program.ts';
import { Network } from '../../compiler/core/sim/network.ts';
import { Stream } from '../../compiler/core/sim/stream.ts';
import { Samd21 } from '../../compiler/emulator/samd21/samd21.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packageAssets } from '../../compiler/host/files/assets.ts';
import { writeFolder } from '../../compiler/host/files/files.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { parseElf, symbolAddress } from '../../compiler/machines/image/elf.ts';
import { buildImage } from '../../compiler/machines/toolchain/arm.ts';
import { buildHost, type Compiler, compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { lacking } from '../support/needs.ts';
import { bursts } from '../support/stream-program.ts';

const FRAME = 128;
const programs = {
  wake: requireDetection(loadProgram(packagePath('models', 'wake-words'))),
  digits: loadProgram(packagePath('models', 'spoken-digits')),
};
type Name = keyof typeof programs;
const both: readonly Name[] = ['wake', 'digits'];
type Kernels = Readonly<Record<Name, KernelName>>;
const cases: readonly Kernels[] = [
  { wake: 'packed', digits: 'unrolled' },
  { wake: 'unrolled', digits: 'unrolled' },
  { wake: 'packed', digits: 'packed' },
];

/** Spoken digits, then noise, silence and full scale. */
function sound(seconds: number): Int16Array {
  const folder = packagePath('models', 'spoken-digits', 'samples');
  const wavs = readdirSync(folder).filter((name) => name.endsWith('.wav'));
  const words = wavs.sort().flatMap((name) => Array.from(readWav(join(folder, name), 8000).samples));
  const length = seconds * 8000;
  return Int16Array.from([...words.slice(0, length / 2), ...bursts(length / 2, 21)]);
}

function frames(samples: Int16Array): Int16Array[] {
  return Array.from({ length: Math.floor(samples.length / FRAME) }, (_, i) =>
    samples.slice(i * FRAME, (i + 1) * FRAME),
  );
}

/** What models.c gives for a frame, by the reference. */
function expected(name: Name, samples: Int16Array): number[][] {
  if (name === 'wake') {
    const stream = new Stream(programs.wake);
    return frames(samples).map((pcm) => {
      const [event] = stream.push(pcm);
      return [...stream.network.logits, stream.meanSquare, event?.label ?? -1];
    });
  }
  const { frontend } = programs.digits;
  if (frontend === null) throw new Error('unreachable');
  const [front, network] = [new Frontend(frontend), new Network(programs.digits)];
  return frames(samples).map((pcm) => {
    const features = new Int16Array(inputsOf(programs.digits));
    front.frame(pcm, 0, features);
    network.step(features);
    return Array.from(network.logits);
  });
}

const WIDTH: Readonly<Record<Name, number>> = {
  wake: outputsOf(programs.wake) + 2,
  digits: outputsOf(programs.digits),
};

/** The files of `egru compile`, of one model or of both in one folder: the runtime is there once. */
function project(names: readonly Name[], kernels: Kernels) {
  const files = new Map<string, string>();
  for (const name of names) {
    const options = { kernel: kernels[name], command: 'test', prefix: name, assets: packageAssets() };
    for (const { path, text } of emitProject(programs[name], options)) {
      if (path.startsWith('egru/')) expect(files.get(path) ?? text).toBe(text);
      files.set(path, text);
    }
  }
  files.delete('Makefile');
  for (const path of ['models.c', 'models.h', 'host.c', 'chip.c'])
    files.set(path, readFileSync(packagePath('test', 'linked', 'target', path), 'utf8'));
  return [...files].map(([path, text]) => ({ path, text }));
}

const folder = mkdtempSync(join(tmpdir(), 'egru-linked-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let programsBuilt = 0;

async function onHost(
  compiler: Compiler,
  sanitize: boolean,
  names: readonly Name[],
  kernels: Kernels,
  samples: Int16Array,
): Promise<number[][]> {
  const own = join(folder, `program${programsBuilt++}`);
  const files = project(names, kernels).filter(({ path }) => path !== 'chip.c');
  writeFolder(
    own,
    files.map(({ path, text }) => ({ path, data: text })),
  );
  const output = join(own, 'program');
  await buildHost({
    ...{ compiler, sanitize, output, includes: [own] },
    sources: files.filter(({ path }) => /\.[cS]$/.test(path)).map(({ path }) => join(own, path)),
    extra: [...names.map((name) => `-D${name.toUpperCase()}`), '-Wl,--fatal-warnings'],
  });
  const bytes = execFileSync(output, { input: samples, maxBuffer: 1 << 26 });
  const width = names.reduce((sum, name) => sum + WIDTH[name], 0);
  return Array.from({ length: bytes.length / 4 / width }, (_, i) =>
    Array.from({ length: width }, (_, j) => bytes.readInt32LE(4 * (i * width + j))),
  );
}

async function onChip(names: readonly Name[], kernels: Kernels, samples: Int16Array): Promise<number[][]> {
  const { elf } = await buildImage({
    files: project(names, kernels).filter(({ path }) => path !== 'host.c' && !path.endsWith('LICENSE')),
    includes: ['.'],
    linker: [
      { path: 'chip.ld', text: readFileSync(packagePath('test', 'kernel', 'target', 'step.ld'), 'utf8') },
    ],
    optimize: '-O2',
    defines: names.map((name) => name.toUpperCase()),
  });
  const image = parseElf(elf, 'models.elf');
  const address = (name: string) => symbolAddress(image, name);
  const chip = new Samd21({ segments: image.segments, vectorTable: 0 });
  chip.hook(address('test_done'), () => chip.stop());
  const run = () => expect(chip.run(10_000_000)).toBe('stopped');
  run();
  expect(chip.peek32(address('test_count'))).toBe(0);
  return frames(samples).map((pcm) => {
    for (const [i, sample] of pcm.entries()) {
      chip.poke8(address('test_frame') + 2 * i, sample & 255);
      chip.poke8(address('test_frame') + 2 * i + 1, (sample >> 8) & 255);
    }
    run();
    const count = chip.peek32(address('test_count'));
    return Array.from({ length: count }, (_, i) => chip.peek32(address('test_out') + 4 * i) | 0);
  });
}

const join2 = (wake: readonly number[][], digits: readonly number[][]) =>
  wake.map((row, i) => [...row, ...(digits[i] ?? [])]);

const hosts = compilersAmong(['gcc', 'clang']).flatMap((compiler) =>
  [false, true].map((sanitize) => [compiler[0], sanitize, compiler] as const),
);

const samples = sound(6);

describe.each(hosts)('two models in one program, %s, sanitizers %s', (_, sanitize, compiler) => {
  // Sanitizers take their time over a step in C.
  test.each(cases.slice(0, sanitize ? 1 : 2))(
    'wake $wake, digits $digits: as the reference',
    async (kernels) => {
      const together = await onHost(compiler, sanitize, both, kernels, samples);
      expect(together.length).toBe(375);
      expect(together).toEqual(join2(expected('wake', samples), expected('digits', samples)));
    },
  );
});

describe.each(
  compilersAmong(['gcc', 'clang'])
    .slice(0, 1)
    .map((compiler) => [compiler[0], compiler] as const),
)('the programs of %s', (_, compiler) => {
  test.each(cases.slice(2))('wake $wake, digits $digits: the integers of each alone', async (kernels) => {
    const together = await onHost(compiler, false, both, kernels, samples);
    const wake = await onHost(compiler, false, ['wake'], kernels, samples);
    const digits = await onHost(compiler, false, ['digits'], kernels, samples);
    expect(together).toEqual(join2(wake, digits));
  });

  test('two libraries of `make`, each with a runtime of its own, link without a complaint', () => {
    const [tool, ...leading] = compiler;
    const options = { command: 'test', assets: packageAssets() };
    for (const name of both) {
      const kernel = name === 'wake' ? 'packed' : 'unrolled';
      const files = emitProject(programs[name], { ...options, kernel, prefix: name });
      writeFolder(
        join(folder, name),
        files.map(({ path, text }) => ({ path, data: text })),
      );
      execFileSync('make', ['-C', join(folder, name), `CC=${tool}`], { stdio: 'pipe' });
    }
    const sources = ['models.c', 'host.c'].map((name) => packagePath('test', 'linked', 'target', name));
    const found = both.map((name) => `-I${join(folder, name)}`);
    const libraries = both.map((name) => join(folder, name, `lib${name}.a`));
    const output = join(folder, 'linked');
    const flags = ['-DWAKE', '-DDIGITS', '-Wl,--fatal-warnings', '-o', output];
    execFileSync(tool, [...leading, ...flags, ...found, ...sources, ...libraries], { stdio: 'pipe' });
    const bytes = execFileSync(output, { input: samples, maxBuffer: 1 << 26 });
    const wanted = join2(expected('wake', samples), expected('digits', samples)).flat();
    expect(Array.from(wanted, (_, i) => bytes.readInt32LE(4 * i))).toEqual(wanted);
  });
});

describe.skipIf(lacking('arm'))('two models in one program on the emulated chip', () => {
  const short = sound(1);
  test.each(cases.slice(0, 2))('wake $wake, digits $digits: the integers of each alone', async (kernels) => {
    const together = await onChip(both, kernels, short);
    const wake = await onChip(['wake'], kernels, short);
    const digits = await onChip(['digits'], kernels, short);
    expect(together.length).toBe(62);
    expect(together).toEqual(join2(wake, digits));
    expect(together).toEqual(join2(expected('wake', short), expected('digits', short)));
  });
});
