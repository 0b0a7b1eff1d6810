// SPDX-License-Identifier: Apache-2.0
/** npz: a zip of NAME.npy, each a short text header (NEP 1) and an array in C or Fortran order. */
import { InputError } from '../base/errors.ts';
import { quote } from '../base/json.ts';
import { bytesOf, countOf, gather, rowMajor, type StoredTensor, type WeightsFile } from './tensors.ts';
import { Zip } from './zip.ts';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const SUFFIX = '.npy';
const MAX_HEADER_BYTES = 4096;
/** By kind and bytes, behind the byte order: <, > or, where a byte has none, |. */
const FORMATS: ReadonlyMap<string, string> = new Map([
  ...[['f8', 'float64'] as const, ['f4', 'float32'] as const, ['f2', 'float16'] as const],
  ...[['i8', 'int64'] as const, ['i4', 'int32'] as const, ['i2', 'int16'] as const, ['i1', 'int8'] as const],
  ...[['u8', 'uint64'] as const, ['u4', 'uint32'] as const, ['u2', 'uint16'] as const],
  ...[['u1', 'uint8'] as const, ['b1', 'bool'] as const],
]);

export function readNpz(file: string, bytes: Uint8Array): WeightsFile {
  const zip = new Zip(file, bytes);
  const tensors = new Map<string, StoredTensor>();
  const skipped: string[] = [];
  for (const entry of zip.names) {
    if (!entry.endsWith(SUFFIX)) {
      skipped.push(`${quote(entry)} (not an array)`);
      continue;
    }
    const name = entry.slice(0, -SUFFIX.length);
    tensors.set(name, readArray(file, name, zip.read(entry)));
  }
  if (tensors.size === 0)
    throw new InputError(file, 'is a zip archive without an array: none of its entries ends with .npy');
  return { tensors, metadata: new Map(), skipped };
}

/** A .npy array before its type is checked. */
export interface Npy {
  /** E.g. "<f4". */
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export function parseNpy(bytes: Uint8Array, fail: (problem: string) => never): Npy {
  const major = bytes[6] ?? 0;
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte) || major < 1 || major > 3) {
    fail('is not a .npy array of version 1 to 3');
  }
  // Version 1 has a 16-bit length, 2 and 3 a 32-bit one.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = (major === 1 ? 10 : 12) + length;
  if (length > MAX_HEADER_BYTES || start > bytes.length) fail('the header is too long or cut off');
  const header = new TextDecoder('latin1').decode(bytes.subarray(start - length, start));
  const parsed = parseHeader(header) ?? fail(`the header cannot be read: ${quote(header.trim())}`);
  return { ...parsed, data: bytes.subarray(start) };
}

function readArray(file: string, name: string, bytes: Uint8Array): StoredTensor {
  const fail = (problem: string): never => {
    throw new InputError(file, problem, `array ${quote(name)}`);
  };
  const { descr, fortran, shape, data } = parseNpy(bytes, fail);
  const format = (/^[<>|]/.test(descr) ? FORMATS.get(descr.slice(1)) : undefined) ?? quote(descr);
  const count = countOf(shape) ?? fail('the shape is too large');
  const width = bytesOf(format);
  // Objects and texts may lie beside the weights; where they are needed, values() refuses them.
  if (width !== undefined && data.length !== count * width) {
    fail(`${data.length} bytes for ${count} values of ${descr}; ${count * width} are needed`);
  }
  const strides = fortran ? rowMajor([...shape].reverse()).reverse() : rowMajor(shape);
  const layout = { shape, strides, offset: 0, bigEndian: descr.startsWith('>') };
  return { shape, format, values: () => gather(file, name, data, format, layout) };
}

/** A dict literal of exactly the three keys, in any order, as NumPy writes it; null for anything else. */
function parseHeader(text: string): { descr: string; fortran: boolean; shape: number[] } | null {
  const descr = /'descr': *'([^']*)'/.exec(text);
  const fortran = /'fortran_order': *(True|False)/.exec(text);
  const shape = /'shape': *\(((?:\d{1,10}, *)*(?:\d{1,10})?)\)/.exec(text);
  if (descr === null || fortran === null || shape === null) return null;
  const rest = [descr, fortran, shape].reduce((left, [matched]) => left.replace(matched, ''), text);
  if (!/^\s*\{[\s,]*\}\s*$/.test(rest)) return null;
  const sides = (shape[1] ?? '').split(',').filter((side) => side.trim() !== '');
  return { descr: descr[1] ?? '', fortran: fortran[1] === 'True', shape: sides.map(Number) };
}
