// SPDX-License-Identifier: Apache-2.0
/**
 * A column of a block for one event. r7 walks a list of events, r6 holds what is added, accumulators are where blocks have
 * them, but for r5: it takes the address of the event's row, then that of the next fragment.
 */
import { LOW_SLOTS } from '../unrolled/block-cost.ts';
import { addition } from '../unrolled/pair-code.ts';

/** What a row adds: the value, shifted, with a sign. */
export interface Need {
  readonly slot: number;
  readonly level: number;
  readonly negative: boolean;
}

export interface Fragment {
  /** One instruction each. */
  readonly lines: readonly string[];
  readonly cycles: number;
}

/** The largest offset of LDR with an immediate, and what ADDS adds at most. */
const REACH = 124;
const IMMEDIATE = 252;

/** On to the next event of a list: the address stands at byte `offset` of its row. */
export function dispatch(offset: number): Fragment {
  const far: string[] = [];
  let rest = offset;
  for (; rest > REACH; rest -= Math.min(rest - (rest % 4), IMMEDIATE))
    far.push(`adds r5, #${Math.min(rest, IMMEDIATE)}`);
  return {
    lines: ['ldm r7!, {r5, r6}', ...far, `ldr r5, [r5, #${rest}]`, 'mov pc, r5'],
    cycles: 3 + far.length + 2 + 2,
  };
}

/**
 * Pulses: an entry of the list has its row and the value. Changes: the row, and the changes of the value and of what shifts
 * by 1 and by 2 make of it.
 */
export function fragmentOf(needs: readonly Need[], changes: boolean, offset: number): Fragment {
  const lines: string[] = [];
  let cycles = 0;
  const op = (line: string, cost = 1) => {
    lines.push(line);
    cycles += cost;
  };
  const at = (level: number) => needs.filter((need) => need.level === level);
  const opposite = (need: Need) => need.negative && need.slot >= LOW_SLOTS;
  /** negated: a register for the other sign */
  const add = (level: number, register: string, negated: string) => {
    for (const need of at(level)) if (!opposite(need)) op(addition(need.slot, need.negative, register));
    const others = at(level).filter(opposite);
    if (others.length > 0) op(`negs ${negated}, ${register}`);
    for (const { slot } of others) op(addition(slot, false, negated));
  };
  add(0, 'r6', 'r5');
  if (changes) {
    if (needs.some(({ level }) => level > 0)) op('ldm r7!, {r5, r6}', 3);
    else op('adds r7, #8');
    add(1, 'r5', 'r5');
    add(2, 'r6', 'r6');
  } else {
    for (const level of [1, 2]) {
      if (at(level).length > 0) op(`asrs r5, r6, #${level}`);
      add(level, 'r5', 'r5');
    }
  }
  const next = dispatch(offset);
  return { lines: [...lines, ...next.lines], cycles: cycles + next.cycles };
}
