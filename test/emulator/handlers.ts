// SPDX-License-Identifier: Apache-2.0
/** A chip that loops and has handlers, for the tests of exceptions and of the controller that raises them. */
import { expect } from 'vitest';
import type { Samd21 } from '../../compiler/emulator/samd21/samd21.ts';
import { chipWith, halfwords } from './program.ts';

export const HANDLER = 0x2200;
export const SECOND = 0x2300;
export const IRQ = 9;
export const ISER = 0xe000e100;
export const LOOP = [0x3001, 0xe7fd]; // adds r0, #1; b back
const SYSTICK_VECTOR = 15;

/** IRQ and SysTick run `code` at HANDLER; the interrupt behind it and PendSV run `more` at SECOND. */
export function withHandler(code: readonly number[], more: readonly number[] = [0x4770]): Samd21 {
  const handlers = {
    [16 + IRQ]: HANDLER | 1,
    [16 + IRQ + 1]: SECOND | 1,
    [SYSTICK_VECTOR]: HANDLER | 1,
    14: SECOND | 1,
  };
  const chip = chipWith(LOOP, { handlers });
  chip.memory.load({ address: HANDLER, bytes: halfwords(...code) });
  chip.memory.load({ address: SECOND, bytes: halfwords(...more) });
  return chip;
}

/** Cycle at which an address is first about to be executed. */
export function cycleAt(chip: Samd21, address: number, limit = 10_000): number {
  let at = -1;
  chip.hook(address, () => {
    if (at < 0) at = chip.cycles;
    chip.stop();
  });
  expect(chip.run(limit)).toBe('stopped');
  chip.hook(address, null);
  return at;
}
