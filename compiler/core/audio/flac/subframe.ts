// SPDX-License-Identifier: Apache-2.0
/** The samples of one channel in one frame (RFC 9639, 9.2): a constant, as they are, or predicted with a residual. */
import { type BitReader, BrokenBits } from './bits.ts';

/** Whole numbers: of up to 32 bits, or of 33 where 32-bit channels have a difference. */
export type Samples = Int32Array | Float64Array;

/** Coefficients of the fixed predictors of order 0 .. 4, of the last sample first. */
const FIXED: readonly (readonly number[])[] = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

/** @param out as many as the block has; @param bits of a sample */
export function readSubframe(reader: BitReader, out: Samples, bits: number): void {
  if (reader.unsigned(1) !== 0) throw new BrokenBits('has a subframe that is none');
  const type = reader.unsigned(6);
  const wasted = reader.unsigned(1) === 1 ? reader.unary() + 1 : 0;
  const depth = bits - wasted;
  if (depth < 1) throw new BrokenBits('has a subframe without bits');
  if (type === 0) out.fill(reader.signed(depth));
  else if (type === 1) for (let i = 0; i < out.length; i++) out[i] = reader.signed(depth);
  else if (type >= 8 && type <= 12) readPredicted(reader, out, depth, type - 8, null);
  else if (type >= 32) readPredicted(reader, out, depth, type - 31, 'stated');
  else throw new BrokenBits('has a subframe of a reserved type');
  if (wasted > 0) for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) * 2 ** wasted;
}

function readPredicted(
  reader: BitReader,
  out: Samples,
  depth: number,
  order: number,
  stated: 'stated' | null,
): void {
  if (order > out.length) throw new BrokenBits('has more warm-up samples than samples');
  for (let i = 0; i < order; i++) out[i] = reader.signed(depth);
  let coefficients = FIXED[order] ?? [];
  let precision = 4;
  let shift = 0;
  if (stated !== null) {
    precision = reader.unsigned(4) + 1;
    shift = reader.signed(5);
    if (precision === 16 || shift < 0) throw new BrokenBits('has a predictor that is none');
    coefficients = Array.from({ length: order }, () => reader.signed(precision));
  }
  readResidual(reader, out, order);
  // A sum of `order` products of signed numbers with depth and precision bits.
  const narrow = depth + precision + Math.ceil(Math.log2(order + 1)) <= 32 && out instanceof Int32Array;
  if (narrow) predict(out as Int32Array, Int32Array.from(coefficients), shift);
  else predictWide(out, coefficients, shift);
}

/** In int32. */
function predict(out: Int32Array, coefficients: Int32Array, shift: number): void {
  const order = coefficients.length;
  for (let i = order; i < out.length; i++) {
    let sum = 0;
    for (let j = 0; j < order; j++) {
      sum = (sum + Math.imul(coefficients[j] as number, out[i - 1 - j] as number)) | 0;
    }
    out[i] = (out[i] as number) + (sum >> shift);
  }
}

/** In floating point, which is exact: 33 + 15 + 5 bits. */
function predictWide(out: Samples, coefficients: readonly number[], shift: number): void {
  const order = coefficients.length;
  const unit = 2 ** -shift;
  for (let i = order; i < out.length; i++) {
    let sum = 0;
    for (let j = 0; j < order; j++) sum += (coefficients[j] as number) * (out[i - 1 - j] as number);
    out[i] = (out[i] as number) + Math.floor(sum * unit);
  }
}

/** Rice codes in partitions, each with its parameter. */
function readResidual(reader: BitReader, out: Samples, order: number): void {
  const method = reader.unsigned(2);
  if (method > 1) throw new BrokenBits('has a residual of a reserved kind');
  const parameterBits = 4 + method;
  const raw = 2 ** parameterBits - 1;
  const partitions = 2 ** reader.unsigned(4);
  const size = out.length / partitions;
  if (!Number.isInteger(size) || size < order) throw new BrokenBits('has a residual that does not fit');
  for (let partition = 0, i = order; partition < partitions; partition++) {
    const end = (partition + 1) * size;
    const k = reader.unsigned(parameterBits);
    if (k === raw) {
      const bits = reader.unsigned(5);
      for (; i < end; i++) out[i] = reader.signed(bits);
      continue;
    }
    for (; i < end; i++) {
      // The common case in one look: zeros, a one and k bits within 32. The value is below 2^31 then.
      const word = reader.peek();
      const zeros = Math.clz32(word);
      if (zeros + k < 32) {
        const low = k === 0 ? 0 : (word << (zeros + 1)) >>> (32 - k);
        const folded = (zeros << k) | low;
        reader.at += zeros + 1 + k;
        out[i] = (folded >>> 1) ^ -(folded & 1);
      } else {
        out[i] = unfold(reader.unary() * 2 ** k + reader.unsigned(k));
      }
    }
    if (reader.isBehind) throw new BrokenBits('ends within a frame');
  }
}

function unfold(folded: number): number {
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
}
