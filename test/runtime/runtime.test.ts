// SPDX-License-Identifier: Apache-2.0
/** The C runtime by itself: warnings, symbols, softsign, and what egru.h promises; about 10 s, mostly compilation. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { runtimeFolders, runtimePath, runtimePaths } from '../../compiler/host/files/runtime.ts';
import { compilersAmong, hostFlags } from '../../compiler/machines/toolchain/host.ts';
import { HostBinaries } from '../support/host-programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'egru-runtime-'));
const binaries = new HostBinaries();
afterAll(() => {
  binaries.remove();
  rmSync(folder, { recursive: true, force: true });
});

const includes = runtimeFolders().map((path) => `-I${path}`);
const sources = [...runtimePaths().keys()].filter((name) => name.endsWith('.c'));
const machines = [
  ...compilersAmong(['gcc', 'clang']).map((compiler) => ({ name: compiler[0], command: [...compiler] })),
  ...compilersAmong(['arm-none-eabi-gcc']).map((compiler) => ({
    name: compiler[0],
    command: [...compiler, '-mcpu=cortex-m0plus', '-mthumb'],
  })),
];

describe.each(machines)('runtime-c with $name', ({ name, command }) => {
  const [tool = '', ...leading] = command;

  test.each(sources)('%s: no warning, no heap, no float, no 64-bit helper, no variable', (source) => {
    const object = join(folder, `${name}-${source}.o`);
    const args = [
      ...leading,
      ...hostFlags(false),
      '-pedantic',
      '-c',
      ...includes,
      runtimePath(source),
      '-o',
      object,
    ];
    execFileSync(tool, args, { stdio: 'pipe' });
    const nm = name === 'arm-none-eabi-gcc' ? 'arm-none-eabi-nm' : 'nm';
    const symbols = execFileSync(nm, [object]).toString().trim().split('\n');
    const wanted = symbols.filter((line) => / U /.test(line)).map((line) => line.replace(/.* U /, ''));
    const allowed =
      /^(egru_\w+|mem(cpy|set|move)|__aeabi_u?idiv(mod)?|__gnu_thumb1_case_\w+|_GLOBAL_OFFSET_TABLE_)$/;
    expect(wanted.filter((symbol) => !allowed.test(symbol))).toEqual([]);
    // A constant table of pointers: where code may lie anywhere, the loader writes it, and nobody else.
    const variables = symbols.filter((line) => / [BbDdCGgSs] /.test(line));
    expect(variables.filter((line) => !/ d egru_packed_cells$/.test(line))).toEqual([]);
  });
});

describe.each([false, true])('on this machine, sanitizers %s', (sanitize) => {
  test('softsign equals the division on all 4,194,303 inputs, and the vectors', async () => {
    const vectors = JSON.parse(readFileSync(packagePath('test', 'vectors', 'softsign.json'), 'utf8')) as {
      checksum: number;
      pairs: [number, number][];
    };
    const [compiler] = compilersAmong(['cc', 'gcc', 'clang']);
    if (compiler === undefined) throw new Error('no compiler');
    const binary = await binaries.build(
      compiler,
      ['test/runtime/softsign.c', 'runtime-c/network/egru_softsign.c'],
      {
        sanitize,
      },
    );
    const input = vectors.pairs.map(([acc]) => acc).join('\n');
    const { status, stdout, stderr } = spawnSync(binary, { input });
    expect(stderr.toString()).toBe('');
    expect(status).toBe(0);
    const [checksum, ...values] = stdout.toString().trim().split('\n').map(Number);
    expect(checksum).toBe(vectors.checksum);
    expect(vectors.pairs.length).toBeGreaterThan(100);
    expect(values).toEqual(vectors.pairs.map(([, y]) => y));
  });

  test.each(compilersAmong(['gcc', 'clang']))(
    'errors, reset, initial state, argmax, readout (%s)',
    async (compiler) => {
      const beside = join(folder, 'egru'); // where the generated files look for the runtime
      if (!existsSync(beside)) symlinkSync(packagePath('runtime-c'), beside);
      const binary = await binaries.build(
        [compiler],
        [
          'test/runtime/api.c',
          'test/golden/toy-packed/model.c',
          'runtime-c/network/egru.c',
          'runtime-c/network/egru_packed.c',
          'runtime-c/network/egru_packed_rows.c',
          'runtime-c/network/egru_softsign.c',
        ],
        { sanitize, includes: [folder, packagePath('test', 'golden', 'toy-packed')] },
      );
      const { status, stdout, stderr } = spawnSync(binary);
      expect(stdout.toString() + stderr.toString()).toBe(
        'errors, reset, initial state, argmax, readout: good\n',
      );
      expect(status).toBe(0);
    },
  );
});
