// SPDX-License-Identifier: Apache-2.0
/**
 * PyTorch checkpoints (zip, since 1.6): NAME/data.pkl holds the structure, NAME/data/KEY the bytes of each storage.
 * A tensor is a view of a storage: offset, shape and strides. A state_dict may stand alone or as `state_dict` or
 * `model_state_dict` of a dict of plain data.
 */
import { InputError } from '../base/errors.ts';
import { quote } from '../base/json.ts';
import { type PickleRules, readPickle } from './pickle.ts';
import type { Fail } from './pickle-bytes.ts';
import {
  kindOf,
  PickleDict,
  PickleGlobal,
  PickleOpaque,
  PickleTuple,
  type PickleValue,
} from './pickle-values.ts';
import { bytesOf, countOf, gather, type StoredTensor, type WeightsFile } from './tensors.ts';
import { Zip } from './zip.ts';

/** data.pkl of the largest model that compiles takes some 50 KB. */
const MAX_PICKLE_BYTES = 4 * 1024 * 1024;

const ORDERED_DICT = 'collections.OrderedDict';
const REBUILD_TENSOR = 'torch._utils._rebuild_tensor_v2';
const REBUILD_PARAMETER = 'torch._utils._rebuild_parameter';
/** Storage classes and what they hold. Integers may lie beside the weights, but are no weights. */
const STORAGES: ReadonlyMap<string, string> = new Map([
  ['torch.DoubleStorage', 'float64'],
  ['torch.FloatStorage', 'float32'],
  ['torch.HalfStorage', 'float16'],
  ['torch.BFloat16Storage', 'bfloat16'],
  ['torch.LongStorage', 'int64'],
  ['torch.IntStorage', 'int32'],
  ['torch.ShortStorage', 'int16'],
  ['torch.CharStorage', 'int8'],
  ['torch.ByteStorage', 'uint8'],
  ['torch.BoolStorage', 'bool'],
]);
const NESTED = ['state_dict', 'model_state_dict'];

class Storage extends PickleOpaque {
  readonly kind = 'a storage';
  constructor(
    readonly format: string,
    readonly key: string,
    readonly count: number,
  ) {
    super();
  }
}

class TensorView extends PickleOpaque {
  readonly kind = 'a tensor';
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {
    super();
  }
}

export function readTorch(file: string, bytes: Uint8Array): WeightsFile {
  if (bytes[0] === 0x80) {
    throw new InputError(file, 'is a checkpoint from before PyTorch 1.6; save it again with a newer PyTorch');
  }
  const zip = new Zip(file, bytes);
  const prefix = findPrefix(file, zip);
  const entry = `${prefix}data.pkl`;
  if (zip.size(entry) > MAX_PICKLE_BYTES) {
    throw new InputError(
      file,
      `a pickle of over ${MAX_PICKLE_BYTES} bytes is not read`,
      `entry ${quote(entry)}`,
    );
  }
  const rules = {
    globals: new Set([ORDERED_DICT, REBUILD_TENSOR, REBUILD_PARAMETER, ...STORAGES.keys()]),
    call,
    persistent,
  };
  const top = readPickle(file, 'data.pkl', zip.read(entry), rules satisfies PickleRules);
  const { state, metadata } = findState(file, top);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, value] of state.items) {
    if (typeof name !== 'string' || !(value instanceof TensorView)) {
      const what =
        typeof name === 'string' ? `${kindOf(value)}, not a tensor` : 'named by a number, not by a text';
      throw new InputError(file, `the state_dict's entry ${quote(String(name))} is ${what}`);
    }
    tensors.set(name, stored(file, zip, prefix, name, value));
  }
  return { tensors, metadata };
}

function findPrefix(file: string, zip: Zip): string {
  const pickles = zip.names.filter((name) => /^([^/]+\/)?data\.pkl$/.test(name));
  const prefix = pickles[0]?.slice(0, -'data.pkl'.length);
  if (prefix === undefined)
    throw new InputError(file, 'is a zip archive, but not a PyTorch checkpoint: it has no data.pkl');
  if (pickles.length > 1)
    throw new InputError(file, 'holds several checkpoints', pickles.map(quote).join(', '));
  if (zip.has(`${prefix}constants.pkl`)) {
    throw new InputError(
      file,
      'is a TorchScript program; save tensors only, with torch.save(model.state_dict(), FILE)',
    );
  }
  if (
    zip.has(`${prefix}byteorder`) &&
    new TextDecoder().decode(zip.read(`${prefix}byteorder`)) !== 'little'
  ) {
    throw new InputError(file, 'was written by a big-endian machine, which is not read');
  }
  return prefix;
}

/** The only calls there are: an empty OrderedDict, a view of a storage, and the wrapper around a parameter. */
function call(callee: PickleGlobal, { items }: PickleTuple, fail: Fail): PickleValue {
  switch (callee.name) {
    case ORDERED_DICT:
      if (items.length > 0) fail('the pickle is damaged: an OrderedDict with arguments');
      return new PickleDict(true);
    case REBUILD_TENSOR:
      return rebuildTensor(items, fail);
    case REBUILD_PARAMETER: {
      const [data, , hooks] = items;
      if (items.length !== 3 || !(data instanceof TensorView) || !isEmpty(hooks))
        fail('the pickle is damaged: a broken parameter');
      return data;
    }
    default:
      return fail(`the pickle calls ${callee.name}, which is refused`);
  }
}

/** _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks, metadata = None) */
function rebuildTensor(items: readonly PickleValue[], fail: Fail): TensorView {
  const [storage, offset, size, stride, , hooks, metadata] = items;
  if (
    items.length < 6 ||
    items.length > 7 ||
    !(storage instanceof Storage) ||
    !isEmpty(hooks) ||
    !isEmpty(metadata)
  ) {
    fail('the pickle is damaged: a broken tensor');
  }
  const shape = naturals(size);
  const strides = naturals(stride);
  if (shape === null || strides === null || shape.length !== strides.length || !isNatural(offset)) {
    fail('the pickle is damaged: a tensor without whole, non-negative offset, shape and strides');
  }
  const count = countOf(shape);
  // The last value's place; each product is below 2^31 * 2^53, far from infinity, so that the comparison is safe.
  const last = shape.reduce((sum, side, axis) => sum + (side - 1) * (strides[axis] ?? 0), offset);
  if (count === null || (count > 0 && last >= storage.count)) {
    fail(`a tensor of shape [${shape.join(', ')}] reaches beyond its storage of ${storage.count} values`);
  }
  return new TensorView(storage, offset, shape, strides);
}

/** ('storage', class, key, device, number of values) */
function persistent(id: PickleValue, fail: Fail): PickleValue {
  const items = id instanceof PickleTuple ? id.items : [];
  const [word, type, key, , count] = items;
  const format = type instanceof PickleGlobal ? STORAGES.get(type.name) : undefined;
  if (
    items.length !== 5 ||
    word !== 'storage' ||
    format === undefined ||
    typeof key !== 'string' ||
    !isNatural(count)
  ) {
    fail('the pickle is damaged: a reference to something that is not a storage');
  }
  return new Storage(format, key, count);
}

function findState(file: string, top: PickleValue): { state: PickleDict; metadata: Map<string, string> } {
  if (!(top instanceof PickleDict)) {
    throw new InputError(
      file,
      `holds ${kindOf(top)}, not a state_dict; save it with torch.save(model.state_dict(), FILE)`,
    );
  }
  const metadata = new Map<string, string>();
  const nested = NESTED.filter((key) => top.items.get(key) instanceof PickleDict);
  if (nested.length > 1) throw new InputError(file, 'holds two state_dicts', nested.join(', '));
  const state = nested[0] === undefined ? top : top.items.get(nested[0]);
  if (!(state instanceof PickleDict) || state === top) return { state: top, metadata };
  for (const [key, value] of top.items) {
    if (typeof key === 'string' && typeof value === 'string') metadata.set(key, value);
  }
  return { state, metadata };
}

function stored(file: string, zip: Zip, prefix: string, name: string, tensor: TensorView): StoredTensor {
  const { storage, shape } = tensor;
  const values = (): Float64Array => {
    const bytes = zip.read(`${prefix}data/${storage.key}`);
    const width = bytesOf(storage.format);
    if (width !== undefined && bytes.length !== storage.count * width) {
      const problem = `tensor ${quote(name)} has a storage of ${bytes.length} bytes instead of ${storage.count} ${storage.format}`;
      throw new InputError(file, problem, `entry ${quote(`${prefix}data/${storage.key}`)}`);
    }
    return gather(file, name, bytes, storage.format, tensor);
  };
  return { shape, format: storage.format, values };
}

/** Hooks and metadata: none, or a dict without items. */
function isEmpty(value: PickleValue | undefined): boolean {
  return value === undefined || value === null || (value instanceof PickleDict && value.items.size === 0);
}

function isNatural(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function naturals(value: PickleValue | undefined): number[] | null {
  if (!(value instanceof PickleTuple) || value.items.length > 8 || !value.items.every(isNatural)) return null;
  return value.items.filter(isNatural);
}
