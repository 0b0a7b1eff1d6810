// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../compiler/host/load/load.ts';
import { floats, join, u32 } from './bytes.ts';
import { BIAS, folder, refusal, SMALL, WEIGHT } from './folder.ts';

type Entry = { dtype: unknown; shape: unknown; data_offsets: unknown };
const MODEL = { ...SMALL, weights: 'w.safetensors' };
const GOOD = {
  'fc.weight': { dtype: 'F32', shape: [3, 2], data_offsets: [0, 24] } as Entry,
  'fc.bias': { dtype: 'F32', shape: [3], data_offsets: [24, 36] } as Entry,
};
const DATA = join(floats('f4', WEIGHT.values), floats('f4', BIAS.values));

function file(header: unknown, data: Uint8Array = DATA): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  return join(u32(text.length), u32(0), text, data);
}

function weights(bytes: Uint8Array): number[] {
  const layer = loadModel(folder(MODEL, { 'w.safetensors': bytes })).layers[0];
  return [...(layer?.linears[0]?.weight.values ?? [])];
}

function problem(bytes: Uint8Array): string {
  const path = folder(MODEL, { 'w.safetensors': bytes });
  return refusal(path, () => loadModel(path));
}

const change = (weight: Partial<Entry>, bias: Partial<Entry> = {}): Uint8Array =>
  file({ 'fc.weight': { ...GOOD['fc.weight'], ...weight }, 'fc.bias': { ...GOOD['fc.bias'], ...bias } });

describe('safetensors', () => {
  it.each([
    ['F64', 'f8'],
    ['F32', 'f4'],
    ['F16', 'f2'],
    ['BF16', 'bf2'],
  ] as const)('reads %s', (dtype, format) => {
    const data = floats(format, WEIGHT.values);
    const header = {
      __metadata__: { format: 'pt' },
      'fc.bias': { dtype: 'F32', shape: [3], data_offsets: [data.length, data.length + 12] },
      'fc.weight': { dtype, shape: [3, 2], data_offsets: [0, data.length] },
    };
    expect(weights(file(header, join(data, floats('f4', BIAS.values))))).toEqual(WEIGHT.values);
  });

  it('checks the feature extractor that its metadata names', () => {
    expect(problem(file({ ...GOOD, __metadata__: { frontendDigest: 'ab'.repeat(32) } }))).toBe(
      'DIR/w.safetensors: the weights were trained with feature extractor abababababab, model.json describes no feature extractor (frontendDigest)',
    );
  });

  it.each([
    ['too short', join('1234567'), 'is too short for a safetensors file'],
    [
      'a header without end',
      join(u32(0xffffffff), u32(0xffffffff), DATA),
      'a safetensors header of 18446744073709551615 bytes is not read, at most 1048576',
    ],
    [
      'a header beyond the file',
      join(u32(1000), u32(0), DATA),
      'the safetensors header reaches beyond the end of the file',
    ],
    ['a header that is no JSON', file('{"fc.weight": }'), 'is not JSON (line 1, column 15)'],
    ['a header that is a list', file('[]'), 'must be an object, found a list of 0 (at the top level)'],
    [
      'a key too many',
      change({ stride: 1 } as Partial<Entry>),
      'unknown key "stride"; the nearest known one is "dtype" (at ["fc.weight"])',
    ],
    [
      'metadata that is no text',
      file({ ...GOOD, __metadata__: { n: 1 } }),
      'must be text (at __metadata__.n)',
    ],
    [
      'a dtype that is none',
      change({ dtype: 7 }),
      'must be non-empty text, found 7 (at ["fc.weight"].dtype)',
    ],
    [
      'integers',
      change({ dtype: 'I32' }),
      'tensor "fc.weight" holds int32 from -1090519040 to 1073741824; write what 1 stands for into model.json ("integerScale")',
    ],
    [
      'a negative side',
      change({ shape: [-3, -2] }),
      'must be an integer from 0 to 2147483647, found -3 (at ["fc.weight"].shape[0])',
    ],
    [
      'a product that overflows',
      change({ shape: [2147483647, 2147483647, 2147483647] }),
      'the sizes make no sense (at ["fc.weight"])',
    ],
    [
      'more values than bytes',
      change({ shape: [30, 2] }),
      '24 bytes for 60 values of F32; 240 are needed (at ["fc.weight"])',
    ],
    [
      'an end before the begin',
      change({ data_offsets: [24, 0] }),
      'the sizes make no sense (at ["fc.weight"])',
    ],
    [
      'an end beyond the data',
      change({ data_offsets: [0, 40] }),
      'must be an integer from 0 to 36, found 40 (at ["fc.weight"].data_offsets[1])',
    ],
    ['an overlap', change({}, { data_offsets: [20, 32] }), 'tensor "fc.bias" overlaps another one'],
    [
      'a gap',
      file({ ...GOOD, 'fc.bias': { ...GOOD['fc.bias'], data_offsets: [28, 40] } }, join(DATA, u32(0))),
      'tensor "fc.bias" follows a gap in the data',
    ],
    ['bytes of no tensor', file(GOOD, join(DATA, 'x')), '1 bytes at the end belong to no tensor'],
    [
      'half a file',
      file(GOOD).subarray(0, -10),
      'must be an integer from 0 to 26, found 36 (at ["fc.bias"].data_offsets[1])',
    ],
    [
      'another shape',
      change({ shape: [2, 3] }),
      'tensor "fc.weight": model.json needs shape [3, 2], found [2, 3]',
    ],
  ])('refuses %s', (_, bytes, expected) => {
    expect(problem(bytes)).toBe(`DIR/w.safetensors: ${expected}`);
  });
});
