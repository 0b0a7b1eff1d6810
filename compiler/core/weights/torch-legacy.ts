// SPDX-License-Identifier: Apache-2.0
/**
 * torch.save before PyTorch 1.6 (torch/serialization.py, _legacy_save): five pickles one after another (a magic number,
 * the version 1001, the machine, the object, the keys of its storages), then each storage: u64 number of values, and the
 * values.
 */
import { InputError } from '../base/errors.ts';
import { quote } from '../base/json.ts';
import { type PickleRules, readPickleAt } from './pickle.ts';
import { PickleDict, PickleList, type PickleValue } from './pickle-values.ts';
import { findState } from './state-dict.ts';
import { bytesOf, gather, type StoredTensor, type WeightsFile } from './tensors.ts';
import { MAX_PICKLE_BYTES, Storage, type TensorView, torchRules } from './torch-values.ts';

/** The pickle of 0x1950a86a20f9469cfc6c behind its protocol: LONG1 of ten bytes, STOP. */
const MAGIC = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
const VERSION = 1001;

/** Whether the bytes begin with a pickle, which no other weights file does. */
export function isLegacyTorch(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80;
}

/** @throws InputError where the bytes are another pickle, or damaged */
export function readLegacyTorch(file: string, bytes: Uint8Array): WeightsFile {
  if (MAGIC.some((byte, i) => bytes[2 + i] !== byte)) {
    throw new InputError(
      file,
      'is a pickle, but not of torch.save; save tensors with torch.save or np.savez',
    );
  }
  let at = 2 + MAGIC.length;
  /** Of the optimizer as well: the storages stand behind each other without their widths. */
  const seen = new Map<string, Storage>();
  const rules: PickleRules = {
    ...torchRules,
    persistent: (id, fail) => {
      const storage = torchRules.persistent(id, fail);
      if (storage instanceof Storage) seen.set(storage.key, storage);
      return storage;
    },
  };
  const next = (entry: string): PickleValue => {
    const { value, end } = readPickleAt(file, entry, bytes.subarray(0, at + MAX_PICKLE_BYTES), at, rules);
    at = end;
    return value;
  };
  if (next('version') !== VERSION)
    throw new InputError(file, `is a checkpoint of PyTorch of another version than ${VERSION}`);
  const machine = next('machine');
  if (!(machine instanceof PickleDict) || machine.items.get('little_endian') !== true)
    throw new InputError(file, 'was written by a big-endian machine, which is not read');
  const { tensors, ...found } = findState(file, next('object'));
  const keys = next('keys');
  const data = locate(bytes, at, keys, seen);
  const named = [...tensors].map(([name, view]) => [name, stored(file, data, name, view)] as const);
  return { tensors: new Map(named), ...found };
}

/** The bytes of each storage; one that is cut off or of an unknown width ends the list. */
function locate(bytes: Uint8Array, start: number, keys: PickleValue, seen: ReadonlyMap<string, Storage>) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Map<string, Uint8Array>();
  let at = start;
  for (const key of keys instanceof PickleList ? keys.items : []) {
    const storage = typeof key === 'string' ? seen.get(key) : undefined;
    const width = bytesOf(storage?.format ?? '');
    if (storage === undefined || width === undefined || at + 8 > bytes.length) break;
    const length = Number(view.getBigUint64(at, true)) * width;
    if (length > bytes.length - at - 8) break;
    data.set(storage.key, bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return data;
}

function stored(
  file: string,
  data: ReadonlyMap<string, Uint8Array>,
  name: string,
  { storage, shape, strides, offset }: TensorView,
): StoredTensor {
  const { format, key, start, count } = storage;
  const values = (): Float64Array => {
    const bytes = data.get(key);
    const needed = (start + count) * (bytesOf(format) ?? 0);
    if (bytes === undefined || bytes.length < needed) {
      const problem = `the storage of tensor ${quote(name)} is missing or cut off; is the file truncated?`;
      throw new InputError(file, problem, `storage ${quote(key)}`);
    }
    return gather(file, name, bytes, format, { shape, strides, offset: start + offset });
  };
  return { shape, format, values };
}
