// SPDX-License-Identifier: Apache-2.0
/** Objects of the runtime and of a generated step: their global names, their stack notes, EGRU_PORTABLE; about 10 s. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emit } from '../../compiler/codegen/emit/emit.ts';
import { packageAssets } from '../../compiler/host/files/assets.ts';
import { runtimeFolders, runtimePaths, runtimeText } from '../../compiler/host/files/runtime.ts';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { lacking } from '../support/needs.ts';
import { toyProgram } from '../support/toy.ts';

const PUBLIC = [
  'egru.h',
  'egru_frontend.h',
  'egru_stream.h',
  'egru_detect.h',
  'egru_softmax.h',
  'egru_learn.h',
  'egru_mic.h',
  'egru_packed.h',
];
const publicText = PUBLIC.map(runtimeText).join('\n');
const declared = new Set(publicText.match(/\begru_\w+/g));

const folder = mkdtempSync(join(tmpdir(), 'egru-symbols-'));
const includes = [...runtimeFolders(), folder].map((path) => `-I${path}`);
const sources = [...runtimePaths().values()].filter((path) => /\.[cS]$/.test(path));
beforeAll(() => {
  const files = emit(toyProgram(), { kernel: 'unrolled', command: 'test', assets: packageAssets() });
  for (const { path, text } of files) {
    writeFileSync(join(folder, path), text);
    if (/\.[cS]$/.test(path)) sources.push(join(folder, path));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ARM = ['-mcpu=cortex-m0plus', '-mthumb'];

/** Compiles everything, each file to an object of its own; their paths. */
function compile(command: readonly string[], ...flags: readonly string[]): string[] {
  const [tool = '', ...leading] = command;
  return sources.map((source) => {
    const object = join(folder, `${source.replace(/.*\//, '')}.o`);
    const language = source.endsWith('.c') ? ['-std=c11', '-Wall', '-Wextra', '-Werror'] : ['-Werror'];
    const args = [...leading, ...flags, ...language, ...includes, '-O2', '-c', source];
    execFileSync(tool, [...args, '-o', object], { stdio: 'pipe' });
    return object;
  });
}

/** Global names that objects define, sorted. */
function globals(nm: string, objects: readonly string[]): string[] {
  const text = execFileSync(nm, ['-g', '--defined-only', '-f', 'posix', ...objects]).toString();
  return [...text.matchAll(/^(\S+) [A-Z] /gm)].map(([, name]) => name ?? '').sort();
}

const strangers = (all: readonly string[]) =>
  all.filter((name) => !/^(egru_i_|model$|model_)/.test(name) && !declared.has(name));

test('public headers declare nothing internal', () => {
  expect(publicText.match(/\begru_i_\w+/g)).toBe(null);
});

describe.each(compilersAmong(['gcc', 'clang']))('objects of %s', (...compiler) => {
  test('define names of the public headers and internal ones alone', () => {
    const all = globals('nm', compile(compiler));
    expect(strangers(all)).toEqual([]);
    expect(all).toContain('egru_i_softsign');
    expect(all).toContain('egru_stream_push');
  });

  test.skipIf(lacking('linux'))('link without a warning, and the stack is not executable', () => {
    const main = join(folder, 'main.c');
    const program = join(folder, 'main');
    writeFileSync(main, 'int main(void) { return 0; }\n');
    const [tool = '', ...leading] = compiler;
    const args = [...leading, main, ...compile(compiler), '-Wl,--fatal-warnings', '-o', program];
    const { status, stderr } = spawnSync(tool, args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const segments = execFileSync('readelf', ['-lW', program]).toString();
    expect(/GNU_STACK.*/.exec(segments)?.[0]).toMatch(/ RW /);
  });
});

describe.skipIf(lacking('arm'))('objects for the Cortex-M0+', () => {
  const gcc = ['arm-none-eabi-gcc', ...ARM];
  const nm = 'arm-none-eabi-nm';
  const assembled = (objects: readonly string[]) => objects.filter((path) => path.endsWith('.S.o'));

  test('define names of the public headers and internal ones alone', () => {
    const objects = compile(gcc);
    expect(strangers(globals(nm, objects))).toEqual([]);
    expect(globals(nm, assembled(objects))).toContain('model_step');
    expect(globals(nm, assembled(objects)).length).toBeGreaterThan(15);
  });

  test('are all C with EGRU_PORTABLE, and the same functions for the world outside', () => {
    const outside = (all: readonly string[]) => all.filter((name) => !name.startsWith('egru_i_'));
    const usual = outside(globals(nm, compile(gcc)));
    const objects = compile(gcc, '-DEGRU_PORTABLE');
    expect(globals(nm, assembled(objects))).toEqual([]);
    for (const object of assembled(objects)) {
      const sections = execFileSync('arm-none-eabi-size', ['-A', object]).toString();
      expect(sections).not.toMatch(/^\.(text|rodata)\S*\s+[1-9]/m);
    }
    expect(outside(globals(nm, objects))).toEqual(usual);
  });
});

describe.skipIf(lacking('clang', 'arm'))('clang for thumbv6m', () => {
  test('compiles and assembles everything, the generated step too', () => {
    // Headers of a C library: those that come with gcc.
    const include = execFileSync('arm-none-eabi-gcc', ['-print-sysroot']).toString().trim();
    const found = spawnSync('arm-none-eabi-gcc', ['-E', '-xc', '-', '-v'], { input: '', encoding: 'utf8' });
    const system = [...found.stderr.matchAll(/^ (\/\S*newlib\S*|\/\S*arm-none-eabi\/include)$/gm)];
    const folders = [...system.map(([, path]) => path ?? ''), join(include, 'include')];
    const clang = ['clang', '--target=thumbv6m-none-eabi', '-mcpu=cortex-m0plus'];
    const objects = compile(clang, ...folders.flatMap((path) => ['-isystem', path]));
    expect(strangers(globals('arm-none-eabi-nm', objects))).toEqual([]);
  });
});
