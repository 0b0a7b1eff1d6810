// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Linear } from '../../compiler/core/model/model.ts';
import { frontendDigest } from '../../compiler/core/program/digest.ts';
import { loadModel } from '../../compiler/host/load/load.ts';
import { join } from './bytes.ts';
import { BIAS, folder, refusal, SMALL, WEIGHT } from './folder.ts';
import {
  call,
  checkpoint,
  global,
  int,
  ordered,
  pickle,
  protocol4,
  stateDict,
  type TensorSource,
  tensor,
  text,
} from './pickle-writer.ts';

const BOTH = [WEIGHT, BIAS];

function linear(file: Uint8Array, model: unknown = SMALL): Linear {
  const [linear] = loadModel(folder(model, { 'w.pt': file })).layers[0]?.linears ?? [];
  if (linear === undefined) throw new Error('a dense layer has a matrix');
  return linear;
}

function problem(file: Uint8Array, model: unknown = SMALL): string {
  const path = folder(model, { 'w.pt': file });
  return refusal(path, () => loadModel(path));
}

describe('checkpoints that are read', () => {
  it.each([
    ['stored, OrderedDict', checkpoint(pickle(stateDict(BOTH)), BOTH)],
    ['deflated, OrderedDict', checkpoint(pickle(stateDict(BOTH)), BOTH, true)],
    ['stored, plain dict', checkpoint(pickle(stateDict(BOTH, true)), BOTH)],
    ['protocol 4', checkpoint(protocol4(BOTH), BOTH)],
    [
      'with the _metadata of a module',
      checkpoint(pickle(stateDict(BOTH), '}', text('_metadata'), ordered, 'sb'), BOTH),
    ],
    [
      'as state_dict beside plain data',
      checkpoint(
        pickle(
          '}(',
          text('epoch'),
          int(7),
          text('lr'),
          'G\0\0\0\0\0\0\0\0',
          text('log'),
          '](NNe',
          text('state_dict'),
          stateDict(BOTH),
          'u',
        ),
        BOTH,
      ),
    ],
    [
      'as model_state_dict',
      checkpoint(pickle('}(', text('optimizer'), '}', text('model_state_dict'), stateDict(BOTH), 'u'), BOTH),
    ],
  ])('%s', (_, file) => {
    const { weight, bias } = linear(file);
    expect(weight).toEqual({ name: 'fc.weight', shape: [3, 2], values: Float64Array.from(WEIGHT.values) });
    expect([...bias.values]).toEqual(BIAS.values);
  });

  it.each(['f2', 'f4', 'f8', 'bf2'] as const)('values of format %s', (format) => {
    const sources = [{ ...WEIGHT, format }, BIAS];
    expect([...linear(checkpoint(pickle(stateDict(sources)), sources)).weight.values]).toEqual(WEIGHT.values);
  });

  it('keeps what float32 and float64 can distinguish', () => {
    const values = [0.1, 0.3535533, 0.3535534, 1e-40, -3.4e38, 2 ** -149];
    const read = (format: 'f4' | 'f8'): number[] => {
      const sources = [{ ...WEIGHT, values, format }, BIAS];
      return [...linear(checkpoint(pickle(stateDict(sources)), sources)).weight.values];
    };
    expect(read('f8')).toEqual(values);
    expect(read('f4')).toEqual(values.map(Math.fround));
  });

  it('transposed, strided and offset views', () => {
    const transposed: TensorSource = { ...WEIGHT, values: [1, 0.25, -1, -0.5, 0, 2], strides: [1, 3] };
    const strided: TensorSource = {
      ...WEIGHT,
      values: [9, 9, 1, 9, -0.5, 9, 0.25, 9, 0, 9, -1, 9, 2],
      strides: [4, 2],
      offset: 2,
    };
    const expanded: TensorSource = { ...WEIGHT, values: [0.5, 2], strides: [0, 1] };
    const read = (source: TensorSource): number[] => [
      ...linear(checkpoint(pickle(stateDict([source, BIAS])), [source, BIAS])).weight.values,
    ];
    expect(read(transposed)).toEqual(WEIGHT.values);
    expect(read(strided)).toEqual(WEIGHT.values);
    expect(read(expanded)).toEqual([0.5, 2, 0.5, 2, 0.5, 2]);
  });

  it('tensors wrapped as parameters', () => {
    const wrapped = BOTH.map((source, key) =>
      join(
        text(source.name),
        call(global('torch._utils', '_rebuild_parameter'), tensor(source, key), [0x88], ordered),
      ),
    );
    const file = checkpoint(pickle('}(', ...wrapped, 'u'), BOTH);
    expect([...linear(file).weight.values]).toEqual(WEIGHT.values);
  });
});

describe('checkpoints that do not fit', () => {
  it('a missing tensor is named with those that exist', () => {
    const sources = [WEIGHT, { ...BIAS, name: 'fc.bais' }];
    expect(problem(checkpoint(pickle(stateDict(sources)), sources))).toBe(
      'DIR/w.pt: tensor "fc.bias" is missing; the nearest of 2 is "fc.bais"; "tensors" in model.json maps names, "egru inspect" lists them',
    );
  });

  it('a tensor too many is named with the nearest that belongs', () => {
    const sources = [WEIGHT, BIAS, { ...BIAS, name: 'fc2.bias' }];
    expect(problem(checkpoint(pickle(stateDict(sources)), sources))).toBe(
      'DIR/w.pt: tensor "fc2.bias" belongs to no layer of model.json, the nearest is "fc.bias"; to leave it out ("ignore": ["fc2.bias"])',
    );
  });

  it('a wrong shape', () => {
    const sources = [{ ...WEIGHT, shape: [2, 3] }, BIAS];
    expect(problem(checkpoint(pickle(stateDict(sources)), sources))).toBe(
      'DIR/w.pt: tensor "fc.weight": model.json needs shape [3, 2], found [2, 3]',
    );
  });

  it.each([
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('%d as a weight', (value, shown) => {
    const sources = [{ ...WEIGHT, values: [1, 1, 1, value, 1, 1] }, BIAS];
    expect(problem(checkpoint(pickle(stateDict(sources)), sources))).toBe(
      `DIR/w.pt: tensor "fc.weight" holds ${shown}; weights are finite (index [1, 1])`,
    );
  });

  it('NaN as a bias', () => {
    const sources = [WEIGHT, { ...BIAS, values: [0, 0, Number.NaN] }];
    expect(problem(checkpoint(pickle(stateDict(sources)), sources))).toBe(
      'DIR/w.pt: tensor "fc.bias" holds NaN; weights are finite (index [2])',
    );
  });

  it('a storage that is shorter than stated', () => {
    const claims = [WEIGHT, { ...BIAS, count: 4 }];
    expect(problem(checkpoint(pickle(stateDict(claims)), BOTH))).toBe(
      'DIR/w.pt: tensor "fc.bias" has a storage of 12 bytes instead of 4 float32 (entry "archive/data/1")',
    );
  });

  it('weights that were trained with another feature extractor', () => {
    const frontend = {
      sampleRate: 8000,
      frame: 128,
      hop: 128,
      window: 'rect',
      bins: 2,
      scale: 'linear',
      gain: 0.5,
      divisor: 1,
    } as const;
    const file = (digest: string): Uint8Array =>
      checkpoint(
        pickle('}(', text('frontendDigest'), text(digest), text('state_dict'), stateDict(BOTH), 'u'),
        BOTH,
      );
    const digest = frontendDigest(frontend);
    const other = digest.replace(/^./, (c) => (c === '0' ? '1' : '0'));
    expect(linear(file(digest), { ...SMALL, frontend }).bias.values).toHaveLength(3);
    expect(problem(file(other), { ...SMALL, frontend })).toBe(
      `DIR/w.pt: the weights were trained with feature extractor ${other.slice(0, 12)}, ` +
        `model.json describes feature extractor ${digest.slice(0, 12)} (frontendDigest)`,
    );
    expect(problem(file(digest))).toBe(
      `DIR/w.pt: the weights were trained with feature extractor ${digest.slice(0, 12)}, model.json describes no feature extractor (frontendDigest)`,
    );
  });
});
