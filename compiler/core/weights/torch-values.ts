// SPDX-License-Identifier: Apache-2.0
/**
 * Storages and tensors in the pickles of PyTorch. A tensor is a view of a storage: offset, shape and strides. Whatever
 * else a pickle calls stays an object that nobody looks into (pickle.ts).
 */
import type { PickleRules } from './pickle.ts';
import type { Fail } from './pickle-bytes.ts';
import {
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleOpaque,
  PickleTuple,
  type PickleValue,
} from './pickle-values.ts';
import { countOf } from './tensors.ts';

/** data.pkl of the largest model that compiles takes some 50 KB, with its optimizer three times as much. */
export const MAX_PICKLE_BYTES = 4 * 1024 * 1024;

const ORDERED_DICT = 'collections.OrderedDict';
const SIZE = 'torch.Size';
const REBUILD_TENSOR = 'torch._utils._rebuild_tensor_v2';
/** Of PyTorch 0.3 and before: the first four arguments. */
const REBUILD_TENSOR_1 = 'torch._utils._rebuild_tensor';
const REBUILD_PARAMETER = 'torch._utils._rebuild_parameter';
const REBUILD_PARAMETER_STATE = 'torch._utils._rebuild_parameter_with_state';
/** A class of its own around a tensor: which function, class, its arguments, attributes. */
const REBUILD_TYPE = 'torch._tensor._rebuild_from_type_v2';
/** Storage classes and what they hold; one that is not here is named by its class, and refused where it is needed. */
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
const STORAGE_CLASS = /^torch\.(storage\.)?\w+Storage$/;

export class Storage extends PickleOpaque {
  readonly kind = 'a storage';
  /** @param count values that the storage has; @param start where it begins in one that it is a view of */
  constructor(
    readonly format: string,
    readonly key: string,
    readonly count: number,
    readonly start = 0,
  ) {
    super();
  }
}

export class TensorView extends PickleOpaque {
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

export const torchRules: PickleRules = {
  globals: new Set([
    ...[ORDERED_DICT, SIZE, REBUILD_TENSOR, REBUILD_TENSOR_1, REBUILD_PARAMETER, REBUILD_PARAMETER_STATE],
    ...[REBUILD_TYPE, ...STORAGES.keys()],
  ]),
  call,
  persistent,
};

/** The only calls there are. */
function call(callee: PickleGlobal, args: PickleTuple, fail: Fail): PickleValue {
  const { items } = args;
  switch (callee.name) {
    case ORDERED_DICT:
      return orderedDict(items, fail);
    case SIZE:
      return items[0] instanceof PickleTuple ? items[0] : new PickleTuple([]);
    case REBUILD_TENSOR:
    case REBUILD_TENSOR_1:
      return rebuildTensor(items, callee.name === REBUILD_TENSOR, fail);
    case REBUILD_PARAMETER:
    case REBUILD_PARAMETER_STATE: {
      const [data] = items;
      if (items.length < 3 || !(data instanceof TensorView))
        fail('the pickle is damaged: a broken parameter');
      return data;
    }
    case REBUILD_TYPE: {
      const [rebuild, , inner] = items;
      const known = rebuild instanceof PickleGlobal && /\._rebuild_(tensor|parameter)/.test(rebuild.name);
      if (known && inner instanceof PickleTuple && torchRules.globals.has(rebuild.name))
        return call(rebuild, inner, fail);
      return null;
    }
    default:
      return fail(`the pickle calls ${callee.name}, which is refused`);
  }
}

/** Empty, or from a list of pairs, as Python 2 has it. */
function orderedDict([pairs, ...more]: readonly PickleValue[], fail: Fail): PickleDict {
  const dict = new PickleDict(true);
  if (pairs === undefined) return dict;
  if (more.length > 0 || !(pairs instanceof PickleList))
    fail('the pickle is damaged: an OrderedDict with arguments');
  for (const pair of pairs.items) {
    const [key, value] = pair instanceof PickleList || pair instanceof PickleTuple ? pair.items : [];
    if (key === undefined || value === undefined)
      fail('the pickle is damaged: an OrderedDict with arguments');
    dict.items.set(key, value);
  }
  return dict;
}

/** _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks, metadata = None) */
function rebuildTensor(items: readonly PickleValue[], second: boolean, fail: Fail): TensorView {
  const [storage, offset, size, stride, , hooks, metadata] = items;
  const [least, most] = second ? [6, 7] : [4, 4];
  if (
    items.length < least ||
    items.length > most ||
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

/** ('storage', class, key, device, number of values), and before 1.6 None or (key, offset, number) of a view */
function persistent(id: PickleValue, fail: Fail): PickleValue {
  const items = id instanceof PickleTuple ? id.items : [];
  const [word, type, key, , count, view = null] = items;
  const format = type instanceof PickleGlobal ? formatOf(type.name) : null;
  if (
    items.length < 5 ||
    items.length > 6 ||
    word !== 'storage' ||
    format === null ||
    typeof key !== 'string' ||
    !isNatural(count)
  ) {
    fail('the pickle is damaged: a reference to something that is not a storage');
  }
  if (view === null) return new Storage(format, key, count);
  const [, start, length] = view instanceof PickleTuple ? view.items : [];
  if (!isNatural(start) || !isNatural(length) || start + length > count)
    fail('the pickle is damaged: a view beyond its storage');
  return new Storage(format, key, length, start);
}

function formatOf(name: string): string | null {
  const onHost = name.replace(/^torch\.cuda\./, 'torch.');
  return STORAGES.get(onHost) ?? (STORAGE_CLASS.test(onHost) ? name.slice(0, 60) : null);
}

/** Hooks and metadata: none, or a dict without items. */
function isEmpty(value: PickleValue | undefined): boolean {
  return value === undefined || value === null || (value instanceof PickleDict && value.items.size === 0);
}

export function isNatural(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function naturals(value: PickleValue | undefined): number[] | null {
  if (!(value instanceof PickleTuple) || value.items.length > 8 || !value.items.every(isNatural)) return null;
  return value.items.filter(isNatural);
}
