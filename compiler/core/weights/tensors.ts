// SPDX-License-Identifier: Apache-2.0
/**
 * What every reader of weights files returns, and the number formats they share. Values are fetched only once a
 * shape has been checked, so that a header alone never makes us allocate.
 */
import { InputError } from '../base/errors.ts';

/** Largest weights file, and largest sum of what a zip's entries unpack to: ten times what fits a 256 KB chip. */
export const MAX_WEIGHTS_BYTES = 64 * 1024 * 1024;

export interface StoredTensor {
  readonly shape: readonly number[];
  /** float16, bfloat16, float32, float64, int8 to uint64, bool, or the name of a format that has no reader. */
  readonly format: string;
  /** Row-major values; throws InputError where the format has no reader. Integers beyond 2^53 are rounded. */
  values(): Float64Array;
  /** Of a safetensors file: the bytes as they are, row-major and little-endian. */
  readonly raw?: Uint8Array;
}

export interface WeightsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Texts that stand beside the tensors, e.g. frontendDigest. */
  readonly metadata: ReadonlyMap<string, string>;
  /** What else the file holds and nobody needs, for a message: names with what they are. */
  readonly skipped?: readonly string[];
}

interface Format {
  readonly bytes: number;
  read(view: DataView, at: number, little: boolean): number;
}

const FLOATS: readonly [string, Format][] = [
  ['float64', { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) }],
  ['float32', { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) }],
  ['float16', { bytes: 2, read: (view, at, little) => half(view.getUint16(at, little)) }],
  ['bfloat16', { bytes: 2, read: (view, at, little) => upperHalf(view.getUint16(at, little)) }],
];
const INTEGERS: readonly [string, Format][] = [
  ['int64', { bytes: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) }],
  ['uint64', { bytes: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) }],
  ['int32', { bytes: 4, read: (view, at, little) => view.getInt32(at, little) }],
  ['uint32', { bytes: 4, read: (view, at, little) => view.getUint32(at, little) }],
  ['int16', { bytes: 2, read: (view, at, little) => view.getInt16(at, little) }],
  ['uint16', { bytes: 2, read: (view, at, little) => view.getUint16(at, little) }],
  ['int8', { bytes: 1, read: (view, at) => view.getInt8(at) }],
  ['uint8', { bytes: 1, read: (view, at) => view.getUint8(at) }],
  ['bool', { bytes: 1, read: (view, at) => view.getUint8(at) }],
];

/** Every floating-point value and every integer below 2^53 is exact as a double. */
const FORMATS: ReadonlyMap<string, Format> = new Map([...FLOATS, ...INTEGERS]);

export const FLOAT_FORMATS = FLOATS.map(([name]) => name);
export const INTEGER_FORMATS = INTEGERS.map(([name]) => name);

/** Bytes per value of a format that has a reader. */
export function bytesOf(format: string): number | undefined {
  return FORMATS.get(format)?.bytes;
}

/**
 * Number of values of a shape.
 * @returns null where a side is no whole number or the product passes 2^31, more than any file here can hold
 */
export function countOf(shape: readonly number[]): number | null {
  let count = 1;
  for (const side of shape) {
    if (!Number.isInteger(side) || side < 0 || side >= 2 ** 31) return null;
    count *= side;
    if (count >= 2 ** 31) return null;
  }
  return count;
}

/** Strides of a dense row-major array, in values. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides.unshift(step);
    step *= shape[i] ?? 1;
  }
  return strides;
}

export interface Layout {
  readonly shape: readonly number[];
  /** In values, as `offset` is. */
  readonly strides: readonly number[];
  readonly offset: number;
  readonly bigEndian?: boolean;
}

/**
 * Copies a strided tensor into row-major order. The caller has checked the shape and that the last value lies
 * inside `bytes`; offset and strides count values.
 */
export function gather(
  file: string,
  name: string,
  bytes: Uint8Array,
  format: string,
  layout: Layout,
): Float64Array {
  const kind = FORMATS.get(format);
  if (kind === undefined) {
    throw new InputError(
      file,
      `tensor "${name}" holds ${format}; one of ${FLOAT_FORMATS.join(', ')} is needed`,
    );
  }
  const { shape, strides, offset, bigEndian = false } = layout;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float64Array(countOf(shape) ?? 0);
  const index = new Array<number>(shape.length).fill(0);
  let at = offset;
  for (let i = 0; i < values.length; i++) {
    values[i] = kind.read(view, at * kind.bytes, !bigEndian);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      const stride = strides[axis] ?? 0;
      if (next < (shape[axis] ?? 0)) {
        index[axis] = next;
        at += stride;
        break;
      }
      at -= stride * (next - 1);
      index[axis] = 0;
    }
  }
  return values;
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const SCRATCH = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a binary32. */
function upperHalf(bits: number): number {
  SCRATCH.setUint32(0, bits * 65536);
  return SCRATCH.getFloat32(0);
}
