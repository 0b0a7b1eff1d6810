// SPDX-License-Identifier: Apache-2.0
/** Tensors under other names, of other layers and of other types. */
import { describe, expect, it } from 'vitest';
import { floats, join, u16, u32 } from './bytes.ts';
import { BIAS, WEIGHT } from './folder.ts';
import { BOTH, leftOut, load, named, outcome, refused, whole } from './outcome.ts';
import { checkpoint, pickle, stateDict } from './pickle-writer.ts';
import { zipOf } from './zip-writer.ts';

describe('names that model.json settles', () => {
  const sources = [
    { ...WEIGHT, name: 'head.kernel' },
    { ...BIAS, name: 'head.offset' },
  ];
  const file = checkpoint(pickle(stateDict(sources)), sources);
  it('one by one, or by their beginning', () => {
    const tensors = { 'head.kernel': 'fc.weight', 'head.offset': 'fc.bias' };
    expect(outcome(load(file, { tensors }))).toEqual(whole());
    const begun = named((name) => name.replace('fc.', 'rnn.head.'));
    const prefixed = checkpoint(pickle(stateDict(begun)), begun);
    expect(outcome(load(prefixed, { tensors: { 'rnn.head.': 'fc.' } }))).toEqual(whole());
  });

  it('are refused where they fit nothing, or two', () => {
    expect(refused(file, { tensors: { 'head.kernle': 'fc.weight' } })).toBe(
      'DIR/w.pt: there is no tensor "head.kernle"; the nearest is "head.kernel" ("tensors" of model.json)',
    );
    const tensors = { 'head.kernel': 'fc.weight', 'head.offset': 'fc.weight' };
    expect(refused(file, { tensors })).toBe(
      'DIR/w.pt: two tensors would be "fc.weight", the second is "head.offset" ("tensors" of model.json)',
    );
    expect(refused(file, { tensors: { a: 1 } })).toContain('tensors.a');
    expect(refused(file, { ignore: 'x' })).toContain('(at ignore)');
    expect(refused(file)).toBe(
      'DIR/w.pt: tensor "fc.weight" is missing; the nearest of 2 is "head.kernel"; "tensors" in model.json maps names, "egru inspect" lists them',
    );
  });

  it.each(['bn.weight', 'bn.*', '*.weight', 'b*n*ght', '*'])(
    'a tensor too many is left out by %s',
    (pattern) => {
      const extra = { name: 'bn.weight', shape: [3], values: [1, 1, 1] };
      const more = [...BOTH, extra];
      const body = checkpoint(pickle(stateDict(more)), more);
      expect(refused(body)).toContain('("ignore": ["bn.weight"])');
      const fc = pattern === '*' || pattern === '*.weight';
      if (fc) expect(refused(body, { ignore: [pattern] })).toContain('is missing');
      else expect(outcome(load(body, { ignore: [pattern] }))).toEqual(whole());
    },
  );

  it('statistics, counters and integers are left out by themselves', () => {
    const more = [
      ...BOTH,
      { name: 'bn.running_mean', shape: [3], values: [1, 1, 1] },
      { name: 'temperature', shape: [], values: [1] },
    ];
    expect(outcome(load(checkpoint(pickle(stateDict(more)), more)))).toEqual(
      whole(leftOut('"bn.running_mean" (float32), "temperature" (float32)')),
    );
  });
});

describe('recurrent layers of PyTorch', () => {
  it.each([
    [3, 'nn.GRU, which has a reset gate'],
    [4, 'nn.LSTM, which has four gates'],
    [1, 'nn.RNN, which has no gate'],
  ])('with %d rows for each unit are known', (gates, kind) => {
    const zeros = (n: number) => new Array<number>(n).fill(0);
    const sources = [
      { name: 'rnn.weight_ih_l0', shape: [2 * gates, 3], values: zeros(6 * gates) },
      { name: 'rnn.weight_hh_l0', shape: [2 * gates, 2], values: zeros(4 * gates) },
    ];
    expect(refused(checkpoint(pickle(stateDict(sources)), sources))).toBe(
      `DIR/w.pt: "rnn.weight_ih_l0" with ${2 * gates} rows for 2 units is PyTorch's ${kind}; an eGRU layer has one gate: train one, see docs/TRAINING.md`,
    );
  });
});

describe('npz of every kind', () => {
  const npy = (descr: string, shape: string, data: Uint8Array) => {
    const header = Buffer.from(`{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }\n`);
    return join([0x93], 'NUMPY', [1, 0], u16(header.length), header, data);
  };
  const npz = (
    weight: Uint8Array,
    bias: Uint8Array,
    more: { name: string; data: Uint8Array | string }[] = [],
  ) => zipOf([{ name: 'fc.weight.npy', data: weight }, { name: 'fc.bias.npy', data: bias }, ...more]);
  const swapped = (format: 'f2' | 'f4' | 'f8', values: readonly number[]) => {
    const bytes = Buffer.from(floats(format, values));
    return format === 'f2' ? bytes.swap16() : format === 'f4' ? bytes.swap32() : bytes.swap64();
  };
  const bias = npy('<f4', '3,', floats('f4', BIAS.values));

  it.each(['f2', 'f4', 'f8'] as const)('big-endian %s', (format) => {
    const file = npz(npy(`>${format}`, '3, 2', swapped(format, WEIGHT.values)), bias);
    expect(outcome(load(file, {}, 'w.npz'))).toEqual(whole());
  });

  it('integers between -1 and 1 as they are, others with their scale', () => {
    const weight = npy('|i1', '3, 2', Uint8Array.from([4, -2, 1, 0, -4, 8]));
    const file = npz(weight, npy('>i2', '3,', Uint8Array.from([0, 2, 0xff, 0xfc, 0, 0])));
    expect(refused(file, {}, 'w.npz')).toBe(
      'DIR/w.npz: tensor "fc.weight" holds int8 from -4 to 8; write what 1 stands for into model.json ("integerScale": 0.125)',
    );
    expect(outcome(load(file, { integerScale: 0.25 }, 'w.npz'))).toEqual(whole());
    const ternary = npz(npy('|i1', '3, 2', Uint8Array.from([1, -1, 0, 0, 1, 1])), bias);
    expect(outcome(load(ternary, {}, 'w.npz'))[0]).toEqual([1, -1, 0, 0, 1, 1]);
  });

  it('extra scalars, texts, objects and other entries are left out', () => {
    const more = [
      { name: 'epoch.npy', data: npy('<i8', '', join([...u32(7), ...u32(0)])) },
      { name: 'loss.npy', data: npy('<f8', '', floats('f8', [1])) },
      { name: 'labels.npy', data: npy('<U3', '2,', new Uint8Array(24)) },
      { name: 'notes.txt', data: 'x' },
    ];
    const file = npz(npy('<f4', '3, 2', floats('f4', WEIGHT.values)), bias, more);
    expect(outcome(load(file, {}, 'w.npz'))).toEqual(
      whole(leftOut(`"notes.txt" (not an array), "epoch" (int64), "loss" (float64), "labels" ("<U3")`)),
    );
  });
});
