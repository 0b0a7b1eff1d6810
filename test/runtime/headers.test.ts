// SPDX-License-Identifier: Apache-2.0
/** The public headers beside each other, in C11 and C++17, and the assembly with both assemblers; about 10 s. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { runtimeFolders, runtimePath, runtimePaths } from '../../compiler/host/files/runtime.ts';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { lacking } from '../support/needs.ts';

const includes = runtimeFolders().map((folder) => `-I${folder}`);
const files = [...runtimePaths().keys()];
const headers = files.filter((name) => /\.h$/.test(name) && !/^egru_(?:frontend|mic)_m0\.h$/.test(name));
const warnings = ['-Wall', '-Wextra', '-Werror', '-pedantic'];

/** The errors of a compiler that reads `text`; '' where it has none. */
function complaints(command: readonly string[], text: string): string {
  const [tool = '', ...leading] = command;
  const args = [...leading, ...warnings, ...includes, '-fsyntax-only', '-'];
  const { status, stderr } = spawnSync(tool, args, { input: text, encoding: 'utf8' });
  return status === 0 ? '' : stderr || `${tool}: exit ${status}`;
}

const languages = [
  ...compilersAmong(['gcc', 'clang']).map((command) => ({
    name: `${command[0]}, C11`,
    command: [...command, '-std=c11', '-x', 'c'],
  })),
  ...compilersAmong(['g++', 'clang++']).map((command) => ({
    name: `${command[0]}, C++17`,
    command: [...command, '-std=c++17', '-x', 'c++'],
  })),
];

describe.each(languages)('headers with $name', ({ command }) => {
  test.each(headers)('%s compiles before every other one, and leaves _Static_assert alone', (first) => {
    const guard = '#ifdef _Static_assert\n#error "_Static_assert leaks"\n#endif\ntypedef int unit;\n';
    const failures = headers
      .map((second) => complaints(command, `#include "${first}"\n#include "${second}"\n${guard}`))
      .filter((text) => text !== '');
    expect(failures).toEqual([]);
  });
});

describe.each(compilersAmong(['gcc', 'clang']).map(([command]) => [command]))('egru_config.h, %s', (tool) => {
  /** What an unknown compiler makes of the macros: only the definitions given, and none of this one's own. */
  function expand(...defines: readonly string[]) {
    const input = '#include "egru_config.h"\nEGRU_MAY_ALIAS|EGRU_NODISCARD|EGRU_ALIGNED(4)\n';
    const args = ['-undef', '-E', '-P', ...includes, ...defines.map((macro) => `-D${macro}`), '-'];
    const { status, stdout, stderr } = spawnSync(tool, args, { input, encoding: 'utf8' });
    return status === 0 ? stdout.replace(/\s/g, '') : (/error:? "?(\w+)/.exec(stderr)?.[1] ?? stderr);
  }

  test('has what MSVC takes, in C and in C++', () => {
    expect(expand('_MSC_VER=1930')).toBe('|_Check_return_|_Alignas(4)');
    expect(expand('_MSC_VER=1930', '__cplusplus=201703L')).toBe('|[[nodiscard]]|alignas(4)');
  });

  test('asks those who use another compiler about aliasing, and takes their answer', () => {
    expect(expand('__STDC_VERSION__=201112L')).toBe('Compile');
    expect(expand('__STDC_VERSION__=201112L', 'EGRU_MAY_ALIAS=')).toBe('||_Alignas(4)');
  });
});

const clang = compilersAmong(['clang'])[0];

describe.skipIf(lacking('clang'))('assembly with clang for thumbv6m', () => {
  test.each(files.filter((name) => name.endsWith('.S')))('%s assembles', (source) => {
    const [tool = '', ...leading] = clang ?? [];
    const target = ['--target=thumbv6m-none-eabi', '-mcpu=cortex-m0plus'];
    const args = [...leading, ...target, ...includes, '-c', runtimePath(source), '-o', '/dev/null'];
    const { status, stderr } = spawnSync(tool, args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
