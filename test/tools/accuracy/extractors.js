// SPDX-License-Identifier: Apache-2.0
/** The feature extractors that features.js compares, and the recipes that train with each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PLAIN = {
  ...{ sampleRate: 8000, frame: 128, hop: 128, window: 'hann' },
  ...{ bins: 64, scale: 'log2', gain: 8, divisor: 9 },
};
/** The logarithm alone, down to what 16 bits resolve. */
const WIDE = { ...PLAIN, gain: 4096, divisor: 18 };
const MEL = { bins: 32, bands: { scale: 'mel', from: 60, to: 4000 } };
const FRAME = { over: 'frame', rise: 0, fall: 8, floor: 11468, center: 16384, gain: 2 };

/** Heading of their section in docs/ACCURACY.md. */
export const FEATURES = '## Feature extractors';

/** Folder below build/features: what the page calls it, and the feature extractor. */
export const EXTRACTORS = {
  plain: ['64 bins', PLAIN],
  mel: ['32 mel bands', { ...PLAIN, ...MEL }],
  'mel-frame': ['32 mel bands, one level', { ...WIDE, ...MEL, normalize: FRAME }],
  'mel-band': [
    '32 mel bands, slow level each',
    { ...WIDE, ...MEL, normalize: { ...FRAME, over: 'band', rise: 6, floor: 9830, center: 4915 } },
  ],
};

/** Level over 40 dB and noise of three colours: all that training can do against loudness. */
const AUGMENT = {
  shift: true,
  gain: [-1.6, 0.4],
  speed: [0.88, 1.14],
  noise: { level: [-4.3, -2.3], colours: ['white', 'pink', 'brown'] },
};

export function digitsRecipe(root, frontend) {
  const { name, dataset } = JSON.parse(
    readFileSync(join(root, 'models/training/spoken-digits.json'), 'utf8'),
  );
  const phases = [
    { epochs: 12, quantize: false, rate: 0.01 },
    { epochs: 36, quantize: true, rate: 0.01 },
  ];
  return { name, phases, dataset, frontend, augment: AUGMENT };
}
