// SPDX-License-Identifier: Apache-2.0
/** The public headers beside each other, in C11 and C++17, and the assembly with both assemblers; about 10 s. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { lacking } from '../support/needs.ts';

const runtime = packagePath('runtime-c');
const files = readdirSync(runtime);
const headers = files.filter((name) => /^egru.*\.h$/.test(name) && name !== 'egru_frontend_m0.h');
const warnings = ['-Wall', '-Wextra', '-Werror', '-pedantic'];

/** The errors of a compiler that reads `text`; '' where it has none. */
function complaints(command: readonly string[], text: string): string {
  const [tool = '', ...leading] = command;
  const args = [...leading, ...warnings, `-I${runtime}`, '-fsyntax-only', '-'];
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

const clang = compilersAmong(['clang'])[0];

describe.skipIf(lacking('clang'))('assembly with clang for thumbv6m', () => {
  test.each(files.filter((name) => name.endsWith('.S')))('%s assembles', (source) => {
    const [tool = '', ...leading] = clang ?? [];
    const target = ['--target=thumbv6m-none-eabi', '-mcpu=cortex-m0plus'];
    const args = [...leading, ...target, '-c', packagePath('runtime-c', source), '-o', '/dev/null'];
    const { status, stderr } = spawnSync(tool, args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
