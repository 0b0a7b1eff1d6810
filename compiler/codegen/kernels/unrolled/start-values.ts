// SPDX-License-Identifier: Apache-2.0
/**
 * What accumulators start from, in two parts. The base, mostly a bias, is loaded before the first column; rows with
 * base 0 need no load, since their first addition is a move. The rest, mostly what complements owe, is at most 255
 * and costs one instruction wherever the accumulator is in a low register, or none in that first move.
 */
import { LOW_SLOTS } from './block-cost.ts';
import type { Code } from './thumb.ts';

/** What this needs of a planned row. */
interface StartedRow {
  readonly slot: number;
  /** What its accumulator starts from. */
  readonly constant: number;
}

interface Parts {
  readonly base: number;
  readonly rest: number;
}

/** The largest 8-bit immediate. */
const IMMEDIATE = 255;
/** The largest immediate of ADDS and SUBS with two registers. */
const SMALL_IMMEDIATE = 7;

export function partsOf(constant: number): Parts {
  const magnitude = Math.abs(constant);
  const sign = constant < 0 ? -1 : 1;
  if (magnitude <= IMMEDIATE) return { base: 0, rest: constant };
  const power = 2 ** Math.round(Math.log2(magnitude));
  const step = 2 ** Math.max(0, Math.floor(Math.log2(magnitude)) - 7);
  // What septenary biases are made of, or 8 significant bits: both are built quickly.
  for (const base of [power, Math.round(magnitude / step) * step]) {
    if (base <= 2 ** 30 && Math.abs(magnitude - base) <= IMMEDIATE) {
      return { base: sign * base, rest: sign * (magnitude - base) };
    }
  }
  return { base: constant, rest: 0 };
}

/** The start values of a block's rows while its code is written. */
export class StartValues {
  readonly #code: Code;
  readonly #registers: readonly string[];
  /** Slots that nothing has been put into yet. */
  readonly #fresh = new Set<number>();
  /** What is still to be added. */
  readonly #owed = new Map<number, number>();

  /** Loads the bases; `spare` is a low register that may be used for it. */
  constructor(code: Code, registers: readonly string[], rows: readonly StartedRow[], spare: string) {
    this.#code = code;
    this.#registers = registers;
    const byBase = new Map<number, number[]>();
    for (const { slot, constant } of rows) {
      const { base, rest } = partsOf(constant);
      this.#owed.set(slot, rest);
      if (base === 0) this.#fresh.add(slot);
      else byBase.set(base, [...(byBase.get(base) ?? []), slot]);
    }
    for (const [base, slots] of byBase) this.#load(base, slots, spare);
  }

  /** Whether this is the first addition of a slot; then it is written as a move here. */
  begin(slot: number, source: string, subtract: boolean): boolean {
    if (!this.#fresh.delete(slot)) return false;
    const target = this.#register(slot);
    const owed = this.#owed.get(slot) ?? 0;
    if (subtract) {
      this.#code.op(`negs ${target}, ${source}`);
    } else if (slot < LOW_SLOTS && owed !== 0 && Math.abs(owed) <= SMALL_IMMEDIATE) {
      this.#code.op(`${owed < 0 ? 'subs' : 'adds'} ${target}, ${source}, #${Math.abs(owed)}`);
      this.#owed.set(slot, 0);
    } else {
      this.#code.op(`mov ${target}, ${source}`);
    }
    return true;
  }

  /** Rows without any weight start and end here. */
  finish(spare: string): void {
    if (this.#fresh.size > 0) this.#load(0, [...this.#fresh], spare);
    this.#fresh.clear();
  }

  /** Adds what is owed to a slot whose value is in the low register `register`. */
  settle(slot: number, register: string): void {
    const owed = this.#owed.get(slot) ?? 0;
    if (owed !== 0) this.#code.op(`${owed < 0 ? 'subs' : 'adds'} ${register}, #${Math.abs(owed)}`);
    this.#owed.set(slot, 0);
  }

  #load(value: number, slots: readonly number[], spare: string): void {
    const low = slots.find((slot) => slot < LOW_SLOTS);
    const source = low === undefined ? spare : this.#register(low);
    this.#code.constant(source, value);
    for (const slot of slots) if (slot !== low) this.#code.op(`mov ${this.#register(slot)}, ${source}`);
  }

  #register(slot: number): string {
    return this.#registers[slot] ?? '';
  }
}
