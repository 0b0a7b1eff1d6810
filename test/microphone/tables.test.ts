// SPDX-License-Identifier: Apache-2.0
/** Constants in runtime-c/egru_mic*: computed anew, and the bounds that the comments claim. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath } from '../../compiler/base/paths.ts';
import { HALF_CENTRE, HALF_TAPS, PDM_TAPS } from '../../compiler/microphone/taps.ts';

const source = (name: string) => readFileSync(packagePath('runtime-c', name), 'utf8');
const sum = (values: Int16Array) => values.reduce((a, b) => a + b, 0);
const magnitude = (values: Int16Array) => values.reduce((a, b) => a + Math.abs(b), 0);

test('the table of bits has the weights of a third-order CIC filter of 25', () => {
  // Three boxes of 25, convolved.
  let weights = [1];
  for (let n = 0; n < 3; n++) {
    weights = Array.from({ length: weights.length + 24 }, (_, i) =>
      weights.slice(Math.max(0, i - 24), i + 1).reduce((a, b) => a + b, 0),
    );
  }
  expect(weights.length).toBe(73);
  const words: number[] = [];
  let at = 0;
  for (const width of [7, 6, 6, 6]) {
    for (let bits = 0; bits < 1 << width; bits++) {
      let word = 0;
      for (let i = 0; i < width; i++) {
        if (((bits >> (width - 1 - i)) & 1) === 0) continue;
        const place = at + i;
        word += (weights[24 - place] ?? 0) + 4096 * (weights[74 - place] ?? 0) + 2 ** 24;
      }
      words.push(word);
    }
    at += width;
  }
  expect([...source('egru_mic_tables.c').matchAll(/0x[0-9a-f]{8}/g)].map(([hex]) => Number(hex))).toEqual(
    words,
  );
});

test('taps are what the bounds say', () => {
  expect([2 * sum(PDM_TAPS), 2 * magnitude(PDM_TAPS)]).toEqual([8590, 15358]);
  expect([2 * sum(HALF_TAPS) + HALF_CENTRE, 2 * magnitude(HALF_TAPS) + HALF_CENTRE]).toEqual([8192, 13648]);
  expect(15358 * 7812.5).toBeLessThan(2 ** 27);
  expect(13648 * 2 ** 17).toBeLessThan(2 ** 31);
});
