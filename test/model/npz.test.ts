// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../compiler/host/load/load.ts';
import { floats, join, u16, u32 } from './bytes.ts';
import { BIAS, folder, refusal, SMALL, WEIGHT } from './folder.ts';
import { zipOf } from './zip-writer.ts';

const MODEL = { ...SMALL, weights: 'w.npz' };

function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const text = Buffer.from(`${header}\n`);
  const length = version === 1 ? u16(text.length) : u32(text.length);
  return join([0x93], 'NUMPY', [version, 0], length, text, data);
}

const header = (descr: string, fortran: string, shape: string): string =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }`;
const bias = npy(header('<f4', 'False', '3,'), floats('f4', BIAS.values));
const good = npy(header('<f4', 'False', '3, 2'), floats('f4', WEIGHT.values));
const npz = (weight: Uint8Array, deflate = false): Uint8Array =>
  zipOf([
    { name: 'fc.weight.npy', data: weight, deflate },
    { name: 'fc.bias.npy', data: bias, deflate },
  ]);

function weights(bytes: Uint8Array): number[] {
  const layer = loadModel(folder(MODEL, { 'w.npz': bytes })).layers[0];
  return [...(layer?.linears[0]?.weight.values ?? [])];
}

function problem(bytes: Uint8Array): string {
  const path = folder(MODEL, { 'w.npz': bytes });
  return refusal(path, () => loadModel(path));
}

describe('npz', () => {
  it.each([
    ['stored', npz(good)],
    ['deflated', npz(good, true)],
    ['float64', npz(npy(header('<f8', 'False', '3, 2'), floats('f8', WEIGHT.values)))],
    ['float16', npz(npy(header('<f2', 'False', '3, 2'), floats('f2', WEIGHT.values)))],
    ['Fortran order', npz(npy(header('<f4', 'True', '3, 2'), floats('f4', [1, 0.25, -1, -0.5, 0, 2])))],
    ['version 2', npz(npy(header('<f4', 'False', '3, 2'), floats('f4', WEIGHT.values), 2))],
    [
      'keys in another order',
      npz(npy("{'shape': (3, 2), 'fortran_order': False, 'descr': '<f4'}", floats('f4', WEIGHT.values), 3)),
    ],
  ])('reads %s', (_, bytes) => {
    expect(weights(bytes)).toEqual(WEIGHT.values);
  });

  const values = floats('f4', WEIGHT.values);
  it.each([
    [
      'another kind of entry',
      zipOf([{ name: 'x.pkl', data: '' }]),
      'is a zip archive without an array: none of its entries ends with .npy',
    ],
    ['no array', npz(join('no array at all')), 'is not a .npy array of version 1 to 3 (array "fc.weight")'],
    ['an empty entry', npz(join('')), 'is not a .npy array of version 1 to 3 (array "fc.weight")'],
    [
      'version 4',
      npz(npy(header('<f4', 'False', '3, 2'), values, 4)),
      'is not a .npy array of version 1 to 3 (array "fc.weight")',
    ],
    [
      'a header beyond the entry',
      npz(join([0x93], 'NUMPY', [1, 0, 0xff, 0x0f], 'short')),
      'the header is too long or cut off (array "fc.weight")',
    ],
    [
      'a header of 4 GB',
      npz(join([0x93], 'NUMPY', [2, 0], u32(0xffffffff), 'short')),
      'the header is too long or cut off (array "fc.weight")',
    ],
    [
      'objects',
      npz(npy(header('|O', 'False', '3, 2'), values)),
      'tensor "fc.weight" holds "|O"; one of float64, float32, float16, bfloat16 is needed',
    ],
    [
      'complex values',
      npz(npy(header('<c8', 'False', '3, 1'), values)),
      'tensor "fc.weight": model.json needs shape [3, 2], found [3, 1]',
    ],
    [
      'a header that is an expression',
      npz(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), 'x': exit()}", values)),
      `the header cannot be read: "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2),..." (array "fc.weight")`,
    ],
    [
      'a negative side',
      npz(npy(header('<f4', 'False', '-3, 2'), values)),
      `the header cannot be read: "{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 2), }" (array "fc.weight")`,
    ],
    [
      'a product that overflows',
      npz(npy(header('<f4', 'False', '2147483647, 2147483647'), values)),
      'the shape is too large (array "fc.weight")',
    ],
    [
      'too few values',
      npz(npy(header('<f4', 'False', '3, 2'), values.subarray(4))),
      '20 bytes for 6 values of <f4; 24 are needed (array "fc.weight")',
    ],
    [
      'too many values',
      npz(npy(header('<f4', 'False', '3, 2'), join(values, 'abcd'))),
      '28 bytes for 6 values of <f4; 24 are needed (array "fc.weight")',
    ],
    [
      'another shape',
      npz(npy(header('<f4', 'False', '6,'), values)),
      'tensor "fc.weight": model.json needs shape [3, 2], found [6]',
    ],
  ])('refuses %s', (_, bytes, expected) => {
    expect(problem(bytes)).toBe(`DIR/w.npz: ${expected}`);
  });
});
