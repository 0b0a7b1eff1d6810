// SPDX-License-Identifier: Apache-2.0
/** Documents in JSON: model.json, program.json, a training's configuration. */
import { readFileSync } from 'node:fs';
import { type JsonValue, parseJson } from '../../../compiler/core/base/json.ts';
import { readModelJson } from '../../../compiler/core/model/model-json.ts';
import { programFromJson, programToJson } from '../../../compiler/core/program/program-json.ts';
import { posteriorDigest, readTuning, tuningToJson } from '../../../compiler/core/program/tuning.ts';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { readDatasetConfig } from '../../../compiler/training/data/config.ts';
import { readTrainingConfig } from '../../../compiler/training/train/config.ts';
import { listener } from '../../support/stream-program.ts';
import { toyProgram } from '../../support/toy.ts';
import type { Target } from '../harness/target.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const json = (value: unknown): Uint8Array => bytes(JSON.stringify(value));
const shipped = (...path: string[]): Uint8Array => readFileSync(packagePath('models', ...path));

const model = {
  ...{ format: 1, name: 'small', labels: ['a', 'b', 'c'], weights: 'w.npz', integerScale: 0.25 },
  layers: [{ type: 'dense', name: 'fc', inputs: 2, units: 3, activation: 'none' }],
  ...{ tensors: { 'fc.weight': 'head.w' }, ignore: ['ema.*'], license: 'Apache-2.0' },
};

const normalizing = {
  ...model,
  layers: [{ ...model.layers[0], inputs: 20 }],
  frontend: listener({ frame: 128, hop: 64, seed: 1, last: 'dense', over: 'frame' }).frontend?.definition,
};

const spotter = listener({ frame: 64, hop: 40, seed: 67, last: 'egru' });
const tuning = {
  ...{ network: posteriorDigest(spotter), window: 64, refractory: 31, vad: null, hours: 1.5 },
  keywords: [
    {
      ...{ label: spotter.labels[1] ?? '', words: 31 },
      points: [
        { threshold: 589, misses: 0, events: 40 },
        { threshold: 20_000, misses: 2, events: 3 },
      ],
    },
  ],
  curve: [
    { events: 3, misses: 2 },
    { events: 40, misses: 0 },
  ],
};

const training = {
  ...{ name: 'm', recurrent: [8], dense: [8], quantizer: 'code', bias: 'septenary', steps: 16, seed: 3 },
  ...{ readout: { steps: 16, rule: 'sum' }, batch: 16, patience: 5, renew: 3 },
  phases: [
    { epochs: 10, quantize: false, rate: 0.02 },
    { epochs: 10, quantize: true, schedule: 'cosine', rate: 0.01 },
  ],
  augment: { gain: [-0.3, 0.1], noise: { level: [-4, -3] } },
  loss: { scale: 4, smoothing: 0.05, classWeights: 'equal' },
  dataset: {
    ...{ pattern: '{label}_{index}.wav', strict: true, trim: 0.1, names: { a: 'b' }, backgrounds: 'noise' },
    extra: [{ path: 'more', label: 'x', split: 'train' }],
    split: { by: 'field', field: 'index', validation: '5-9', test: '0-4' },
  },
};

/** As the commands look for it. */
function datasetOf(document: JsonValue): JsonValue | null {
  const member = document.members().get('dataset');
  return member === undefined || member.value === null ? null : member;
}

export const documentTargets: readonly Target[] = [
  {
    name: 'model-json',
    text: true,
    corpus: [
      ...[json(model), json(normalizing)],
      ...[shipped('spoken-digits', 'model.json'), shipped('wake-words', 'model.json')],
    ],
    read: (file) => readModelJson(parseJson('m/model.json', file)),
  },
  {
    name: 'program-json',
    text: true,
    corpus: [
      bytes(programToJson(toyProgram())),
      bytes(programToJson(listener({ frame: 64, hop: 40, seed: 67, last: 'egru' }))),
      bytes(programToJson(listener({ frame: 128, hop: 64, seed: 1, last: 'dense', over: 'band' }))),
    ],
    read: (file) => programFromJson(file, 'program.json'),
  },
  {
    name: 'tuning-json',
    text: true,
    corpus: [bytes(tuningToJson(tuning))],
    read: (file) => readTuning('tuning.json', file, spotter),
  },
  {
    name: 'training-json',
    text: true,
    corpus: [json(training), json({ phases: [{ epochs: 1, quantize: true, rate: 0.1 }] })],
    read: (file) => {
      const document = parseJson('c.json', file);
      readTrainingConfig(document, ['a', 'b']);
      readDatasetConfig(datasetOf(document));
    },
  },
];
