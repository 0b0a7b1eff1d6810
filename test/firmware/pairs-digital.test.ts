// SPDX-License-Identifier: Apache-2.0
/**
 * Half a minute through every board with a digital microphone: not one sample lost, events as the reference has them.
 */
import { expect, it } from 'vitest';
import { listenAndCompare, pairs } from '../support/pair.ts';
import { material } from '../support/recording.ts';

const SECONDS = 30;
const digital = pairs.filter(([, , { name }]) => name !== 'adc');

it('are four boards with I2S and one with PDM', () => {
  expect(digital.map(([, , { name }]) => name).sort()).toEqual(['i2s', 'i2s', 'i2s', 'i2s', 'pdm']);
});

it.each(digital.map((pair, i) => [...pair, i + 1] as const))(
  '%s',
  async (...[name, board, microphone, seed]) => {
    const { events, load } = await listenAndCompare([name, board, microphone], material(), SECONDS, seed);
    expect(events).toBeGreaterThanOrEqual(5);
    expect(load).toBeLessThan(0.2);
  },
);

it('a frame sync that is high in the first slot', async () => {
  const [pair] = digital.filter(([, { name }]) => name === 'feather_m0');
  if (pair === undefined) throw new Error('no Feather');
  const silicon = { frameSync: 'high' } as const;
  const { events } = await listenAndCompare(pair, material(), SECONDS, 2, { kernel: 'unrolled', silicon });
  expect(events).toBeGreaterThanOrEqual(5);
});
