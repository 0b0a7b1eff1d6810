// SPDX-License-Identifier: Apache-2.0
/** Mistakes in model.json, and the one line that each mistake gives. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../compiler/host/load/load.ts';
import { BIAS, folder, refusal, SMALL, WEIGHT } from './folder.ts';
import { checkpoint, pickle, stateDict } from './pickle-writer.ts';

const FILES = { 'w.pt': checkpoint(pickle(stateDict([WEIGHT, BIAS])), [WEIGHT, BIAS]) };
const LEVEL = { over: 'frame', rise: 0, fall: 8, floor: 11468, center: 16384, gain: 2 };
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
const [FC] = SMALL.layers;
const EGRU = { type: 'egru', name: 'gru', inputs: 2, units: 2 };

function problem(model: unknown): string {
  const path = folder(model, FILES);
  return refusal(path, () => loadModel(path));
}

describe('model.json that is refused', () => {
  const layers = (...change: object[]) => ({ ...SMALL, layers: change });
  const frontend = (change: object) => ({ ...SMALL, frontend: { ...FRONTEND, ...change } });
  const { name: _, ...nameless } = SMALL;
  it.each([
    ['no JSON', '{"format": 1,\n "name": }', 'is not JSON (line 2, column 10)'],
    ['half of it', '{"format": 1,\n', 'is not JSON (it ends too early)'],
    ['nothing', '', 'is not JSON (it ends too early)'],
    ['a list', '[]', 'must be an object, found a list of 0 (at the top level)'],
    [
      'an unknown key',
      { ...SMALL, lables: [] },
      'unknown key "lables"; the nearest known one is "labels" (at the top level)',
    ],
    [
      'an unknown key with a prototype',
      '{"__proto__": {}}',
      'unknown key "__proto__"; the nearest known one is "frontend" (at the top level)',
    ],
    [
      'an unknown key of a layer',
      layers({ ...FC, unit: 3 }),
      'unknown key "unit"; the nearest known one is "units" (at layers[0])',
    ],
    ['a missing key', nameless, '"name" is missing (at the top level)'],
    ['another format', { ...SMALL, format: 2 }, 'must be 1, found 2 (at format)'],
    ['an empty name', { ...SMALL, name: '' }, 'must be non-empty text, found "" (at name)'],
    [
      'a long name',
      { ...SMALL, name: 'n'.repeat(101) },
      'must have at most 100 bytes in UTF-8, found 101 (at name)',
    ],
    [
      'a label that is long in UTF-8 only',
      { ...SMALL, labels: ['a', 'ü'.repeat(51), 'c'] },
      'must have at most 100 bytes in UTF-8, found 102 (at labels[1])',
    ],
    ['labels twice', { ...SMALL, labels: ['a', 'b', 'a'] }, 'the label "a" is listed twice (at labels)'],
    [
      'an empty label',
      { ...SMALL, labels: ['a', '', 'c'] },
      'must be non-empty text, found "" (at labels[1])',
    ],
    [
      'a label with NUL',
      { ...SMALL, labels: ['a', 'b\0', 'c'] },
      'text with a NUL character or half a surrogate pair cannot be used (at labels[1])',
    ],
    [
      'half a character',
      { ...SMALL, labels: ['a', '\ud800', 'c'] },
      'text with a NUL character or half a surrogate pair cannot be used (at labels[1])',
    ],
    [
      'too few labels',
      { ...SMALL, labels: ['a', 'b'] },
      '2 labels for the 3 units of the last layer (at labels)',
    ],
    ['no layers', layers(), 'must be a list of 1 to 16 values, found 0 (at layers)'],
    [
      'seventeen layers',
      layers(...Array.from({ length: 17 }, () => FC ?? {})),
      'must be a list of 1 to 16 values, found 17 (at layers)',
    ],
    [
      'an unknown type',
      layers({ ...FC, type: 'lstm' }),
      'must be "egru" or "dense" or "event-egru" or "delta" or "event-gru", found "lstm" (at layers[0].type)',
    ],
    [
      'an unknown rule',
      { ...SMALL, quantizer: 'round' },
      'must be "code" or "equation", found "round" (at quantizer)',
    ],
    ['an unknown bias', { ...SMALL, bias: 'float' }, 'must be "septenary" or "q15", found "float" (at bias)'],
    [
      'half a unit',
      layers({ ...FC, units: 2.5 }),
      'must be an integer from 1 to 65534, found 2.5 (at layers[0].units)',
    ],
    [
      'no units',
      layers({ ...FC, units: 0 }),
      'must be an integer from 1 to 65534, found 0 (at layers[0].units)',
    ],
    [
      'too many columns',
      layers({ ...FC, inputs: 65533 }),
      '65533 inputs and 3 units: together at most 65535 (at layers[0])',
    ],
    [
      'too many weights',
      layers({ ...FC, inputs: 30000, units: 35 }),
      'the layers up to here have 1050000 weights, at most 1048576 are compiled (at layers[0])',
    ],
    [
      'layers that do not meet',
      layers({ ...EGRU, units: 4 }, FC ?? {}),
      'has 2 inputs, but layer "gru" before it has 4 units (at layers[1])',
    ],
    [
      'two layers of a name',
      layers({ ...EGRU, name: 'fc' }, FC ?? {}),
      'a second layer of the name "fc" (at layers[1])',
    ],
    [
      'a name that is code',
      layers({ ...FC, name: 'fc*/' }),
      'a layer name has 1 to 64 letters, digits, "_", "." or "-", and no "." or "-" first (at layers[0].name)',
    ],
    [
      'a dense layer without activation',
      layers({ ...FC, activation: undefined }),
      '"activation" is missing (at layers[0])',
    ],
    [
      'an activation of an eGRU layer',
      layers({ ...EGRU, activation: 'none' }),
      '"activation" belongs to layers of type "dense"; this one has type "egru" (at layers[0])',
    ],
    [
      'an initial state of a dense layer',
      layers({ ...FC, initialState: [0, 0, 0] }),
      '"initialState" belongs to layers of type "egru"; this one has type "dense" (at layers[0])',
    ],
    [
      'an initial state that is too short',
      layers({ ...EGRU, initialState: [0] }),
      'must be a list of 2 integers, found 1 (at layers[0].initialState)',
    ],
    [
      'an initial state beyond Q15',
      layers({ ...EGRU, initialState: [0, 32768] }),
      'must be an integer from -32768 to 32767, found 32768 (at layers[0].initialState[1])',
    ],
    [
      'no activation in the middle',
      layers({ ...FC, units: 2 }, { ...FC, name: 'b' }),
      '"activation" may be "none" in the last layer only (at layers[0])',
    ],
    ['another frame', frontend({ frame: 100 }), 'must be 64, 128 or 256 (at frontend.frame)'],
    [
      'a hop beyond the frame',
      frontend({ hop: 129 }),
      'must be an integer from 1 to 128, found 129 (at frontend.hop)',
    ],
    [
      'bins that do not meet',
      frontend({ bins: 64 }),
      '64 bins for the 2 inputs of the first layer (at frontend.bins)',
    ],
    [
      'bands that fall',
      frontend({ bands: { scale: 'mel', from: 400, to: 300 } }),
      'must be above "from", 400 Hz (at frontend.bands.to)',
    ],
    [
      'bands beyond half of the sample rate',
      frontend({ bands: { scale: 'mel', from: 0, to: 4001 } }),
      'must be a number from 0 to 4000, found 4001 (at frontend.bands.to)',
    ],
    [
      'bands of another scale',
      frontend({ bands: { scale: 'bark', from: 0, to: 4000 } }),
      'must be "mel", found "bark" (at frontend.bands.scale)',
    ],
    [
      'too few bands',
      frontend({ bands: { scale: 'mel', from: 0, to: 4000 } }),
      '2 bands; 8 to 40 are possible, and "bins" counts them (at frontend.bands)',
    ],
    [
      'a gain of no power of two',
      frontend({ normalize: { ...LEVEL, gain: 3 } }),
      'must be 1, 2, 4 or 8 (at frontend.normalize.gain)',
    ],
    [
      'a level that falls too slowly',
      frontend({ normalize: { ...LEVEL, fall: 11 } }),
      'must be an integer from 0 to 10, found 11 (at frontend.normalize.fall)',
    ],
    [
      'a normalized linear scale',
      frontend({ scale: 'linear', normalize: LEVEL }),
      'needs the scale log2, where loudness is a constant that is added (at frontend.normalize)',
    ],
    ['too many bins', frontend({ bins: 66 }), 'must be an integer from 1 to 65, found 66 (at frontend.bins)'],
    [
      'an unknown window',
      frontend({ window: 'hamming' }),
      'must be "hann" or "rect", found "hamming" (at frontend.window)',
    ],
    ['no gain', frontend({ gain: 0 }), 'must be a positive number, found 0 (at frontend.gain)'],
    ['log2 without divisor', frontend({ divisor: undefined }), '"divisor" is missing (at frontend)'],
    [
      'an unknown key of the feature extractor',
      frontend({ windows: 1 }),
      'unknown key "windows"; the nearest known one is "window" (at frontend)',
    ],
    [
      'too many steps',
      { ...SMALL, readout: { steps: 65536, rule: 'sum' } },
      'must be an integer from 1 to 65535, found 65536 (at readout.steps)',
    ],
    [
      'an unknown readout',
      { ...SMALL, readout: { steps: 1, rule: 'mean' } },
      'must be "sum" or "last", found "mean" (at readout.rule)',
    ],
    ['splits without a pattern', { ...SMALL, splits: {} }, '"pattern" is missing (at splits)'],
    [
      'a split by what is not in the pattern',
      { ...SMALL, splits: { pattern: '{label}_{index}.wav', test: { idx: '1' } } },
      'unknown key "idx"; the nearest known one is "index" (at splits.test)',
    ],
    [
      'a split that is a number',
      { ...SMALL, splits: { pattern: '{label}', 'my test': { label: 3 } } },
      'must be non-empty text, found 3 (at splits["my test"].label)',
    ],
    ['detection without keywords', { ...SMALL, detect: {} }, '"keywords" is missing (at detect)'],
    [
      'detection with no keyword',
      { ...SMALL, detect: { keywords: {} } },
      'must name at least one label that is a keyword (at detect.keywords)',
    ],
    [
      'a keyword that is no label',
      { ...SMALL, detect: { keywords: { a: {}, d: {} } } },
      '"d" is not a label; the nearest one is "a" (at detect.keywords)',
    ],
    [
      'an unknown key of a keyword',
      { ...SMALL, detect: { keywords: { a: { treshold: 3 } } } },
      'unknown key "treshold"; the nearest known one is "threshold" (at detect.keywords.a)',
    ],
    [
      'an unknown key of detection',
      { ...SMALL, detect: { keywords: { a: {} }, refractry: 3 } },
      'unknown key "refractry"; the nearest known one is "refractory" (at detect)',
    ],
    [
      'a threshold that is a fraction',
      { ...SMALL, detect: { keywords: { a: { threshold: 1.5 } } } },
      'must be a whole number from 1 to 32767 in Q15 (32768 is 1), or between 0 and 1 as 0.62, found 1.5 (at detect.keywords.a.threshold)',
    ],
    [
      'a release above the threshold',
      { ...SMALL, detect: { keywords: { b: { threshold: 100, release: 101 } } } },
      'must be a whole number from 1 to 100 in Q15 (32768 is 1), or between 0 and 1 as 0.62; at most the threshold, found 101 (at detect.keywords.b.release)',
    ],
    [
      'keywords as a list',
      { ...SMALL, detect: { keywords: ['a'] } },
      'must be an object with a member per keyword: {"a": {}}, found a list (at detect.keywords)',
    ],
    [
      'a window of no frame',
      { ...SMALL, detect: { window: 0, keywords: { a: {} } } },
      'must be an integer from 1 to 1024 frames, found 0 (at detect.window)',
    ],
    [
      'a scale beyond reason',
      { ...SMALL, detect: { scale: 5000, keywords: { a: {} } } },
      'must be a number from 0.001 to 1000, found 5000 (at detect.scale)',
    ],
    [
      'voice activity without a feature extractor',
      { ...SMALL, detect: { keywords: { a: {} }, vad: { level: 1, hangover: 1, reset: 1 } } },
      'needs sound: a model without "frontend" has no frame energy for voice activity (at detect.vad)',
    ],
    [
      'voice activity without a reset',
      { ...frontend({}), detect: { keywords: { a: {} }, vad: { level: 1, hangover: 1 } } },
      '"reset" is missing (at detect.vad)',
    ],
    ['detection that is no object', { ...SMALL, detect: true }, 'must be an object, found true (at detect)'],
    [
      'weights in another folder',
      { ...SMALL, weights: '../w.pt' },
      'must be the name of a file in the model folder, without a path, found "../w.pt" (at weights)',
    ],
    [
      'weights with a backslash',
      { ...SMALL, weights: '..\\w.pt' },
      'must be the name of a file in the model folder, without a path, found "..\\\\w.pt" (at weights)',
    ],
    [
      'weights that are the folder',
      { ...SMALL, weights: '..' },
      'must be the name of a file in the model folder, without a path, found ".." (at weights)',
    ],
  ])('%s', (_, model, expected) => {
    expect(problem(model)).toBe(`DIR/model.json: ${expected}`);
  });

  it('bytes that are no text', () => {
    const path = folder(SMALL, FILES);
    writeFileSync(join(path, 'model.json'), Uint8Array.of(0x7b, 0xff));
    expect(refusal(path, () => loadModel(path))).toBe('DIR/model.json: is not UTF-8 text');
  });

  it('a megabyte and more', () => {
    const path = folder(`{"name": "${'x'.repeat(1 << 20)}"}`, FILES);
    expect(refusal(path, () => loadModel(path))).toBe(
      'DIR/model.json: too large: 1048588 bytes, at most 1048576 are read',
    );
  });

  it('a deep nest', () => {
    expect(problem(`{"format": ${'['.repeat(400_000)}${']'.repeat(400_000)}}`)).toBe(
      'DIR/model.json: must be 1, found a list of 1 (at format)',
    );
  });
});
