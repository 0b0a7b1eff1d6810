// SPDX-License-Identifier: Apache-2.0
/**
 * Half a minute through every board with an analogue microphone: not one sample lost, events as the reference has them.
 */
import { expect, it } from 'vitest';
import { listenAndCompare, pairs } from '../support/pair.ts';
import { digits, material } from '../support/recording.ts';

const SECONDS = 30;
const analogue = pairs.filter(([, , { name }]) => name === 'adc');

it('are five boards: all but the one with a PDM microphone', () => {
  expect(analogue.map(([, { name }]) => name).sort()).toEqual(
    ['arduino_zero', 'feather_m0', 'mkrzero', 'trinket_m0', 'xiao_samd21'].sort(),
  );
});

it.each(analogue.map((pair, i) => [...pair, i + 11] as const))(
  '%s',
  async (...[name, board, microphone, seed]) => {
    // The last board detects the digits, which the repository has: no detection of its own.
    const from = board.name === 'trinket_m0' ? digits() : material();
    const { events, load } = await listenAndCompare([name, board, microphone], from, SECONDS, seed);
    expect(events).toBeGreaterThanOrEqual(5);
    expect(load).toBeLessThan(0.2);
  },
);
