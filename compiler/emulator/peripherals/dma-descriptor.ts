// SPDX-License-Identifier: Apache-2.0
/** Transfer descriptors of the DMA controller in RAM (DS40001882, chapter "DMAC", BTCTRL to DESCADDR). */
import { RAM_SIZE, RAM_START } from '../core/memory.ts';
import type { Chip } from './registers.ts';

const VALID = 1;

/** The bus as the DMA controller sees it. */
export interface DmaBus {
  /** Whether anything answers there. */
  mapped(address: number): boolean;
  read(address: number, size: 1 | 2 | 4): number;
  write(address: number, size: 1 | 2 | 4, value: number): void;
  clockOn(): boolean;
}

/** A block transfer under way. */
export interface Descriptor {
  /** Beats that are left. */
  count: number;
  /** BTCTRL.BLOCKACT: bit 0 interrupt, bit 1 suspend. */
  readonly action: number;
  /** DESCADDR: 0 for the last one. */
  readonly link: number;
  /** BTCTRL, SRCADDR and DSTADDR as they stand in memory. */
  readonly control: number;
  readonly sourceEnd: number;
  readonly destinationEnd: number;
  /** The next beat. */
  next(): { readonly size: 1 | 2 | 4; readonly source: number; readonly destination: number };
}

/** The descriptor at that address; null if there is none, or an invalid one. */
export function fetchDescriptor(chip: Chip, bus: DmaBus, address: number): Descriptor | null {
  if (address === 0) return null;
  checkSection(chip, address);
  const control = bus.read(address, 2);
  if (!(control & VALID)) return null;
  const count = bus.read(address + 2, 2);
  const beat = (control >>> 8) & 3;
  if (count === 0) chip.fault('DMA descriptor with BTCNT = 0', address);
  if (beat === 3) chip.fault('DMA descriptor with a reserved BEATSIZE', address);
  const size = (1 << beat) as 1 | 2 | 4;
  const scale = 1 << (control >>> 13);
  const ofSource = (control & 0x1000) !== 0; // STEPSEL: whose increments STEPSIZE multiplies
  const sourceStep = control & 0x400 ? size * (ofSource ? scale : 1) : 0;
  const destinationStep = control & 0x800 ? size * (ofSource ? 1 : scale) : 0;
  const sourceEnd = bus.read(address + 4, 4);
  const destinationEnd = bus.read(address + 8, 4);
  if ((sourceEnd | destinationEnd) & (size - 1))
    chip.fault(`DMA descriptor whose addresses are not aligned to beats of ${size} bytes`, address);
  const descriptor: Descriptor = {
    ...{ count, action: (control >>> 3) & 3, link: bus.read(address + 12, 4) },
    ...{ control, sourceEnd, destinationEnd },
    // With an increment, the address in memory is the one behind the last beat.
    next: () => ({
      size,
      source: sourceEnd - descriptor.count * sourceStep,
      destination: destinationEnd - descriptor.count * destinationStep,
    }),
  };
  return descriptor;
}

/** Stores what is left of a descriptor in the write-back section. */
export function writeBack(
  chip: Chip,
  bus: DmaBus,
  address: number,
  descriptor: Descriptor,
  valid: boolean,
): void {
  checkSection(chip, address);
  bus.write(address, 2, valid ? descriptor.control : descriptor.control & ~VALID);
  bus.write(address + 2, 2, descriptor.count);
  bus.write(address + 4, 4, descriptor.sourceEnd);
  bus.write(address + 8, 4, descriptor.destinationEnd);
  bus.write(address + 12, 4, descriptor.link);
}

function checkSection(chip: Chip, address: number): void {
  if (address & 15 || address < RAM_START || address + 16 > RAM_START + RAM_SIZE)
    chip.fault('DMA descriptor that is not 16-byte aligned in RAM', address);
}
