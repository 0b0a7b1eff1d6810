// SPDX-License-Identifier: Apache-2.0
/** TC4 for the tests: a timer, and a stopwatch for whatever clocks it. */
import type { Samd21 } from '../../compiler/emulator/samd21/samd21.ts';
import { connect, cycleOf, GCLK_CLKCTRL } from './acquisition.ts';

export const TC4 = 0x42003000;
/** CTRLA.WAVEGEN: counts to CC0. */
export const MFRQ = 0x20;
/** GCLK_TC4_TC5. */
const GCLK_TC4 = 0x1c;

/** Lets TC4 count core cycles up to a top value, with its overflow as an event. */
export function timer(chip: Samd21, top: number, control = MFRQ): void {
  connect(chip, GCLK_TC4);
  chip.writeUint16(TC4 + 0x18, top);
  chip.writeUint16(TC4 + 0x0a, 0x100);
  chip.writeUint16(TC4, control | 2);
}

export const overflowed = (chip: Samd21) => (): boolean => (chip.readUint8(TC4 + 0x0e) & 1) !== 0;

/** Core cycles that so many cycles of a clock generator take, up to two too many: an instruction ends first. */
export function cyclesOf(chip: Samd21, generator: number, count: number): number {
  chip.writeUint16(GCLK_CLKCTRL, 0x4000 | (generator << 8) | GCLK_TC4);
  chip.writeUint16(TC4, 1);
  chip.writeUint16(TC4 + 0x18, count - 1);
  chip.writeUint16(TC4, MFRQ | 2);
  const begin = chip.cycles;
  return cycleOf(chip, overflowed(chip)) - begin;
}
