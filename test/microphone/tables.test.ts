// SPDX-License-Identifier: Apache-2.0
/** Constants in runtime-c/microphone: computed anew, and the bounds that the comments claim. */
import { expect, test } from 'vitest';
import { HALF_CENTRE, HALF_TAPS, PDM_TAPS } from '../../compiler/core/microphone/taps.ts';
import { Samd21 } from '../../compiler/emulator/samd21/samd21.ts';
import { symbolAddress } from '../../compiler/machines/image/elf.ts';
import { buildMic } from '../support/chips/mic-chip.ts';
import { lacking } from '../support/needs.ts';

const sum = (values: Int16Array) => values.reduce((a, b) => a + b, 0);
const magnitude = (values: Int16Array) => values.reduce((a, b) => a + Math.abs(b), 0);

test.skipIf(lacking('arm'))(
  'the table of bits has the weights of a third-order CIC filter of 25',
  async () => {
    // Three boxes of 25, convolved.
    let weights = [1];
    for (let n = 0; n < 3; n++) {
      weights = Array.from({ length: weights.length + 24 }, (_, i) =>
        weights.slice(Math.max(0, i - 24), i + 1).reduce((a, b) => a + b, 0),
      );
    }
    expect(weights.length).toBe(73);
    /** Of `width` bits from `at` on: in this sum and the next, in the one after it. */
    const pair = (bits: number, at: number, width: number) => {
      const words: [number, number] = [0, 0];
      for (let i = 0; i < width; i++) {
        if (((bits >> (width - 1 - i)) & 1) === 0) continue;
        words[0] += (weights[24 - at - i] ?? 0) + 65536 * (weights[49 - at - i] ?? 0);
        words[1] += 65536 * (weights[74 - at - i] ?? 0);
      }
      return words;
    };
    const expected: number[] = [];
    for (let bits = 0; bits < 512; bits++) expected.push(...pair(bits, 0, 9));
    for (let bits = 0; bits < 256; bits++) expected.push(...pair(bits, 9, 8), ...pair(bits, 17, 8));

    const image = await buildMic();
    const chip = new Samd21({ segments: image.segments, vectorTable: 0 });
    const at = symbolAddress(image, 'egru_i_mic_pdm_table');
    expect(at % 8).toBe(0); // a pair is a line of flash
    const word = (index: number) => chip.peek16(at + 4 * index) + 65536 * chip.peek16(at + 4 * index + 2);
    expect(expected.map((_, index) => word(index))).toEqual(expected);
  },
);

test('taps are within the bounds', () => {
  expect([2 * sum(PDM_TAPS), 2 * magnitude(PDM_TAPS)]).toEqual([8590, 15358]);
  expect([2 * sum(HALF_TAPS) + HALF_CENTRE, 2 * magnitude(HALF_TAPS) + HALF_CENTRE]).toEqual([8192, 13648]);
  expect(15358 * 7812.5).toBeLessThan(2 ** 27);
  expect(13648 * 2 ** 17).toBeLessThan(2 ** 31);
});
