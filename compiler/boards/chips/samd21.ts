// SPDX-License-Identifier: Apache-2.0
import type { Chip } from './chip.ts';

/**
 * ATSAMD21x18A: 256 KB of flash, 32 KB of RAM (data sheet DS40001882, chapter 10). The first 8 KB of flash are the
 * bootloader's, then 48 KB for the application, the rest for the model
 * but for the last 4 KB, where what was learnt is saved. A bootloader looks for its magic word in the
 * last word of RAM, and the stack pointer has to be a multiple of 8: two words stay free.
 */
export const SAMD21G18A: Chip = {
  name: 'ATSAMD21G18A',
  family: 'SAMD21',
  emulator: 'samd21',
  firmwareFolder: 'firmware/samd21',
  flashBytes: 256 * 1024,
  ramStart: 0x20000000,
  ramBytes: 32 * 1024,
  reservedRam: 8,
  applicationStart: 0x2000,
  modelStart: 0xe000,
  learnBytes: 4096,
  coreClock: 48e6,
  // NVMCTRL.CTRLB.RWS; chapter "NVM Characteristics": one from 24 MHz on at 3.3 V.
  flashWait: { states: 1, shift: 1, mask: 15 },
  uf2Family: 0x68ed2b88,
  stackRoom: 2048,
};
export const SAMD21E18A: Chip = { ...SAMD21G18A, name: 'ATSAMD21E18A' };
