// SPDX-License-Identifier: Apache-2.0
/** A chip at 48 MHz whose registers the tests of the sound peripherals work on directly. */
import type { Samd21 } from '../../compiler/emulator/samd21/samd21.ts';
import { chipWith } from './program.ts';

export const DMAC = 0x41004800;
export const I2S = 0x42005000;
export const ADC = 0x42004000;
export const EVSYS = 0x42000400;
export const GCLK_CLKCTRL = 0x40000c02;
export const PM_APBCMASK = 0x40000420;
const CLKEN = 0x4000;
const GCLK_ADC = 0x1e;

/** A program that loops; CPU and generator 0 at 48 MHz, all bus clocks on. */
export function fastChip(opcodes: readonly number[] = [0xe7fe], options = {}): Samd21 {
  const chip = chipWith(opcodes, options);
  chip.writeUint32(0x41004004, 0x82); // one wait state
  chip.writeUint16(0x40000824, 2); // DFLL48M on
  chip.writeUint32(0x40000c04, 0x10700);
  chip.writeUint32(PM_APBCMASK, 0x1fffff);
  return chip;
}

/** Connects a generic clock to generator 0, or to one that divides. */
export function connect(chip: Samd21, clock: number, divisor = 1): void {
  const generator = divisor === 1 ? 0 : 3;
  if (divisor !== 1) {
    chip.writeUint32(0x40000c08, generator | (divisor << 8));
    chip.writeUint32(0x40000c04, generator | 0x10700);
  }
  chip.writeUint16(GCLK_CLKCTRL, CLKEN | (generator << 8) | clock);
}

/** Gives pins of port A (32 and more: port B) to a peripheral function. */
export function route(chip: Samd21, mux: number, ...pins: number[]): void {
  for (const pin of pins) {
    const base = 0x41004400 + 0x80 * (pin >> 5);
    const shift = 4 * (pin & 1);
    const at = base + 0x30 + ((pin & 31) >> 1);
    chip.writeUint8(at, (chip.readUint8(at) & ~(15 << shift)) | (mux << shift));
    chip.writeUint8(base + 0x40 + (pin & 31), 1);
  }
}

/** Cycle at which a condition first holds. */
export function cycleOf(chip: Samd21, condition: () => boolean, limit = 2_000_000): number {
  const end = chip.cycles + limit;
  while (!condition()) {
    if (chip.cycles > end) throw new Error('the condition never held');
    chip.run(1);
  }
  return chip.cycles;
}

/** AIN0 on PA02 against ground, at 1.5 MHz, sampled for eight cycles; counts from 100 on. */
export function converting(prescaler = 3): Samd21 {
  const chip = fastChip();
  connect(chip, GCLK_ADC);
  route(chip, 1, 2);
  let count = 100;
  chip.microphone = { next: () => count++ };
  chip.writeUint16(ADC + 0x28, 0x07ff);
  chip.writeUint8(ADC + 0x03, 15);
  chip.writeUint16(ADC + 0x04, prescaler << 8);
  chip.writeUint32(ADC + 0x10, 0x0f001800);
  chip.writeUint8(ADC, 2);
  return chip;
}

/** Whether a result waits in the ADC. */
export const ready = (chip: Samd21) => (): boolean => (chip.readUint8(ADC + 0x18) & 1) !== 0;
