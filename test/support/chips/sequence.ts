// SPDX-License-Identifier: Apache-2.0
/** What a microphone of the emulated chip sends, so that what arrives can be found in it. */
import type { Interface } from './driver-chip.ts';

/** A sequence in which every piece is unlike every other: a full-period generator's high bits. */
export class Sequence {
  drawn = 0;
  constructor(
    readonly kind: Interface,
    readonly select: 'low' | 'high' = 'low',
    /** How many words of silence come first: the start-up of a microphone. */
    readonly silent = 0,
  ) {}

  next(): number {
    if (this.drawn < this.silent) return 0 * this.drawn++;
    const state = hash(this.drawn++);
    return this.kind === 'i2s' ? state & 0xffffff00 : this.kind === 'pdm' ? state & 1 : state & 4095;
  }

  /** The n-th raw value as memory holds it. */
  value(n: number): number {
    if (this.kind === 'i2s') return (hash(n) & 0xffffff00) >>> 0;
    if (this.kind === 'adc') return hash(n) & 4095;
    return Array.from({ length: 16 }, (_, i) => hash(16 * n + i) & 1).reduce((a, b) => 2 * a + b, 0);
  }

  /** Raw values drawn so far. */
  get values(): number {
    return this.kind === 'pdm' ? this.drawn / 16 : this.drawn;
  }

  /** Where in the sequence a block stands; -1 if it is no piece of it. */
  find(block: readonly number[], from: number, to: number): number {
    for (let start = from; start <= to; start++)
      if (block.every((value, i) => value === this.value(start + i))) return start;
    return -1;
  }
}

function hash(n: number): number {
  let x = Math.imul(n + 1, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
