// SPDX-License-Identifier: Apache-2.0
/**
 * Firmware built for size detects the same; and no build has a heap, floating point or mathematics of a library in it.
 */
import { describe, expect, it } from 'vitest';
import { kernelNames } from '../../compiler/codegen/emit/emit.ts';
import { buildFirmware } from '../../compiler/machines/firmware/firmware.ts';
import { listenAndCompare, pairs } from '../support/pair.ts';
import { material } from '../support/recording.ts';

/** What of the compiler's libraries may be in an image: copies of memory, and division of 32-bit integers. */
const LIBRARY = [
  'libc_nano.a(lib_a-memcpy-stub.o)',
  'libc_nano.a(lib_a-memset.o)',
  'libgcc.a(_divsi3.o)',
  'libgcc.a(_dvmd_tls.o)',
  'libgcc.a(_udivsi3.o)',
];
/** Allocation; conversions and arithmetic of float and double, and of 64-bit integers (Run-time ABI, 4.1 to 4.3). */
const FORBIDDEN =
  /^_?(malloc|calloc|realloc|free|sbrk)(_r)?$|^__aeabi_([fd]|c[fd]|[iul]+2[fd]|h2f|ll|l(mul|divmod|lsl|lsr|asr|cmp)|ul)|printf$|^(sin|cos|exp|exp2|log|log2|pow|sqrt|tanh)f?$/;

/** One of each kind. */
const kinds = (['i2s', 'pdm', 'adc'] as const).flatMap((kind) =>
  pairs.filter(([, , { name }]) => name === kind).slice(-1),
);

it('names what it forbids', () => {
  const names =
    'malloc _malloc_r _sbrk free __aeabi_fadd __aeabi_dmul __aeabi_i2f __aeabi_ui2d __aeabi_f2iz expf';
  for (const name of [...names.split(' '), '__aeabi_lmul', '__aeabi_uldivmod', '__aeabi_cfcmple', 'sqrtf'])
    expect(name).toMatch(FORBIDDEN);
  for (const name of [
    '__aeabi_idiv',
    '__aeabi_uidivmod',
    '__aeabi_idiv0',
    '__aeabi_ldiv0',
    'powers.0',
    'sink',
    'expected',
    'exp2_table',
  ])
    expect(name).not.toMatch(FORBIDDEN);
});

describe.each(['-O2', '-Os'] as const)('%s', (optimize) => {
  it.each(kinds)('%s: integers only, no heap', async (_, board, microphone) => {
    for (const kernel of kernelNames) {
      const { program } = material();
      const { symbols, contributions } = await buildFirmware(program, {
        board,
        microphone,
        kernel,
        optimize,
      });
      expect([...symbols.keys()].filter((name) => FORBIDDEN.test(name))).toEqual([]);
      const library = contributions.map(({ object }) => object).filter((object) => object.includes('.a('));
      expect(library.filter((object) => !LIBRARY.includes(object))).toEqual([]);
      expect(library).toContain('libgcc.a(_divsi3.o)'); // such names are found
    }
  });
});

describe('built for size', () => {
  it.each(kinds.map((pair, i) => [...pair, i + 21] as const))(
    '%s detects the same',
    async (...[name, board, mic, seed]) => {
      for (const kernel of kernelNames) {
        const { events } = await listenAndCompare([name, board, mic], material(), 8, seed, {
          kernel,
          optimize: '-Os',
        });
        expect(events, kernel).toBeGreaterThanOrEqual(2);
      }
    },
  );
});
