// SPDX-License-Identifier: Apache-2.0
/**
 * What one function does to the stack pointer, on every path through its machine code (Armv6-M Architecture Reference
 * Manual, A5: the encodings are quoted below). The code is followed as linked, so C, assembly and library routines
 * are treated alike and no compiler has to be believed.
 */
import type { CodeFunction, ImageCode } from './code.ts';

/** What is known of a register: nothing, a constant, or a number of bytes below the stack pointer at entry. */
type Value = { readonly kind: 'constant' | 'stack'; readonly n: number } | null;

interface State {
  readonly address: number;
  /** Bytes below the stack pointer at entry. */
  readonly depth: number;
  readonly registers: readonly Value[];
}

export interface Call {
  /** Start of the callee; null: through a register. */
  readonly target: number | null;
  readonly depth: number;
  readonly at: number;
}

export interface FunctionWalk {
  readonly own: number;
  readonly calls: readonly Call[];
}

/** The stack use of this image has no bound that can be proven. */
export class StackError extends Error {
  constructor(problem: string) {
    super(`stack use cannot be proven: ${problem}`);
    this.name = 'StackError';
  }
}

/** More states than this at one address: the depth grows around a loop. */
const MAX_DEPTHS = 16;
const UNKNOWN: readonly Value[] = new Array<Value>(13).fill(null);

/**
 * @param jumps where MOV PC may lead: addresses in the function
 * @throws StackError for whatever is not understood, with the function and the address
 */
export function walkFunction(code: ImageCode, f: CodeFunction, jumps: readonly number[] = []): FunctionWalk {
  return new Walk(code, f, jumps).run();
}

class Walk {
  readonly #code: ImageCode;
  readonly #function: CodeFunction;
  readonly #seen = new Map<number, Map<number, readonly Value[]>>();
  readonly #todo: State[] = [];
  readonly #calls = new Map<string, Call>();
  readonly #jumps: readonly number[];
  /** Depths at which jumps were followed to all of their targets, with nothing known of the registers. */
  readonly #jumped = new Set<number>();
  #own = 0;
  /** Whether the function branches into itself with BL, as a far jump or a local subroutine. */
  #branchesWithLink = false;

  constructor(code: ImageCode, f: CodeFunction, jumps: readonly number[]) {
    this.#code = code;
    this.#function = f;
    this.#jumps = jumps;
  }

  run(): FunctionWalk {
    this.#todo.push({ address: this.#function.start, depth: 0, registers: UNKNOWN });
    for (let state = this.#todo.pop(); state !== undefined; state = this.#todo.pop()) {
      const joined = this.#join(state);
      if (joined !== null) this.#todo.push(...this.#step(joined));
    }
    return { own: this.#own, calls: [...this.#calls.values()] };
  }

  /** Merges with what is known of the address; null where nothing is new. */
  #join(state: State): State | null {
    const { address, depth } = state;
    const { start, end } = this.#function;
    if (address < start || address >= end) this.#fail(address, 'execution leaves the function');
    const depths = this.#seen.get(address) ?? new Map<number, readonly Value[]>();
    this.#seen.set(address, depths);
    const before = depths.get(depth);
    if (before === undefined && depths.size === MAX_DEPTHS) {
      this.#fail(address, 'the stack grows around a loop');
    }
    const registers =
      before === undefined
        ? state.registers
        : before.map((value, r) => same(value, state.registers[r] ?? null));
    if (before?.every((value, r) => value === registers[r])) return null;
    depths.set(depth, registers);
    this.#own = Math.max(this.#own, depth);
    return { address, depth, registers };
  }

  #fail(address: number, problem: string): never {
    throw new StackError(`${this.#function.name}: ${problem} (0x${address.toString(16)})`);
  }

  #go(address: number, depth: number, registers: readonly Value[]): State[] {
    if (depth < 0) this.#fail(address, 'the stack pointer rises above its value at entry');
    return [{ address, depth, registers }];
  }

  #call(target: number | null, { address, depth }: State): void {
    this.#calls.set(`${target} ${depth} ${address}`, { target, depth, at: address });
  }

  /** The states that one instruction can lead to. */
  #step(state: State): State[] {
    const { address, depth, registers } = state;
    const op = this.#code.read16(address);
    const next = address + 2;
    const low = op & 7;
    const on = (to: number, after: readonly Value[] = registers) => this.#go(next, to, after);

    // 1011 x10m rrrr rrrr: PUSH (x = 0, m = LR), POP (x = 1, m = PC)
    if ((op & 0xf600) === 0xb400) {
      const bytes = 4 * ones(op & 0x1ff);
      if ((op & 0x0800) === 0) return on(depth + bytes);
      if ((op & 0x0100) !== 0) return this.#return(address, depth - bytes);
      return on(depth - bytes, forget(registers, op & 0xff));
    }
    // 1011 0000 siii iiii: ADD / SUB SP, #imm * 4
    if ((op & 0xff00) === 0xb000) return on(depth + ((op & 0x80) !== 0 ? 1 : -1) * 4 * (op & 0x7f));
    // 0100 01oo ...: ADD, CMP, MOV on high registers, BX, BLX
    if ((op & 0xfc00) === 0x4400) return this.#high(op, state);
    // 1101 cccc ...: B<cond>; cccc = 1110 is UDF, 1111 SVC
    if ((op & 0xf000) === 0xd000 && (op & 0x0f00) < 0x0e00) {
      return [...on(depth), ...this.#go(next + 2 + 2 * signed(op & 0xff, 8), depth, registers)];
    }
    if ((op & 0xff00) === 0xde00) return [];
    if ((op & 0xff00) === 0xdf00) this.#fail(address, 'SVC enters an unknown handler');
    // 1110 0...: B
    if ((op & 0xf800) === 0xe000) return this.#jump(next + 2 + 2 * signed(op & 0x7ff, 11), state);
    if ((op & 0xf800) >= 0xe800) return this.#wide(op, state);

    // 0100 1ddd iiii iiii: LDR Rd, [PC, #imm * 4]
    if ((op & 0xf800) === 0x4800) {
      const literal = this.#code.read32(((next + 2) & ~3) + 4 * (op & 0xff));
      return on(depth, set(registers, (op >> 8) & 7, { kind: 'constant', n: literal | 0 }));
    }
    // 0010 0ddd iiii iiii: MOVS Rd, #imm
    if ((op & 0xf800) === 0x2000) {
      return on(depth, set(registers, (op >> 8) & 7, { kind: 'constant', n: op & 0xff }));
    }
    // 0000 0iii iimm mddd: LSLS Rd, Rm, #imm (MOVS Rd, Rm for 0)
    if ((op & 0xf800) === 0x0000) {
      const value = registers[(op >> 3) & 7] ?? null;
      const shift = (op >> 6) & 31;
      const result: Value =
        value?.kind === 'constant' ? { kind: 'constant', n: value.n << shift } : shift === 0 ? value : null;
      return on(depth, set(registers, low, result));
    }
    // 0100 0010 01nn nddd: RSBS Rd, Rn, #0
    if ((op & 0xffc0) === 0x4240) {
      const value = registers[(op >> 3) & 7] ?? null;
      return on(
        depth,
        set(registers, low, value?.kind === 'constant' ? { ...value, n: -value.n | 0 } : null),
      );
    }
    // 0011 sddd iiii iiii: ADDS / SUBS Rd, #imm
    if ((op & 0xf000) === 0x3000) {
      const d = (op >> 8) & 7;
      return on(
        depth,
        set(registers, d, plus(registers[d] ?? null, (op & 0x0800) === 0 ? op & 0xff : -(op & 0xff))),
      );
    }
    // 1010 1ddd iiii iiii: ADD Rd, SP, #imm * 4
    if ((op & 0xf800) === 0xa800) {
      return on(depth, set(registers, (op >> 8) & 7, { kind: 'stack', n: depth - 4 * (op & 0xff) }));
    }
    return on(depth, forget(registers, written(op)));
  }

  #high(op: number, state: State): State[] {
    const { address, depth, registers } = state;
    const m = (op >> 3) & 15;
    const d = ((op >> 4) & 8) | (op & 7);
    const on = (to: number, after: readonly Value[] = registers) => this.#go(address + 2, to, after);
    const source: Value = m === 13 ? { kind: 'stack', n: depth } : (registers[m] ?? null);
    switch ((op >> 8) & 3) {
      case 0: // ADD Rdn, Rm
        if (d === 15) this.#fail(address, 'a computed jump');
        if (d !== 13) return on(depth, set(registers, d, null));
        if (source?.kind !== 'constant')
          this.#fail(address, 'an unknown number is added to the stack pointer');
        return on(depth - source.n);
      case 1: // CMP
        return on(depth);
      case 2: // MOV Rd, Rm
        if (d === 15) return this.#computed(state);
        if (d !== 13) return on(depth, set(registers, d, source));
        if (source?.kind !== 'stack') this.#fail(address, 'the stack pointer takes an unknown value');
        return on(source.n);
      default: // BX, BLX
        if ((op & 0x80) !== 0) {
          this.#call(null, state);
          return on(depth, afterCall(registers));
        }
        if (m === 14) return this.#return(address, depth);
        this.#call(null, state); // a tail call through a register
        return [];
    }
  }

  /** MOV PC, Rm: anywhere that the function's table names. */
  #computed({ address, depth }: State): State[] {
    if (this.#jumps.length === 0) this.#fail(address, 'a computed jump');
    if (this.#jumped.has(depth)) return [];
    this.#jumped.add(depth);
    return this.#jumps.flatMap((target) => this.#go(target, depth, UNKNOWN));
  }

  #wide(op: number, state: State): State[] {
    const { address, depth, registers } = state;
    const second = this.#code.read16(address + 2);
    const next = address + 4;
    // 11110 S imm10, 11 J1 1 J2 imm11: BL
    if ((op & 0xf800) !== 0xf000 || (second & 0xd000) !== 0xd000) {
      // MSR and MRS name SP as special register 8 or 9 (A5.3.1, B5.2): nothing here may switch stacks.
      if (
        ((op & 0xffe0) === 0xf380 || (op & 0xffe0) === 0xf3e0) &&
        ((second & 0xff) === 8 || (second & 0xff) === 9)
      ) {
        this.#fail(address, 'the stack pointer is written through a special register');
      }
      if ((op & 0xfff0) === 0xf7f0) return []; // UDF.W
      return this.#go(next, depth, new Array<Value>(13).fill(null));
    }
    const s = (op >> 10) & 1;
    const i1 = ~((second >> 13) ^ s) & 1;
    const i2 = ~((second >> 11) ^ s) & 1;
    const offset = (s << 24) | (i1 << 23) | (i2 << 22) | ((op & 0x3ff) << 12) | ((second & 0x7ff) << 1);
    const target = next + signed(offset, 25);
    const { start, end } = this.#function;
    const inside = target > start && target < end;
    if (inside) this.#branchesWithLink = true;
    else this.#call(target, state);
    // Behind a call of a function that never returns there may be literals, or nothing.
    const returns = next < end && !this.#code.isData(next);
    return [
      ...(inside ? this.#go(target, depth, registers) : []),
      ...(returns ? this.#go(next, depth, afterCall(registers)) : []),
    ];
  }

  #jump(target: number, state: State): State[] {
    const { start, end } = this.#function;
    if (target >= start && target < end) return this.#go(target, state.depth, state.registers);
    this.#call(target, state);
    return [];
  }

  #return(address: number, depth: number): State[] {
    if (depth === 0 || (this.#branchesWithLink && depth > 0)) return [];
    this.#fail(address, `a return with the stack pointer off by ${depth} bytes`);
  }
}

function ones(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function signed(value: number, bits: number): number {
  return (value << (32 - bits)) >> (32 - bits);
}

/** What two paths agree on; keeps the first's identity, so that "nothing new" is an identity test. */
function same(a: Value, b: Value): Value {
  return a !== null && b !== null && a.kind === b.kind && a.n === b.n ? a : null;
}

function plus(value: Value, n: number): Value {
  if (value === null) return null;
  return value.kind === 'constant'
    ? { kind: 'constant', n: (value.n + n) | 0 }
    : { kind: 'stack', n: value.n - n };
}

function set(registers: readonly Value[], r: number, value: Value): readonly Value[] {
  if (r > 12 || registers[r] === value) return registers;
  const after = [...registers];
  after[r] = value;
  return after;
}

function forget(registers: readonly Value[], mask: number): readonly Value[] {
  if (mask === 0) return registers;
  return registers.map((value, r) => ((mask >> r) & 1 ? null : value));
}

/** AAPCS: a callee may change r0 to r3 and r12. */
function afterCall(registers: readonly Value[]): readonly Value[] {
  return forget(registers, 0x100f);
}

/** Low registers that an instruction without effect on SP and PC may write; all eight where that takes thought. */
function written(op: number): number {
  const d = 1 << (op & 7);
  switch (op >> 12) {
    case 0b0000:
    case 0b0001: // shifts, ADDS, SUBS
      return d;
    case 0b0010: // CMP Rn, #imm
      return 0;
    case 0b0100: // data processing: TST, CMP and CMN write nothing, which is not worth telling apart
      return d;
    case 0b0101: // STR, STRH, STRB, then loads, all with a register offset
      return (op & 0x0e00) < 0x0600 ? 0 : d;
    case 0b0110:
    case 0b0111:
    case 0b1000: // STR / LDR, STRB / LDRB, STRH / LDRH, with an immediate offset: bit 11 loads
      return (op & 0x0800) === 0 ? 0 : d;
    case 0b1001: // STR / LDR Rt, [SP, #imm]
    case 0b1010: // ADR
      return op >> 12 === 0b1001 && (op & 0x0800) === 0 ? 0 : 1 << ((op >> 8) & 7);
    case 0b1011: // SXTH, SXTB, UXTH, UXTB and REV write Rd; CPS, NOP and hints nothing
      return (op & 0x0f00) === 0x0200 || (op & 0x0f00) === 0x0a00 ? d : 0;
    default: // LDM, STM
      return 0xff;
  }
}
