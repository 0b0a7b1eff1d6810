// SPDX-License-Identifier: Apache-2.0
/** What a chip is made from. */
import type { FlashTiming } from '../core/flash-cache.ts';
import type { ImageSegment } from '../core/memory.ts';

/** Reads and writes of memory without side effects, for semihosting and tests. */
export interface MemoryView {
  peek8(address: number): number;
  peek16(address: number): number;
  peek32(address: number): number;
  poke8(address: number, value: number): void;
}

export interface Samd21Options {
  readonly segments: readonly ImageSegment[];
  /** Address of the vector table that the core starts from: 0x2000 for applications behind a bootloader. */
  readonly vectorTable: number;
  /** End of .bss: a stack pointer below it is a fault. Start of RAM by default. */
  readonly stackLimit?: number;
  /** Serves `BKPT 0xAB`: operation (r0) and argument (r1) to result (r0). Without it every BKPT is a fault. */
  readonly semihosting?: (op: number, arg: number, memory: MemoryView) => number;
  /** Executes with rp2040js's own decoder (corrected), about ten times slower: the semantic reference. */
  readonly reference?: boolean;
  /** What `flashWaits` counts: 'bound' by default. 'cache' executes with the reference decoder. */
  readonly flash?: FlashTiming;
  /**
   * What the firmware does wrong enters its HardFault handler, as on silicon, instead of ending the run; inside that
   * handler (silicon: lockup) and where the stack overflows it ends the run all the same.
   */
  readonly hardFaults?: boolean;
  /** How this piece of silicon differs from the data sheet's typical one. */
  readonly silicon?: Silicon;
}

/** What differs from chip to chip, or is not known for certain; everything has a default. */
export interface Silicon {
  /**
   * Level of the I2S frame sync in the first slot: low as the data sheet has it (chapter "I2S", by default), or high, as
   * drivers that invert it for a microphone assume.
   */
  readonly frameSync?: 'low' | 'high';
  /** Share by which the DFLL48M in open loop is off at its factory calibration: -0.031 to 0.021. 0 by default. */
  readonly dfllError?: number;
  /** Share by which the 8 MHz oscillator is off. 0 by default. */
  readonly osc8mError?: number;
}
