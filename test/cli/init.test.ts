// SPDX-License-Identifier: Apache-2.0
/** From somebody's checkpoint to a model folder: init, inspect, and the errors that lead there. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { proposeLayers } from '../../compiler/core/model/propose.ts';
import { allWeights } from '../../compiler/core/weights/all-readers.ts';
import { parseWeights } from '../../compiler/core/weights/read-weights.ts';
import { checkpoint, pickle, stateDict, type TensorSource } from '../model/pickle-writer.ts';
import { egru, json, work } from './egru.ts';

const tensor = (name: string, ...shape: number[]): TensorSource => ({
  name,
  shape,
  values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i % 5) - 2) / 2),
});
const linear = (name: string, units: number, columns: number) => [
  tensor(`${name}.weight`, units, columns),
  tensor(`${name}.bias`, units),
];
/** In an order that is not that of evaluation. */
const SOURCES = [
  ...linear('net.fc', 3, 4),
  ...['zx', 'hx'].flatMap((gate) => linear(`net.rnn.weight_${gate}`, 4, 20 + 4)),
  tensor('norm', 4),
];
const weights = join(work, 'best.ckpt');
writeFileSync(weights, checkpoint(pickle(stateDict(SOURCES)), SOURCES));

it('init writes a model folder that compiles, and states what it assumed', async () => {
  const folder = join(work, 'made');
  const { code, stdout, stderr } = await egru(['init', weights, '-o', folder, '--labels', 'yes, no,other']);
  expect([code, stderr]).toEqual([
    0,
    `egru: ${folder}/best.ckpt: names of tensors begin with "net.", which is left out\n`,
  ]);
  expect(stdout).toContain('rnn: egru, 20 to 4\nfc: dense, 4 to 3\n');
  expect(stdout).toContain('assumed: feature extractor 8000 Hz, 64 samples every 64, window hann, 20 bins');
  expect(stdout).toContain('assumed: tensors that no layer needs are left out: norm\n');
  const model = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  expect(model).toMatchObject({ name: 'made', labels: ['yes', 'no', 'other'], ignore: ['norm'] });
  const shown = await egru(['inspect', folder, '--json']);
  expect(JSON.parse(shown.stdout).labels).toEqual(['yes', 'no', 'other']);
  const again = await egru(['init', weights, '-o', folder]);
  expect([again.code, again.stderr]).toEqual([
    2,
    `egru: ${folder}/model.json: exists already; give another folder, or remove it\n`,
  ]);
});

it('init with --json prints one document, and without it paths as a shell takes them', async () => {
  const folder = join(work, 'two words');
  const prefixed = `egru: ${folder}-2/best.ckpt: names of tensors begin with "net.", which is left out\n`;
  const { stdout } = await egru(['init', weights, '-o', folder]);
  expect(stdout).toContain(`then egru inspect '${folder}'\n`);
  const outcome = await egru(['init', weights, '-o', `${folder}-2`, '--json']);
  expect(outcome.stderr).toBe(prefixed);
  const document = JSON.parse(outcome.stdout);
  expect(document.model).toEqual(JSON.parse(readFileSync(join(`${folder}-2`, 'model.json'), 'utf8')));
  expect(document.files).toEqual(['best.ckpt', 'model.json'].map((name) => join(`${folder}-2`, name)));
  expect(document.assumed[0]).toBe('labels label0 to label2; --labels names them');
});

/** An event-based GRU of 20 inputs and 4 units as EvNN names it, and what follows it. */
const evnn = (thresholds: string) => [
  tensor('rnn.0.kernel', 20, 12),
  tensor('rnn.0.recurrent_kernel', 4, 12),
  tensor('rnn.0.bias', 12),
  tensor('rnn.0.recurrent_bias', 12),
  tensor(`rnn.0.${thresholds}`, 4),
  ...linear('out', 3, 4),
];

it.each([
  ['thr', { readout: 'last', prefix: 'rnn.0.', type: 'event-gru', name: 'rnn.0', inputs: 20, units: 4 }],
  ['thr_reparam', { type: 'event-gru', inputs: 20, units: 4 }],
])("init knows an event-based GRU by EvNN's tensors: %s", async (thresholds, layer) => {
  const folder = join(work, thresholds);
  const path = join(work, `${thresholds}.pt`);
  writeFileSync(path, checkpoint(pickle(stateDict(evnn(thresholds))), evnn(thresholds)));
  const { code, stdout } = await egru(['init', path, '-o', folder, '--json']);
  expect(code).toBe(0);
  const { model, assumed } = JSON.parse(stdout);
  expect(model.layers[0]).toMatchObject(layer);
  expect(model.layers[1]).toMatchObject({ type: 'dense', name: 'out', activation: 'none' });
  expect(assumed).toContainEqual(expect.stringContaining('"trace" or "mean" where what follows reads those'));
});

it('init knows an event-based eGRU by its thresholds, and a layer that lacks a tensor', async () => {
  const sources = [
    ...['zx', 'hx'].flatMap((gate) => linear(`gru.weight_${gate}`, 4, 20 + 4)),
    { ...tensor('gru.threshold', 4), values: [0, 0.25, 0.5, 1] },
    ...linear('fc', 3, 4),
  ];
  const path = join(work, 'events.pt');
  writeFileSync(path, checkpoint(pickle(stateDict(sources)), sources));
  const { stdout } = await egru(['init', path, '-o', join(work, 'events'), '--json']);
  expect(JSON.parse(stdout).model.layers[0]).toMatchObject({ type: 'event-egru', output: 'pulse' });
  const bare = evnn('other').slice(0, 5);
  writeFileSync(path, checkpoint(pickle(stateDict(bare)), bare));
  const part = await egru(['init', path, '-o', join(work, 'bare')]);
  expect([part.code, part.stderr]).toEqual([
    2,
    `egru: ${path}: "rnn.0.kernel" begins a layer of event-gru, which needs "rnn.0.thr" or "rnn.0.thr_reparam" of [4]; ` +
      'the file lacks it (egru inspect lists what it holds)\n',
  ]);
});

it('init refuses what it cannot make a model of, and writes nothing', async () => {
  const folder = join(work, 'never');
  const labels = await egru(['init', weights, '-o', folder, '--labels', 'a,b']);
  expect(labels.stderr).toBe('egru: --labels: 2 labels for the 3 outputs of best.ckpt\n');
  const gru = [tensor('rnn.weight_ih_l0', 12, 20), tensor('rnn.weight_hh_l0', 12, 4)];
  const path = join(work, 'gru.pt');
  writeFileSync(path, checkpoint(pickle(stateDict(gru)), gru));
  const other = await egru(['init', path, '-o', folder]);
  expect(other.code).toBe(2);
  expect(other.stderr).toContain("12 rows for 4 units is PyTorch's nn.GRU, which has a reset gate");
  expect(existsSync(folder)).toBe(false);
});

it('says what a file is that is none, and which layer lacks its bias', () => {
  const read = (bytes: Uint8Array) => () => parseWeights('w.pt', bytes, allWeights).tensors;
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n';
  expect(read(Buffer.from(pointer))).toThrow('w.pt: is a pointer of Git LFS, not the file itself');
  expect(read(Buffer.from('\n<!DOCTYPE html>'))).toThrow('w.pt: is an HTML page, not weights');
  const bare = SOURCES.filter(({ name }) => name !== 'net.rnn.weight_hx.bias');
  const tensors = read(checkpoint(pickle(stateDict(bare)), bare))();
  expect(() => proposeLayers('w.pt', tensors)).toThrow(
    'w.pt: "net.rnn.weight_hx.weight" has no bias beside it, which every layer needs; zeros will do',
  );
});

it('inspect lists the tensors of a weights file', async () => {
  const document = await json(['inspect', weights]);
  const tensors = document.tensors as { name: string; min: number; shares: number[] }[];
  expect(tensors.map(({ name }) => name)).toEqual(SOURCES.map(({ name }) => name));
  expect(tensors[0]).toMatchObject({ shape: [3, 4], format: 'float32', min: -1, max: 1 });
  expect(tensors[0]?.shares.reduce((a, b) => a + b)).toBeCloseTo(1);
  const { stdout } = await egru(['inspect', weights]);
  expect(stdout).toContain(`next: egru init ${weights} -o MODEL\n`);
});

it('a weights file where a model is needed leads there', async () => {
  const { code, stderr } = await egru(['compile', weights, '-o', join(work, 'x')]);
  expect(code).toBe(2);
  expect(stderr).toContain(
    '"egru init FILE -o MODEL" makes a model of weights, "egru inspect FILE" lists them',
  );
});
