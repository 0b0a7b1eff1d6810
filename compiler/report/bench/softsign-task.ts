// SPDX-License-Identifier: Apache-2.0
/** Measures egru_i_softsign on a range of accumulators on the emulated chip, in a worker; checks every value too. */

import type { Chip } from '../../boards/boards.ts';
import { softsign } from '../../core/fixed/fixed.ts';
import { emulate } from '../../machines/emulated/emulators.ts';

export interface SoftsignInit {
  readonly chip: Chip;
  readonly bin: Uint8Array;
  readonly ready: number;
  readonly softsign: number;
  readonly input: number;
  readonly output: number;
  readonly stackLimit: number;
}

/** Accumulators from .. to - 1. */
export interface SoftsignRange {
  readonly from: number;
  readonly to: number;
}

/** The BL that calls it; the rest is counted from the first instruction to the return. */
const CALL = 3;
const PATIENCE = 1_000_000_000;

/** Cycles of each accumulator of the range, call overhead included. */
export default (init: SoftsignInit) =>
  ({ from, to }: SoftsignRange): Uint8Array => {
    const chip = emulate(init.chip, {
      segments: [{ address: 0, bytes: init.bin }],
      vectorTable: 0,
      stackLimit: init.stackLimit,
    });
    const cycles = new Uint8Array(to - from);
    let acc = from - 1;
    let entered = 0;
    let returnTo = -1;
    chip.hook(init.softsign, () => {
      entered = chip.cycles;
      const address = ((chip.core.registers[14] ?? 0) & ~1) >>> 0;
      if (address === returnTo) return;
      returnTo = address;
      chip.hook(returnTo, () => {
        cycles[acc - from] = chip.cycles - entered + CALL;
      });
    });
    chip.hook(init.ready, () => {
      if (acc >= from && (chip.peek32(init.output) | 0) !== softsign(acc)) {
        throw new Error(`egru_i_softsign(${acc}) is ${chip.peek32(init.output) | 0}, not ${softsign(acc)}`);
      }
      acc++;
      if (acc === to) return chip.stop();
      for (let i = 0; i < 4; i++) chip.poke8(init.input + i, (acc >> (8 * i)) & 0xff);
    });
    for (;;) if (chip.run(PATIENCE) === 'stopped') return cycles;
  };
