// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';
import { compilersAmong, findHostCompiler } from '../../compiler/machines/toolchain/host.ts';

describe('the host compiler', () => {
  test('is found on this machine, and $CC chooses', () => {
    expect(findHostCompiler({ PATH: process.env.PATH })).toEqual(['cc']);
    expect(findHostCompiler({ PATH: process.env.PATH, CC: ' gcc  -m64 ' })).toEqual(['gcc', '-m64']);
  });

  test('that is missing is an input error which names the package', () => {
    expect(() => findHostCompiler({ PATH: '/nonexistent' })).toThrow(InputError);
    expect(() => findHostCompiler({ PATH: '/nonexistent' })).toThrow(/apt-get install gcc libc6-dev/);
  });

  test('a wrong $CC is named', () => {
    expect(() => findHostCompiler({ PATH: process.env.PATH, CC: 'no-such-compiler' })).toThrow(
      /^no-such-compiler: .*CC/,
    );
  });

  test('only those that run are listed', () => {
    expect(compilersAmong(['no-such-compiler', 'cc'])).toEqual([['cc']]);
  });
});
