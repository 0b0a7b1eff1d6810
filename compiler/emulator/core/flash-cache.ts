// SPDX-License-Identifier: Apache-2.0

/** How the wait state of the flash is counted: not at all, for every new line, or for what the cache does not hold. */
export type FlashTiming = '0' | 'bound' | 'cache';
export const flashTimings: readonly FlashTiming[] = ['0', 'bound', 'cache'];

/** Lines of 8 bytes: 64 bytes in all (data sheet, chapter "NVMCTRL", "Cache"). */
const LINES = 8;

/**
 * The read cache of the flash: eight lines of 64 bits. That a line has one place, by its address, is an assumption; the
 * data sheet names the size alone (docs/EMULATOR.md).
 */
export class FlashCache {
  readonly #lines = new Int32Array(LINES);
  /** Lines that were touched and were not there. */
  misses = 0;

  constructor() {
    this.clear();
  }

  /** A line is read that is another than the last one. line: its address / 8 */
  touch(line: number): void {
    const place = line % LINES;
    if (this.#lines[place] === line) return;
    this.#lines[place] = line;
    this.misses++;
  }

  /** NVMCTRL's command INVALL, a command that changes flash, a reset. */
  clear(): void {
    this.#lines.fill(-1);
  }
}
