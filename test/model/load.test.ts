// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadModel } from '../../compiler/host/load/load.ts';
import { Random } from '../support/random.ts';
import { floats } from './bytes.ts';
import { folder, refusal } from './folder.ts';
import { checkpoint, pickle, stateDict, type TensorSource } from './pickle-writer.ts';
import { zipOf } from './zip-writer.ts';

const BUNDLED = packagePath('test', 'vectors', 'spoken-digits');
const MODEL = JSON.parse(readFileSync(join(BUNDLED, 'model.json'), 'utf8'));
const WEIGHTS = readFileSync(join(BUNDLED, 'weights.pt'));

describe('the bundled model', () => {
  const model = loadModel(BUNDLED);

  it('has the layers of the paper, 8,120 weights and biases that are all finite', () => {
    expect(model.layers.map(({ name, inputs, units }) => [name, inputs, units])).toEqual([
      ['gru1', 64, 30],
      ['gru2', 30, 20],
      ['fc3', 20, 16],
      ['fc4', 16, 10],
    ]);
    const linears = model.layers.flatMap((layer) => layer.linears);
    expect(linears.reduce((sum, { weight }) => sum + weight.values.length, 0)).toBe(8120);
    expect(linears.every(({ weight }) => weight.values.every((value) => value === Math.fround(value)))).toBe(
      true,
    );
  });

  it('names its source by digest', () => {
    expect(model.weights).toEqual({
      file: 'weights.pt',
      sha256: createHash('sha256').update(WEIGHTS).digest('hex'),
    });
  });

  it('reads the same from safetensors and npz', () => {
    const tensors: TensorSource[] = model.layers
      .flatMap((layer) => layer.linears)
      .flatMap(({ weight, bias }) => [weight, bias])
      .map(({ name, shape, values }) => ({ name, shape, values: [...values] }));
    const npz = zipOf(
      tensors.map(({ name, shape, values }) => {
        const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(', ')},), }\n`;
        const head = Buffer.from(
          `\x93NUMPY\x01\x00${String.fromCharCode(header.length)}\x00${header}`,
          'latin1',
        );
        return { name: `${name}.npy`, data: Buffer.concat([head, floats('f8', values)]), deflate: true };
      }),
    );
    const torch = checkpoint(pickle(stateDict(tensors, true)), tensors, true);
    for (const [name, bytes] of [
      ['w.npz', npz],
      ['w.pth', torch],
    ] as const) {
      const again = loadModel(folder({ ...MODEL, weights: name }, { [name]: bytes }));
      expect(again.layers).toEqual(model.layers);
    }
  });
});

describe('a damaged checkpoint', () => {
  const path = folder({ ...MODEL, name: 'damaged' });
  copyFileSync(join(BUNDLED, 'model.json'), join(path, 'model.json'));
  const random = new Random(20);

  /** What comes of the bytes: a model, or an InputError in one line; anything else is a defect and passes on. */
  function outcome(bytes: Uint8Array): string {
    writeFileSync(join(path, 'weights.pt'), bytes);
    try {
      loadModel(path);
      return 'read';
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      expect(error.message).not.toMatch(/[\n\r]/);
      return error.message.replace(path, 'DIR');
    }
  }

  it('cut off anywhere is refused', () => {
    for (let i = 0; i < 60; i++) {
      const length = random.between(0, WEIGHTS.length - 1);
      expect(outcome(WEIGHTS.subarray(0, length)), `${length} bytes`).toMatch(/^DIR\/weights\.pt: /);
    }
  });

  it('with flipped bits is refused, or they were in bytes that mean nothing', () => {
    const outcomes = new Set<string>();
    // Where the structure is: the pickle at the start and the directory at the end; and anywhere.
    const places = [
      ...Array.from({ length: 150 }, () => random.between(0, 1400)),
      ...Array.from({ length: 150 }, () => random.between(WEIGHTS.length - 1100, WEIGHTS.length - 1)),
      ...Array.from({ length: 50 }, () => random.between(0, WEIGHTS.length - 1)),
    ];
    for (const at of places) {
      const bytes = Uint8Array.from(WEIGHTS);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.between(0, 7));
      outcomes.add(outcome(bytes).replace(/\d+/g, 'N'));
    }
    expect(outcomes.size).toBeGreaterThan(10);
  });

  it('with a damaged pickle of the right checksum is refused or reads as plain data', () => {
    const zip = checkpoint(pickle(stateDict(small)), small);
    const start = 30 + 'archive/data.pkl'.length;
    const length = pickle(stateDict(small)).length;
    const target = folder(SMALL_EGRU);
    for (let i = 0; i < 400; i++) {
      const body = Uint8Array.from(zip.subarray(start, start + length));
      for (let n = random.between(1, 3); n > 0; n--)
        body[random.between(0, length - 1)] = random.between(0, 255);
      writeFileSync(join(target, 'w.pt'), checkpoint(body, small));
      try {
        loadModel(target);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    }
    writeFileSync(join(target, 'w.pt'), zip);
    expect(loadModel(target).layers[0]?.units).toBe(1);
  });

  it('gives a message for a file of noise', () => {
    const noise = Uint8Array.from({ length: 5000 }, () => random.between(0, 255));
    expect(
      refusal(path, () => {
        writeFileSync(join(path, 'weights.pt'), noise);
        loadModel(path);
      }),
    ).toMatch(/^DIR\/weights\.pt: is /);
  });
});

const SMALL_EGRU = {
  format: 1,
  name: 'one',
  labels: ['a'],
  weights: 'w.pt',
  layers: [{ type: 'egru', name: 'g', inputs: 1, units: 1 }],
};
const small: TensorSource[] = ['zx', 'hx'].flatMap((gate) => [
  { name: `g.weight_${gate}.weight`, shape: [1, 2], values: [1, -1] },
  { name: `g.weight_${gate}.bias`, shape: [1], values: [0.5] },
]);
