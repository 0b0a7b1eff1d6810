// SPDX-License-Identifier: Apache-2.0
/**
 * safetensors: u64 length of the header, a JSON header {name: {dtype, shape, data_offsets}}, then the data. The
 * tensors have to cover the data without gap or overlap, as the format demands.
 */
import { InputError } from '../base/errors.ts';
import { type JsonValue, parseJson, quote } from '../base/json.ts';
import { bytesOf, countOf, gather, rowMajor, type StoredTensor, type WeightsFile } from './tensors.ts';

const MAX_HEADER_BYTES = 1024 * 1024;
const LENGTH_BYTES = 8;
/** Formats that are read; every other one is carried by its own name and refused where it is used. */
const FORMATS: ReadonlyMap<string, string> = new Map([
  ['F64', 'float64'],
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['I64', 'int64'],
  ['U64', 'uint64'],
  ['I32', 'int32'],
  ['U32', 'uint32'],
  ['I16', 'int16'],
  ['U16', 'uint16'],
  ['I8', 'int8'],
  ['U8', 'uint8'],
  ['BOOL', 'bool'],
]);

export function readSafetensors(file: string, bytes: Uint8Array): WeightsFile {
  if (bytes.length < LENGTH_BYTES) throw new InputError(file, 'is too short for a safetensors file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw new InputError(
      file,
      `a safetensors header of ${length} bytes is not read, at most ${MAX_HEADER_BYTES}`,
    );
  }
  const start = LENGTH_BYTES + Number(length);
  if (start > bytes.length)
    throw new InputError(file, 'the safetensors header reaches beyond the end of the file');
  const header = parseJson(file, bytes.subarray(LENGTH_BYTES, start));
  const data = bytes.subarray(start);
  const metadata = new Map<string, string>();
  const tensors = new Map<string, StoredTensor>();
  const spans: Span[] = [];
  for (const [name, value] of header.members()) {
    if (name === '__metadata__') {
      for (const [key, text] of value.members()) {
        metadata.set(key, typeof text.value === 'string' ? text.value : text.fail('must be text'));
      }
    } else {
      tensors.set(name, readEntry(file, name, value, data, spans));
    }
  }
  checkCover(file, spans, data.length);
  return { tensors, metadata };
}

interface Span {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

function readEntry(
  file: string,
  name: string,
  value: JsonValue,
  data: Uint8Array,
  spans: Span[],
): StoredTensor {
  const entry = value.object(['dtype', 'shape', 'data_offsets']);
  const dtype = entry.get('dtype').text();
  const format = FORMATS.get(dtype) ?? dtype;
  const shape = entry
    .get('shape')
    .array(0, 8)
    .map((side) => side.integer(0, 2 ** 31 - 1));
  const [begin, end] = entry
    .get('data_offsets')
    .array(2, 2)
    .map((offset) => offset.integer(0, data.length));
  const count = countOf(shape);
  if (begin === undefined || end === undefined || begin > end || count === null)
    value.fail('the sizes make no sense');
  const width = bytesOf(format);
  if (width !== undefined && end - begin !== count * width) {
    value.fail(`${end - begin} bytes for ${count} values of ${dtype}; ${count * width} are needed`);
  }
  spans.push({ name, begin, end });
  const layout = { shape, strides: rowMajor(shape), offset: 0 };
  const raw = data.subarray(begin, end);
  return { shape, format, raw, values: () => gather(file, name, raw, format, layout) };
}

function checkCover(file: string, spans: readonly Span[], length: number): void {
  let at = 0;
  for (const { name, begin, end } of [...spans].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) {
      throw new InputError(
        file,
        `tensor ${quote(name)} ${begin < at ? 'overlaps another one' : 'follows a gap in the data'}`,
      );
    }
    at = end;
  }
  if (at !== length) throw new InputError(file, `${length - at} bytes at the end belong to no tensor`);
}
