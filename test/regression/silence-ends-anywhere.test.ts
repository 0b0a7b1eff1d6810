// SPDX-License-Identifier: Apache-2.0
/**
 * Without recordings, `make test` failed on every I2S board: the board was asked for its statistics at a moment that
 * depended on where in a block the silence ended, and one block more had arrived by the time of the answer.
 */
import { describe, expect, it } from 'vitest';
import { lacking } from '../support/needs.ts';
import { listenAndCompare, pairs } from '../support/pair.ts';
import { digits } from '../support/recording.ts';

describe.skipIf(lacking('arm'))('an I2S board (needs gcc-arm-none-eabi)', () => {
  const pair = pairs.find(([, , microphone]) => microphone.name === 'i2s');
  // A block is 32 samples at 8 kHz, 4 ms: these lengths end in its first, second and third quarter.
  it.each([2, 2.001, 2.002])('is asked in the middle of a block after %s s', async (seconds) => {
    if (pair === undefined) throw new Error('no I2S board');
    const { load } = await listenAndCompare(pair, digits(), seconds, 1);
    expect(load).toBeGreaterThan(0);
  });
});
