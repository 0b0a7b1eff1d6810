// SPDX-License-Identifier: Apache-2.0
/**
 * What a training for streams starts from where the configuration states nothing: the recipe of models/wake-words, with
 * the weights of the last epoch, since mining changes what losses are taken from.
 */
import type { StreamLabels } from '../config.ts';

/** Members of a configuration, but for "labels" and "background". */
export const STREAM_RECIPE: Readonly<Record<string, unknown>> = {
  readout: { steps: 94, rule: 'sum' },
  steps: 140,
  // Those of models/digits, whose layers the training starts from: words in general are learnt there.
  frontend: {
    ...{
      sampleRate: 8000,
      frame: 128,
      hop: 128,
      window: 'hann',
      bins: 32,
      scale: 'log2',
      gain: 4096,
      divisor: 18,
    },
    bands: { scale: 'mel', from: 60, to: 4000 },
    normalize: { over: 'frame', rise: 0, fall: 8, floor: 11468, center: 16384, gain: 2 },
  },
  recurrent: [64, 48],
  keep: 'last',
  renew: 2,
  // A word or two by a few people are few clips: small batches make enough steps of them.
  batch: 32,
  loss: { scale: 4, smoothing: 0.01 },
  // Thresholds rest on what validates; nothing is kept for a test that nobody asked for.
  dataset: { split: { by: 'rank', validation: 0.2, test: 0 } },
  phases: [
    { epochs: 15, quantize: false, rate: 0.006 },
    { epochs: 65, quantize: true, rate: 0.005 },
  ],
  augment: {
    shift: true,
    gain: [-1.3, 0.5],
    speed: [0.85, 1.18],
    noise: { level: [-5.6, -1.4], colours: ['white', 'pink', 'brown'] },
    reverberation: { probability: 0.3, seconds: [0.1, 0.5], wet: [0.1, 0.8] },
  },
};

export const STREAM_LABELS: Omit<StreamLabels, 'background' | 'clip'> = {
  from: 0.8,
  hold: 0.7,
  hardNegatives: 0.3,
  adjust: 1.5,
};

/** Members of `background`, beside its path. */
export const STREAM_BACKGROUND: Readonly<Record<string, unknown>> = { windows: 3 };
