// SPDX-License-Identifier: Apache-2.0
/** From recordings to a model folder that the compiler takes. About three seconds. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cutClip } from '../../compiler/core/audio/crop.ts';
import { parseJson } from '../../compiler/core/base/json.ts';
import { Frontend } from '../../compiler/core/frontend/features.ts';
import { quantize } from '../../compiler/core/quant/quantize.ts';
import { Network as Simulator } from '../../compiler/core/sim/network.ts';
import { loadModel } from '../../compiler/host/load/load.ts';
import { RECIPE } from '../../compiler/training/train/augment/rules.ts';
import { readTrainingConfig } from '../../compiler/training/train/config.ts';
import { TrainingJob } from '../../compiler/training/train/job.ts';
import { Random } from '../../compiler/training/train/random.ts';
import type { TrainingClip, TrainingData } from '../../compiler/training/train/training-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'egru-job-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LABELS = ['down', 'flat', 'up'];
const STEPS = 16;

/** A tone that falls, stays or rises by an octave within a quarter of a second. */
function chirp(label: number, random: Random): TrainingClip {
  const begin = random.uniform(500, 1500);
  let phase = 0;
  const samples = Int16Array.from({ length: 1800 }, (_, n) => {
    phase += (2 * Math.PI * begin * 2 ** (((label - 1) * n) / 1800)) / 8000;
    return Math.round(8000 * Math.sin(phase) + 100 * random.signed());
  });
  return { samples, label };
}

function dataOf(training: number, validation: number): TrainingData {
  const random = new Random(21);
  const clips = (count: number) => Array.from({ length: count }, (_, i) => chirp(i % 3, random));
  return { labels: LABELS, training: clips(training), validation: clips(validation), backgrounds: [] };
}

const CONFIG = {
  name: 'chirps',
  recurrent: [10],
  dense: [8],
  readout: { steps: STEPS, rule: 'sum' },
  batch: 32,
  phases: [
    { epochs: 25, quantize: false, rate: 0.02 },
    { epochs: 25, quantize: true, rate: 0.01, schedule: 'cosine' },
  ],
  augment: { gain: [-0.3, 0.1], noise: { level: [-4, -3] } },
  renew: 5,
};

function configOf(changes: object = {}) {
  return readTrainingConfig(parseJson('config.json', JSON.stringify({ ...CONFIG, ...changes })), LABELS);
}

/** Classified correctly by the integers of the compiled model. */
function correctOf(model: string, clips: readonly TrainingClip[]): number {
  const program = quantize(loadModel(model));
  if (program.frontend === null) throw new Error('it has a feature extractor');
  const frontend = new Frontend(program.frontend);
  const network = new Simulator(program);
  const features = new Int16Array(64);
  return clips.filter(({ samples, label }) => {
    network.reset();
    const scores = [0, 0, 0];
    const pcm = cutClip(samples, 128, 128, STEPS);
    for (let t = 0; t < STEPS; t++) {
      frontend.frame(pcm, t * 128, features);
      network.step(features);
      network.logits.forEach((logit, k) => {
        scores[k] = (scores[k] ?? 0) + logit;
      });
    }
    return scores.indexOf(Math.max(...scores)) === label;
  }).length;
}

describe('a job', () => {
  const data = dataOf(96, 45);

  it('leaves a model that predicts with integers what it predicted in training', async () => {
    const job = new TrainingJob(configOf(), data);
    const end = await job.run();
    expect(end.reason).toBe('finished');
    const { best } = job.state;
    expect(best?.validationAccuracy).toBeGreaterThan(0.85);
    const model = join(folder, 'model');
    job.writeModel(model, end);
    expect(
      Math.abs(correctOf(model, data.validation) - 45 * (best?.validationAccuracy ?? 0)),
    ).toBeLessThanOrEqual(1);
    const record = JSON.parse(readFileSync(join(model, 'training.json'), 'utf8'));
    expect(record).toMatchObject({
      format: 1,
      end: 'finished',
      dataset: { labels: LABELS, training: 96, validation: 45 },
      best: { epoch: best?.epoch, quantized: true },
      configuration: { seed: 1, name: 'chirps' },
    });
    expect(record.epochs).toHaveLength(50);
  });

  it('goes on from a checkpoint, augmentation included, and knows other recordings', async () => {
    const short = configOf({ phases: [{ epochs: 8, quantize: false, rate: 0.01 }], renew: 3 });
    const whole = new TrainingJob(short, data);
    await whole.run();
    const path = join(folder, 'checkpoint');
    const first = new TrainingJob(short, data);
    const stop = new AbortController();
    await first.run({ signal: stop.signal, onEpoch: ({ epoch }) => epoch === 3 && stop.abort() });
    expect(first.state.epoch).toBe(4);
    first.saveCheckpoint(path);
    const second = new TrainingJob(short, data, path);
    await second.run();
    expect(second.state.parameters).toEqual(whole.state.parameters);
    expect(() => new TrainingJob(short, dataOf(95, 45), path)).toThrow(
      /checkpoint: the run started with .*\(dataset\)/,
    );
    expect(() => new TrainingJob(configOf({ ...CONFIG, seed: 2 }), data, path)).toThrow('(seed)');
  });

  it('trains the GRU and per-step labels, with balanced classes, and writes no model.json for a GRU', async () => {
    const phases = [{ epochs: 30, quantize: false, rate: 0.02 }];
    const config = configOf({
      cell: 'gru',
      labels: 'steps',
      loss: { classWeights: 'balanced' },
      phases,
      augment: null,
    });
    const uneven = { ...data, training: data.training.filter(({ label }, i) => label !== 1 || i % 2 === 0) };
    const job = new TrainingJob(config, uneven);
    const end = await job.run();
    expect(job.state.records.at(-1)?.validationAccuracy).toBeGreaterThan(0.6);
    const files = job.writeModel(join(folder, 'gru'), end).map((path) => path.split('/').at(-1));
    expect(files).toEqual(['weights.safetensors', 'training.json']);
  });
});

it('needs recordings to train on and to validate with', () => {
  for (const part of ['training', 'validation']) {
    expect(() => new TrainingJob(configOf(), { ...dataOf(3, 3), [part]: [] })).toThrow(
      `dataset: no recording is left for ${part}; change "split" of the configuration`,
    );
  }
});

describe('the configuration', () => {
  it('is the recipe by default', () => {
    const config = readTrainingConfig(parseJson('c', '{}'), LABELS);
    expect(config).toMatchObject({
      cell: 'egru',
      recurrent: [30, 20],
      dense: [16],
      quantizer: 'code',
      readout: { steps: 64, rule: 'sum' },
      batch: 128,
      renew: 2,
      augment: RECIPE,
      phases: [
        { epochs: 60, quantize: false, schedule: { kind: 'one-cycle', peak: 0.003 } },
        { epochs: 200, quantize: true, schedule: { kind: 'one-cycle', peak: 0.003 } },
      ],
    });
    expect(readTrainingConfig(parseJson('c', '{"augment": null}'), LABELS).augment).toBeNull();
  });

  it.each([
    ['{"epochs": 3}', 'c: unknown key "epochs"'],
    ['{"frontend": {"gain": 1}}', 'c: "frame" is missing (at frontend)'],
    [
      '{"readout": {"steps": 0, "rule": "sum"}}',
      'must be an integer from 1 to 65535, found 0 (at readout.steps)',
    ],
    ['{"recurrent": []}', 'must be a list of 1 to 8 values, found 0 (at recurrent)'],
    ['{"cell": "gru"}', 'a GRU is trained in float only'],
    [
      '{"phases": [{"epochs": 1, "quantize": 1, "rate": 0.1}]}',
      'must be true or false, found 1 (at phases[0].quantize)',
    ],
    [
      '{"phases": [{"epochs": 1, "quantize": true, "rate": 2}]}',
      'must be a number from 1e-9 to 1, found 2 (at phases[0].rate)',
    ],
    ['{"loss": {"classWeights": [1, 2]}}', 'must be a list of 3 values, found 2 (at loss.classWeights)'],
    ['{"augment": {"speed": [1.2, 0.9]}}', 'the interval 1.2 to 0.9 runs backwards (at augment.speed)'],
    [
      '{"augment": {"noise": {"level": [-3, -2], "colours": ["red"]}}}',
      'must be "white" or "pink" or "brown", found "red" (at augment.noise.colours[0])',
    ],
    ['{"adam": {"weightClip": 0.1}}', 'must be a number from 0.2 to 1000000, found 0.1 (at adam.weightClip)'],
  ])('%s', (text, message) => {
    expect(() => readTrainingConfig(parseJson('c', text), LABELS)).toThrow(message);
  });
});
