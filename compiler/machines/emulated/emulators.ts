// SPDX-License-Identifier: Apache-2.0
/** The emulators of the chips: the one file that knows them all. */
import type { Chip } from '../../boards/boards.ts';
import { type FlashTiming, flashTimings } from '../../emulator/core/flash-cache.ts';
import { ChipFault, type Samd21Options as EmulatorOptions, Samd21 } from '../../emulator/samd21/samd21.ts';

/** By the name that a chip's description holds. */
const emulators = {
  samd21: (options: EmulatorOptions) => new Samd21(options),
};

export type EmulatedChip = ReturnType<(typeof emulators)[keyof typeof emulators]>;
export type { EmulatorOptions, FlashTiming };
export { ChipFault, flashTimings };

/**
 * A chip with its memories filled, which starts at a vector table.
 * @throws Error where nothing emulates this chip; RangeError for what does not fit its memories
 */
export function emulate(chip: Chip, options: EmulatorOptions): EmulatedChip {
  const create = Object.entries(emulators).find(([name]) => name === chip.emulator)?.[1];
  if (create === undefined) throw new Error(`nothing emulates the ${chip.name}`);
  return create(options);
}
