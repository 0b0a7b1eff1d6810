// SPDX-License-Identifier: Apache-2.0
/**
 * `make soak`: ten minutes through every board and microphone, on a battery, where the buses are slow in sleep; each
 * event compared, not one sample lost. With a USB host test/firmware does the same for half a minute.
 */
import { expect, it } from 'vitest';
import { listenAndCompare, pairs } from '../support/pair.ts';
import { digits, material } from '../support/recording.ts';

const SECONDS = 600;

it.each(pairs.map((pair, i) => [...pair, i + 101] as const))(
  '%s',
  { timeout: 3_600_000 },
  async (...[name, board, microphone, seed]) => {
    // Half of them with wake words, if they are there, and half with digits.
    const { events } = await listenAndCompare(
      [name, board, microphone],
      seed % 2 === 0 ? digits() : material(),
      SECONDS,
      seed,
      { kernel: 'unrolled', usb: false },
    );
    expect(events).toBeGreaterThan(100);
  },
);
