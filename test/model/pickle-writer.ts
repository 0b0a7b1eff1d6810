// SPDX-License-Identifier: Apache-2.0
/** Writes pickles opcode by opcode, and checkpoints as torch.save lays them out. */
import { floats, join, u16, u32 } from './bytes.ts';
import { type ZipSource, zipOf } from './zip-writer.ts';

type Part = Uint8Array | string | readonly number[];

export const PROTO = [0x80, 2];
export const STOP = '.';
export const text = (value: string): Uint8Array => join('X', u32(Buffer.byteLength(value)), value);
export const int = (value: number): Uint8Array => join('J', u32(value));
export const global = (module: string, name: string): Uint8Array => join(`c${module}\n${name}\n`);
export const tuple = (...items: Part[]): Uint8Array => join('(', ...items, 't');
export const call = (callee: Part, ...args: Part[]): Uint8Array => join(callee, tuple(...args), 'R');
export const ordered = call(global('collections', 'OrderedDict'));
export const pickle = (...parts: Part[]): Uint8Array => join(PROTO, ...parts, STOP);

export interface TensorSource {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly format?: 'f2' | 'f4' | 'f8' | 'bf2';
  /** Defaults to row-major. */
  readonly strides?: readonly number[];
  readonly offset?: number;
  /** Values that the pickle claims for the storage. */
  readonly count?: number;
}

const STORAGES = { f2: 'HalfStorage', f4: 'FloatStorage', f8: 'DoubleStorage', bf2: 'BFloat16Storage' };

export function storage(type: string, key: string, count: number): Uint8Array {
  return join(tuple(text('storage'), global('torch', type), text(key), text('cpu'), int(count)), 'Q');
}

export function tensor(source: TensorSource, key: number): Uint8Array {
  const { shape, values, format = 'f4' } = source;
  const strides = source.strides ?? shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  return call(
    global('torch._utils', '_rebuild_tensor_v2'),
    storage(STORAGES[format], String(key), source.count ?? values.length),
    int(source.offset ?? 0),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    [0x89],
    ordered,
  );
}

/** name -> tensor, as an OrderedDict or a plain dict. */
export function stateDict(sources: readonly TensorSource[], plain = false): Uint8Array {
  const items = sources.map((source, key) => join(text(source.name), tensor(source, key)));
  return join(plain ? '}' : ordered, '(', ...items, 'u');
}

/** The zip archive around a pickle and the storages of its tensors. */
export function checkpoint(
  body: Uint8Array,
  sources: readonly TensorSource[] = [],
  deflate = false,
): Uint8Array {
  const files: ZipSource[] = [{ name: 'archive/data.pkl', data: body, deflate }];
  sources.forEach(({ values, format = 'f4' }, key) => {
    files.push({ name: `archive/data/${key}`, data: floats(format, values), deflate });
  });
  return zipOf([...files, { name: 'archive/version', data: '3\n' }]);
}

/** The same dict in the words of protocol 4: frame, memo by order, names from the stack. */
export function protocol4(sources: readonly TensorSource[]): Uint8Array {
  const short = (value: string): Uint8Array => join([0x8c, Buffer.byteLength(value)], value, [0x94]);
  const named = (module: string, name: string): Uint8Array => join(short(module), short(name), [0x93, 0x94]);
  const dict = join(named('collections', 'OrderedDict'), ')R', [0x94]);
  const items = sources.map(({ name, shape, values }, key) => {
    const reference = join(
      '(',
      short('storage'),
      named('torch', 'FloatStorage'),
      short(String(key)),
      short('cpu'),
    );
    const sides = shape.map((side) => ['K'.charCodeAt(0), side]);
    const steps = shape.map((_, i) => join('M', u16(shape.slice(i + 1).reduce((a, b) => a * b, 1))));
    const count = join('M', u16(values.length), 't', [0x94], 'Q');
    return join(
      short(name),
      named('torch._utils', '_rebuild_tensor_v2'),
      join('(', reference, count, 'K\0', '(', ...sides, 't', [0x94], '(', ...steps, 't', [0x94, 0x89], dict),
      join('t', [0x94], 'R', [0x94]),
    );
  });
  const body = join(dict, '(', ...items, 'u.');
  return join([0x80, 4, 0x95], u32(body.length), u32(0), body);
}

/**
 * The layout before PyTorch 1.6: pickles one after another, then the storages in the order of `keys`, each behind the
 * number of its values.
 */
export function legacyCheckpoint(
  object: Uint8Array,
  sources: readonly TensorSource[],
  keys = sources.map((_, key) => String(key)),
  littleEndian = true,
): Uint8Array {
  const magic = pickle([0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]);
  const machine = pickle('}', text('little_endian'), [littleEndian ? 0x88 : 0x89], 's');
  const storages = sources.flatMap(({ values, format = 'f4' }) => [
    u32(values.length),
    u32(0),
    floats(format, values),
  ]);
  const parts = [
    magic,
    pickle('M', u16(1001)),
    machine,
    pickle(object),
    pickle('](', ...keys.map(text), 'e'),
  ];
  return join(...parts, ...storages);
}
