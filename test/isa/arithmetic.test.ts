// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { blend, relu, softsign, term } from '../../compiler/core/fixed/fixed.ts';
import { runtimeFolders } from '../../compiler/host/files/runtime.ts';
import { lacking } from '../support/needs.ts';
import { buildImage, runInEmulator, runInQemu } from './image.ts';

const EDGES = [0, 1, -1, 2, 3, 255, 256, 32766, 32767, -32767, -32768, 65535, 2097150, 2097151, -2097151];
const SOURCE = `
#include "egru_fixed.h"
#include "image.h"
static const int32_t edges[] = {${EDGES.join(', ')}};
void arithmetic(void);
void arithmetic(void) {
    for (unsigned i = 0; i < ${EDGES.length}u; i++) {
        const int32_t x = edges[i];
        const int32_t h = (int16_t)x;
        image_write_hex((uint32_t)egru_softsign_by_division(x));
        for (unsigned code = 0; code < 7u; code++) {
            image_write_hex((uint32_t)egru_term(code, h));
        }
        image_write_hex((uint32_t)egru_blend(h, x & 32767, -h / 2));
        image_write_hex((uint32_t)egru_relu(x));
        image_write("\\n");
    }
}
`;

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

/** What the image writes, by the TypeScript twin of the header. */
function expected(): string {
  return EDGES.map((x) => {
    const h = (x << 16) >> 16;
    const terms = [0, 1, 2, 3, 4, 5, 6].map((code) => hex(term(code, h)));
    const halved = Math.trunc(-h / 2);
    return `${hex(softsign(x))}${terms.join('')}${hex(blend(h, x & 32767, halved))}${hex(relu(x))}\n`;
  }).join('');
}

describe.skipIf(lacking('arm', 'qemu'))(
  'C code in an image (needs gcc-arm-none-eabi and qemu-system-arm)',
  () => {
    it("the runtime's arithmetic gives the same in QEMU, in our emulator by both decoders, and in TypeScript", () => {
      const image = buildImage({
        sources: [{ name: 'arithmetic.c', text: SOURCE }],
        calls: ['arithmetic'],
        include: runtimeFolders(),
      });
      const wanted = expected();
      expect(runInQemu(image)).toBe(wanted);
      const fast = runInEmulator(image);
      expect(fast.output).toBe(wanted);
      const slow = runInEmulator(image, 1e8, true);
      expect(slow.output).toBe(wanted);
      expect(slow.cycles).toBe(fast.cycles);
      expect(slow.chip.flashLines).toBe(fast.chip.flashLines);
    });

    it('an image that does not end, or does not link, is reported', () => {
      const endless = buildImage({
        sources: [{ name: 'a.c', text: 'void f(void); void f(void) { for (;;) { } }' }],
        calls: ['f'],
      });
      expect(() => runInEmulator(endless, 1e6)).toThrow(/still running after 1000000 cycles/);
      expect(() => buildImage({ sources: [], calls: ['missing'] })).toThrow(
        /undefined reference to `missing'/,
      );
    });
  },
);
