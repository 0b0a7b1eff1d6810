// SPDX-License-Identifier: Apache-2.0
/** Exported libraries built as their ecosystems build them, and run on this computer: the reference's integers; about 15 s. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ExportKind } from '../../compiler/codegen/export/kinds.ts';
import type { ExportModel } from '../../compiler/codegen/export/model.ts';
import { I2sDecimator } from '../../compiler/core/microphone/i2s.ts';
import { requireDetection } from '../../compiler/core/program/program.ts';
import { Stream } from '../../compiler/core/sim/stream.ts';
import { writeFolder } from '../../compiler/host/files/files.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { lacking } from '../support/needs.ts';
import { bursts } from '../support/stream-program.ts';
import { ears, library, other } from './models.ts';

const root = mkdtempSync(join(tmpdir(), 'egru-export-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, kind: ExportKind, models?: readonly ExportModel[]): string {
  const folder = join(root, name);
  writeFolder(
    folder,
    library(kind, models).map(({ path, text }) => ({ path, data: text })),
  );
  return folder;
}

/** What `classify` prints for a model: its scores and the label, and that they are the reference's. */
function line({ program, expected }: ExportModel): string {
  const scores = Array.from(expected?.scores ?? []).join(' ');
  return `${scores} ${program.labels[expected?.label ?? -1]}: as the reference\n`;
}

const CORE = packagePath('test', 'export', 'arduino-core');
const WARNINGS = ['-Wall', '-Wextra', '-Werror'];

interface Tools {
  readonly cc: string;
  readonly cxx: string;
  readonly ar: string;
  readonly flags: readonly string[];
}

/** C and assembly of src/ as an archive, as the Arduino builder does it. */
function archiveOf(library: string, { cc, ar, flags }: Tools): string {
  const out = mkdtempSync(join(root, 'objects-'));
  const src = join(library, 'src');
  const names = readdirSync(src).filter((name) => /\.[cS]$/.test(name));
  const options = [...flags, '-std=gnu11', ...WARNINGS, '-c'];
  for (const name of names) execFileSync(cc, [...options, join(src, name), '-o', join(out, `${name}.o`)]);
  const archive = join(out, 'library.a');
  execFileSync(ar, ['rcs', archive, ...names.map((name) => join(out, `${name}.o`))]);
  return archive;
}

/** A sketch with Arduino.h in front, as the builder hands it to the compiler: headers come from src/ and the core alone. */
function sketchOf(library: string, sketch: string, { cxx, flags }: Tools): string {
  const object = join(mkdtempSync(join(root, 'sketch-')), 'sketch.o');
  const paths = [`-I${CORE}`, `-I${join(library, 'src')}`, '-include', 'Arduino.h'];
  const options = [...flags, '-std=gnu++11', ...WARNINGS, '-fno-exceptions', '-fno-rtti', ...paths];
  const source = join(library, 'examples', sketch, `${sketch}.ino`);
  execFileSync(cxx, [...options, '-x', 'c++', '-c', source, '-o', object]);
  return object;
}

describe.each(compilersAmong(['g++']))('Arduino and PlatformIO, %s', () => {
  const folders = { arduino: write('arduino', 'arduino'), platformio: write('platformio', 'platformio') };
  const sound = bursts(3 * 16000, 7);

  const tools = { cc: 'gcc', cxx: 'g++', ar: 'ar', flags: ['-O1'] };
  const core = join(root, 'core.o');
  const recording = Buffer.from(sound.buffer, sound.byteOffset, sound.byteLength);

  function run(kind: keyof typeof folders, archive: string, sketch: string, input?: Buffer): string {
    const program = join(root, `${kind}-${sketch}`);
    execFileSync('g++', [core, sketchOf(folders[kind], sketch, tools), archive, '-o', program]);
    // A program that ends without reading what is sent breaks the pipe: classify is sent nothing.
    return execFileSync(program, { ...(input && { input }), encoding: 'utf8' });
  }

  /** Events of the same sound through the twin of the decimator. */
  function events(): string {
    const [decimator, program] = [new I2sDecimator(), requireDetection(ears.program)];
    const stream = new Stream(program);
    const lines: string[] = [];
    for (let at = 0; at + 64 <= sound.length; at += 64) {
      const pcm = new Int16Array(32);
      decimator.block(
        Int32Array.from(sound.subarray(at, at + 64), (sample) => sample << 16),
        pcm,
      );
      for (const { label, sample, score } of stream.push(pcm))
        lines.push(`${program.labels[label]} ${sample} ${score}\n`);
    }
    return lines.join('');
  }

  test.each(['arduino', 'platformio'] as const)(
    '%s: every sketch gives the integers of the reference',
    (kind) => {
      const heard = events();
      expect(heard.split('\n').length).toBeGreaterThan(5);
      execFileSync('g++', [`-I${CORE}`, '-c', join(CORE, 'main.cpp'), '-o', core]);
      const archive = archiveOf(folders[kind], tools);
      expect(run(kind, archive, 'classify')).toBe(line(ears) + line(other));
      expect(run(kind, archive, 'listen_i2s', recording)).toBe(heard);
      expect(run(kind, archive, 'listen_pdm', recording)).toBe(heard);
    },
  );
});

describe.skipIf(lacking('arm'))('Arduino, for the chip', () => {
  const flags = [
    ...['-mcpu=cortex-m0plus', '-mthumb', '-Os', '-ffunction-sections', '-fdata-sections', '-nostdlib'],
  ];
  const tools = { cc: 'arm-none-eabi-gcc', cxx: 'arm-none-eabi-g++', ar: 'arm-none-eabi-ar', flags };

  test('every sketch compiles with the flags of the SAMD core, and finds the assembly in the archive', () => {
    const folder = write('chip', 'arduino');
    const archive = archiveOf(folder, tools);
    for (const sketch of ['classify', 'listen_i2s', 'listen_pdm']) {
      const linked = join(root, 'linked.o');
      execFileSync(tools.cc, [...flags, '-r', '-o', linked, sketchOf(folder, sketch, tools), archive]);
      const symbols = execFileSync('arm-none-eabi-nm', [linked], { encoding: 'utf8' });
      // What is left undefined is the core's: Serial and its like.
      expect(symbols).not.toMatch(/ U (egru|ears|other)/);
      expect(symbols).toMatch(/ T egru_i_cell_fast_m0$/m);
    }
  });
});

describe.skipIf(lacking('cmake'))('CMake', () => {
  function build(source: string): void {
    execFileSync('cmake', ['-S', source, '-B', join(source, 'build')]);
    execFileSync('cmake', ['--build', join(source, 'build')]);
  }

  test('the project builds, and its example runs as a test', () => {
    const folder = write('cmake', 'cmake');
    build(folder);
    const { status, stdout } = spawnSync(join(folder, 'build', 'classify'), { encoding: 'utf8' });
    expect([stdout, status]).toEqual([line(ears) + line(other), 0]);
    const tested = spawnSync('ctest', ['--test-dir', join(folder, 'build')], { encoding: 'utf8' });
    expect([tested.stdout, tested.status]).toEqual([expect.stringMatching(/100% tests passed/), 0]);
  });

  test('the target links into another project, in portable C', () => {
    const folder = join(root, 'user');
    writeFolder(folder, [
      {
        path: 'CMakeLists.txt',
        data: `cmake_minimum_required(VERSION 3.13)
project(user LANGUAGES C)
set(EGRU_PORTABLE ON)
add_subdirectory(${write('part', 'cmake')} part)
add_executable(user main.c)
target_link_libraries(user PRIVATE egru::two_models)
`,
      },
      { path: 'main.c', data: '#include "ears.h"\nint main(void) { return (int)ears_model.outputs; }\n' },
    ]);
    build(folder);
    expect(spawnSync(join(folder, 'build', 'user')).status).toBe(ears.program.labels.length);
  });

  test('the Zephyr module hands all of its sources to Zephyr, when it is switched on', () => {
    const folder = write('zephyr', 'zephyr');
    const script = join(root, 'zephyr.cmake');
    writeFileSync(
      script,
      `function(zephyr_library_named name)\n  message("named \${name}")\nendfunction()
function(zephyr_library_sources)\n  foreach(source \${ARGN})\n    message("source \${source}")\n  endforeach()\nendfunction()
function(zephyr_include_directories folder)\n  message("include \${folder}")\nendfunction()
include(${folder}/zephyr/CMakeLists.txt)\n`,
    );
    const run = (flags: readonly string[]) =>
      spawnSync('cmake', [...flags, '-P', script], { encoding: 'utf8' })
        .stderr.trimEnd()
        .split('\n');
    const sources = readdirSync(join(folder, 'src')).filter((name) => /\.[cS]$/.test(name));
    const told = run(['-DCONFIG_TWO_MODELS=y']);
    expect(told).toEqual([
      'named two_models',
      ...told.slice(1, -1).filter((text) => text.startsWith('source ../src/')),
      'include ../src',
    ]);
    expect(
      told
        .slice(1, -1)
        .map((text) => text.slice('source ../src/'.length))
        .sort(),
    ).toEqual(sources.sort());
    expect(run([])).toEqual(['']);
  });
});

describe.each(compilersAmong(['gcc', 'clang']))('a pair of files, %s', (compiler) => {
  test.each([ears, other])('compiles without a warning and gives the integers of the reference', (model) => {
    const folder = write(`pair-${compiler}-${model.prefix}`, 'c', [model]);
    const program = join(folder, 'example');
    const strict = ['-std=c11', '-Wconversion', '-Wshadow', '-pedantic', ...WARNINGS];
    execFileSync(compiler, [
      ...strict,
      join(folder, 'example.c'),
      join(folder, `${model.prefix}.c`),
      '-o',
      program,
    ]);
    expect(execFileSync(program, { encoding: 'utf8' })).toBe(line(model));
  });
});
