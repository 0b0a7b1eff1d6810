// SPDX-License-Identifier: Apache-2.0
/**
 * Thumb code as text, with its size and its cycles: zero wait states, Cortex-M0+ Technical Reference Manual, table 3-1
 * (single-cycle multiplier). Literal pools are never used: the code is longer than they reach, so constants are built.
 */

export interface Cost {
  /** Cycles of the cheapest and of the dearest path. */
  readonly min: number;
  readonly max: number;
  readonly bytes: number;
}

export class Code {
  readonly #lines: string[] = [];
  #min = 0;
  #max = 0;
  #bytes = 0;

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  get cost(): Cost {
    return { min: this.#min, max: this.#max, bytes: this.#bytes };
  }

  /** What was added since an earlier cost. */
  since({ min, max, bytes }: Cost): Cost {
    return { min: this.#min - min, max: this.#max - max, bytes: this.#bytes - bytes };
  }

  line(text = ''): void {
    this.#lines.push(text);
  }

  comment(text: string): void {
    this.#lines.push(`    @ ${text}`);
  }

  label(name: string): void {
    this.#lines.push(`${name}:`);
  }

  /** One 16-bit instruction. */
  op(text: string, cycles = 1): void {
    this.range(text, cycles, cycles);
  }

  /** One instruction that takes `min` cycles on one path and `max` on another. */
  range(text: string, min: number, max: number, bytes = 2): void {
    this.#lines.push(`    ${text}`);
    this.#min += min;
    this.#max += max;
    this.#bytes += bytes;
  }

  /** What `body` adds once runs n times: a loop around it, at most 256 bytes back. */
  times(n: number, body: () => void): void {
    const before = this.cost;
    body();
    this.#min += (n - 1) * (this.#min - before.min);
    this.#max += (n - 1) * (this.#max - before.max);
  }

  /** A low register takes the address of a symbol. The function begins at a multiple of 4. */
  literal(register: string, symbol: string, label: string): void {
    this.load(`ldr ${register}, ${label}`);
    this.op(`b ${label}.behind`, 2);
    this.line('    .balign 4');
    this.#bytes += 4 + (this.#bytes & 2);
    this.label(label);
    this.line(`    .word ${symbol}`);
    this.label(`${label}.behind`);
  }

  load(text: string): void {
    this.op(text, 2);
  }

  store(text: string): void {
    this.op(text, 2);
  }

  /** LDM, STM, PUSH or POP of n registers. */
  multiple(text: string, n: number): void {
    this.op(text, 1 + n);
  }

  /** A low register takes any int32. */
  constant(register: string, value: number): void {
    const negative = value < 0 && value !== -2147483648;
    const magnitude = (negative ? -value : value) >>> 0;
    if (value < 0 && ~value <= 255) {
      this.op(`movs ${register}, #${~value}`);
      this.op(`mvns ${register}, ${register}`);
      return;
    }
    const shift = trailingZeros(magnitude);
    if (magnitude < 256 || magnitude >>> shift < 256) {
      this.op(`movs ${register}, #${magnitude < 256 ? magnitude : magnitude >>> shift}`);
      if (magnitude >= 256) this.op(`lsls ${register}, ${register}, #${shift}`);
    } else {
      this.#bytewise(register, magnitude);
    }
    if (negative) this.op(`negs ${register}, ${register}`);
  }

  /** From the top byte down; zero bytes share a shift. */
  #bytewise(register: string, magnitude: number): void {
    const top = 31 - Math.clz32(magnitude);
    let position = top - 7;
    this.op(`movs ${register}, #${magnitude >>> position}`);
    let rest = (magnitude & ((1 << position) - 1)) >>> 0;
    while (position > 0) {
      if (rest === 0) {
        this.op(`lsls ${register}, ${register}, #${position}`);
        return;
      }
      const next = Math.max(0, 31 - Math.clz32(rest) - 7);
      this.op(`lsls ${register}, ${register}, #${position - next}`);
      this.op(`adds ${register}, #${rest >>> next}`);
      rest &= (1 << next) - 1;
      position = next;
    }
  }

  /** Adds a constant of at least 0 to a low register. */
  addConstant(register: string, value: number, scratch: string): void {
    if (value > 510) {
      this.constant(scratch, value);
      this.op(`adds ${register}, ${register}, ${scratch}`);
      return;
    }
    for (let rest = value; rest > 0; rest -= 255) this.op(`adds ${register}, #${Math.min(rest, 255)}`);
  }

  /** A low register takes the address `offset` bytes above the stack pointer. */
  stackAddress(register: string, offset: number): void {
    if (offset <= 1020) {
      this.op(offset === 0 ? `mov ${register}, sp` : `add ${register}, sp, #${offset}`);
    } else if (offset <= 1020 + 252) {
      this.op(`add ${register}, sp, #1020`);
      this.op(`adds ${register}, #${offset - 1020}`);
    } else {
      this.constant(register, offset);
      this.op(`add ${register}, sp`);
    }
  }

  /** Loads the word `offset` bytes above the stack pointer. */
  loadStack(register: string, offset: number): void {
    if (offset <= 1020) {
      this.load(`ldr ${register}, [sp, #${offset}]`);
      return;
    }
    const base = offset <= 1020 + 124 ? 1020 : offset & ~127;
    this.stackAddress(register, base);
    this.load(`ldr ${register}, [${register}, #${offset - base}]`);
  }

  /** Stores a low register `offset` bytes above the stack pointer. */
  storeStack(register: string, offset: number, scratch: string): void {
    if (offset <= 1020) {
      this.store(`str ${register}, [sp, #${offset}]`);
      return;
    }
    const base = offset <= 1020 + 124 ? 1020 : offset & ~127;
    this.stackAddress(scratch, base);
    this.store(`str ${register}, [${scratch}, #${offset - base}]`);
  }

  /** Moves the stack pointer by a multiple of 8 bytes, down where negative. */
  moveStack(offset: number, scratch: string): void {
    if (Math.abs(offset) > 2 * 508) {
      this.constant(scratch, offset);
      this.op(`add sp, ${scratch}`);
      return;
    }
    const what = offset < 0 ? 'sub' : 'add';
    for (let rest = Math.abs(offset); rest > 0; rest -= 504) this.op(`${what} sp, #${Math.min(rest, 504)}`);
  }
}

function trailingZeros(value: number): number {
  return value === 0 ? 0 : 31 - Math.clz32(value & -value);
}
