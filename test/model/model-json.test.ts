// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JsonValue } from '../../compiler/core/base/json.ts';
import { readModelJson } from '../../compiler/core/model/model-json.ts';
import { loadModel } from '../../compiler/host/load/load.ts';
import { BIAS, folder, refusal, SMALL, WEIGHT } from './folder.ts';
import { checkpoint, pickle, stateDict } from './pickle-writer.ts';

const FILES = { 'w.pt': checkpoint(pickle(stateDict([WEIGHT, BIAS])), [WEIGHT, BIAS]) };
const FRONTEND = {
  sampleRate: 8000,
  frame: 128,
  hop: 64,
  window: 'hann',
  bins: 2,
  scale: 'log2',
  gain: 8,
  divisor: 9,
};

function load(model: unknown) {
  return loadModel(folder(model, FILES));
}

describe('model.json that is read', () => {
  it('fills in what has a default', () => {
    expect(load(SMALL)).toMatchObject({
      quantizer: 'code',
      bias: 'septenary',
      frontend: null,
      readout: null,
      splits: null,
      detect: null,
      weights: { file: 'w.pt' },
    });
  });

  it('keeps everything that is stated', () => {
    const detect = {
      scale: 2.5,
      window: 20,
      refractory: 30,
      keywords: { b: { threshold: 20000, release: 9000 }, a: {} },
      vad: { level: 100, hangover: 12, reset: 60 },
    };
    const splits = {
      pattern: '{label}_{speaker}_{index}.wav',
      test: { index: '0-4' },
      dev: { speaker: 'x' },
    };
    const model = load({
      ...SMALL,
      quantizer: 'equation',
      bias: 'q15',
      frontend: FRONTEND,
      readout: { steps: 64, rule: 'last' },
      splits,
      detect,
    });
    expect(model).toMatchObject({ quantizer: 'equation', bias: 'q15', readout: { steps: 64, rule: 'last' } });
    expect(model.frontend).toEqual(FRONTEND);
    expect(model.detect).toEqual({
      ...detect,
      keywords: [
        { label: 0, threshold: 16384, release: 8192 },
        { label: 1, threshold: 20000, release: 9000 },
      ],
    });
    expect(model.splits).toEqual({
      pattern: splits.pattern,
      sets: new Map([
        ['test', new Map([['index', '0-4']])],
        ['dev', new Map([['speaker', 'x']])],
      ]),
    });
  });

  it('splits by shares', () => {
    const splits = { by: 'rank', test: 0.25 };
    expect(load({ ...SMALL, splits }).splits).toEqual({ by: 'rank', validation: 0, test: 0.25 });
    expect(() => load({ ...SMALL, splits: { by: 'rank', test: 1.5 } })).toThrow('splits.test');
    expect(() => load({ ...SMALL, splits: { by: 'size' } })).toThrow('splits.by');
  });

  it('labels with quotes, newlines, comment ends and tags', () => {
    const labels = ['say "no"\n', '*/ int x; /*', '</script><b>&\\'];
    expect(load({ ...SMALL, labels }).labels).toEqual(labels);
  });

  it('names and labels of 100 bytes', () => {
    const [name, label] = ['n'.repeat(100), 'ü'.repeat(50)];
    expect(load({ ...SMALL, name, labels: ['a', label, 'c'] })).toMatchObject({
      name,
      labels: ['a', label, 'c'],
    });
  });

  it('bands and normalization are read and kept', () => {
    const bands = { scale: 'mel', from: 60.5, to: 4000 };
    const normalize = { over: 'frame', rise: 0, fall: 8, floor: 11468, center: 16384, gain: 2 };
    const document = { ...SMALL, layers: [{ ...SMALL.layers[0], inputs: 8 }] };
    const frontend = { ...FRONTEND, bins: 8, bands, normalize };
    const head = readModelJson(new JsonValue('model.json', { ...document, frontend }, ''));
    expect(head.frontend).toEqual(frontend);
  });

  it('a linear scale has no divisor: whatever stands there is not kept', () => {
    const linear = { ...FRONTEND, scale: 'linear', gain: 1 / 32 };
    expect(load({ ...SMALL, frontend: linear }).frontend).toEqual({ ...linear, divisor: 1 });
    const { divisor: _, ...bare } = linear;
    expect(load({ ...SMALL, frontend: bare }).frontend).toEqual({ ...linear, divisor: 1 });
  });
});

describe('files around it', () => {
  it.each([
    ['no folder', (path: string) => join(path, 'none'), 'DIR/none: no such file or folder'],
    [
      'a file as the folder',
      (path: string) => join(path, 'w.pt'),
      'DIR/w.pt: is a file; a model is a folder with model.json and its weights',
    ],
  ])('%s', (_, place, expected) => {
    const path = folder(SMALL, FILES);
    expect(refusal(path, () => loadModel(place(path)))).toBe(expected);
  });

  it('no model.json', () => {
    const path = folder(SMALL, FILES);
    renameSync(join(path, 'model.json'), join(path, 'other.json'));
    expect(refusal(path, () => loadModel(path))).toBe('DIR/model.json: no such file or folder');
  });

  it('no weights', () => {
    const path = folder({ ...SMALL, weights: 'v.pt' }, FILES);
    expect(refusal(path, () => loadModel(path))).toBe('DIR/v.pt: no such file or folder');
  });

  it('weights of an unknown kind', () => {
    const path = folder({ ...SMALL, weights: 'w.onnx' }, { 'w.onnx': 'x' });
    expect(refusal(path, () => loadModel(path))).toBe(
      'DIR/w.onnx: weights are read from .pt, .pth, .ckpt, .safetensors, .npz files (found ".onnx")',
    );
  });

  it('weights that are a folder', () => {
    const path = folder({ ...SMALL, weights: 'v.pt' });
    mkdirSync(join(path, 'v.pt'));
    expect(refusal(path, () => loadModel(path))).toBe('DIR/v.pt: is a folder; a file is needed');
  });

  it('a link out of the folder is refused, one inside it is not', () => {
    const path = folder({ ...SMALL, weights: 'v.pt' }, FILES);
    symlinkSync('w.pt', join(path, 'v.pt'));
    expect(loadModel(path).layers).toHaveLength(1);
    const other = folder({ ...SMALL, weights: 'v.pt' });
    symlinkSync(join(path, 'w.pt'), join(other, 'v.pt'));
    expect(refusal(other, () => loadModel(other))).toBe(
      'DIR/v.pt: is a link out of the model folder, which is refused',
    );
  });

  it('a pickle that is no checkpoint', () => {
    const path = folder(SMALL, { 'w.pt': pickle('N') });
    expect(refusal(path, () => loadModel(path))).toBe(
      'DIR/w.pt: is a pickle, but not of torch.save; save tensors with torch.save or np.savez',
    );
  });
});
