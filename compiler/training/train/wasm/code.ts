// SPDX-License-Identifier: Apache-2.0
/**
 * WebAssembly code as values: every function returns the bytes of an expression or a statement, so that a kernel
 * reads like the formula it computes. Opcodes: WebAssembly core specification 2.0, section 5.4.
 */

export type Code = readonly number[];
export type ValueType = 'i32' | 'f32' | 'v128';

export const TYPE_BYTE: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/** A parameter or local variable of a function. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}

/** Signed LEB128 of an int32. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const last = rest >= -64 && rest < 64;
    bytes.push((rest & 127) | (last ? 0 : 128));
    if (last) return bytes;
  }
}

export const get = (local: Local): Code => [0x20, ...unsigned(local.index)];
export const set = (local: Local, value: Code): Code => [...value, 0x21, ...unsigned(local.index)];

const binary =
  (...opcode: readonly number[]) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];
const unary =
  (...opcode: readonly number[]) =>
  (a: Code): Code => [...a, ...opcode];
/** Opcode of the vector instructions. */
const vector = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  ltS: binary(0x48),
  gtS: binary(0x4a),
};

export const f32 = {
  add: binary(0x92),
  load: (address: Code, offset = 0): Code => [...address, 0x2a, 2, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    0x38,
    2,
    ...unsigned(offset),
  ],
};

export const v128 = {
  load: (address: Code, offset = 0): Code => [...address, ...vector(0x00), 4, ...unsigned(offset)],
  /** One float32 in all four lanes. */
  loadSplat: (address: Code, offset = 0): Code => [...address, ...vector(0x09), 2, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    ...vector(0x0b),
    4,
    ...unsigned(offset),
  ],
  and: binary(...vector(0x4e)),
};

export const f32x4 = {
  const: (value: number): Code => {
    const bytes = new Uint8Array(Float32Array.of(value, value, value, value).buffer);
    return [...vector(0x0c), ...bytes];
  },
  extractLane: (a: Code, lane: number): Code => [...a, ...vector(0x1f), lane],
  gt: binary(...vector(0x44)),
  lt: binary(...vector(0x43)),
  nearest: unary(...vector(0x6a)),
  abs: unary(...vector(0xe0)),
  neg: unary(...vector(0xe1)),
  add: binary(...vector(0xe4)),
  sub: binary(...vector(0xe5)),
  mul: binary(...vector(0xe6)),
  div: binary(...vector(0xe7)),
  min: binary(...vector(0xe8)),
  max: binary(...vector(0xe9)),
};

export const i32x4 = {
  const: (value: number): Code => [
    ...vector(0x0c),
    ...new Uint8Array(Int32Array.of(value, value, value, value).buffer),
  ],
  shl: binary(...vector(0xab)),
  add: binary(...vector(0xae)),
  truncate: unary(...vector(0xf8)),
};

/** Statements one after the other. */
export const block = (...statements: readonly Code[]): Code => statements.flat();

/** Adds a constant to an integer variable. */
export const advance = (local: Local, by: number): Code => set(local, i32.add(get(local), i32.const(by)));

/** while (condition) body. */
export const loopWhile = (condition: Code, ...body: readonly Code[]): Code => [
  ...[0x02, 0x40, 0x03, 0x40], // block, loop, both without a result
  ...[...condition, 0x45, 0x0d, 1], // i32.eqz, br_if out of the block
  ...body.flat(),
  ...[0x0c, 0, 0x0b, 0x0b], // br to the loop, end, end
];
