// SPDX-License-Identifier: Apache-2.0
/**
 * Columns whose levels lie in words of their own, behind the outputs in the state: x, x >> 1 and x >> 2 of every input in
 * the order of the frame's halfwords. A block reads them with a pointer in Y, which moves on where loads do not reach.
 */
import { X, Y } from '../registers.ts';
import type { Code } from '../thumb.ts';

/** Words of a word of the frame, which holds two inputs. */
export const WIDE_WORDS = 6;
/** Bytes of a column's words. */
const COLUMN = 12;
/** What `ldr X, [Y, #imm]` reaches. */
const REACH = 124;
/** The largest immediate that keeps the pointer at words. */
const STEP = 252;
/** Words of the frame between two branches: 8 * 16 bytes of code. */
const UNROLLED = 8;

/** Y points to a column's words while a block goes over the columns in their order. */
export class WidePointer {
  readonly #code: Code;
  #base = 0;

  /** Y holds the address of the first column's words. */
  constructor(code: Code) {
    this.#code = code;
  }

  /** X takes a level of the column in halfword `half` of the frame, no column before the last one. */
  load(half: number, level: number): void {
    const column = COLUMN * half;
    if (column + 4 * level - this.#base > REACH) {
      for (let rest = column - this.#base; rest > 0; rest -= STEP) {
        this.#code.op(`adds ${Y}, #${Math.min(rest, STEP)}`);
      }
      this.#base = column;
    }
    this.#code.load(`ldr ${X}, [${Y}, #${column + 4 * level - this.#base}]`);
  }
}

/** Writes the words of `count` words of inputs: X reads, Y writes, both move on. Changes r0 .. r5 and r8. */
export function writeWide(code: Code, count: number, label: () => string): void {
  const loops = Math.floor(count / UNROLLED);
  const each = () => widePair(code, `ldm ${X}!, {r5}`);
  if (loops > 1) {
    const again = label();
    code.constant('r0', 4 * UNROLLED * loops);
    code.op(`adds r0, r0, ${X}`);
    code.op('mov r8, r0');
    code.label(again);
    code.times(loops, () => {
      for (let i = 0; i < UNROLLED; i++) each();
    });
    code.range(`cmp ${X}, r8`, loops, loops);
    code.range(`bne ${again}`, 2 * loops - 1, 2 * loops - 1);
  }
  for (let i = loops > 1 ? UNROLLED * loops : 0; i < count; i++) each();
}

/** The words of two inputs; `load` brings both into r5 in two cycles. */
export function widePair(code: Code, load: string): void {
  code.load(load);
  code.op('sxth r0, r5');
  code.op('asrs r1, r0, #1');
  code.op('asrs r2, r0, #2');
  for (let level = 0; level < 3; level++) code.op(`asrs r${3 + level}, r5, #${16 + level}`);
  code.multiple(`stm ${Y}!, {r0-r5}`, WIDE_WORDS);
}
