// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';
import { JsonValue } from '../../compiler/core/base/json.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
import { shareRecordings } from '../../compiler/training/train/augment/features.ts';
import features, { type FeaturesInit } from '../../compiler/training/train/augment/features-task.ts';
import { hardNegative } from '../../compiler/training/train/augment/hard-negatives.ts';
import { NOTHING } from '../../compiler/training/train/augment/rules.ts';
import { labelSteps } from '../../compiler/training/train/augment/step-labels.ts';
import { readTrainingConfig } from '../../compiler/training/train/config.ts';
import { UNLABELLED } from '../../compiler/training/train/loss.ts';
import { Random } from '../../compiler/training/train/random.ts';

const RULES = { background: 1, from: 0.6, hold: 0.1, hardNegatives: 0 };
const WINDOW = { frame: 100, hop: 100, steps: 20 };

function labels(label: number, start: number, length: number): number[] {
  const steps = new Int32Array(WINDOW.steps);
  labelSteps(steps, label, { start, length }, WINDOW, 1000, RULES);
  return [...steps];
}

describe('labels of steps', () => {
  it('follow the word: background, nothing, the word, nothing, background', () => {
    // Frame t ends at 100 (t + 1): the word lies in frames 2 to 11, 30 % of it are over with frame 4.
    const expected = [1, 1, 1, 1, -1, -1, -1, 0, 0, 0, 0, 0, 0, -1, -1, -1, 1, 1, 1, 1];
    expect(UNLABELLED).toBe(-1);
    expect(labels(0, 200, 1000)).toEqual(expected);
  });

  it('follow a word that begins before the window or ends behind it', () => {
    expect(labels(0, -800, 1000).slice(0, 8)).toEqual([0, 0, 0, -1, -1, -1, 1, 1]);
    expect(labels(0, 1500, 1000)).not.toContain(0);
  });

  it('are background all along where the clip is', () => {
    expect(new Set(labels(1, 200, 1000))).toEqual(new Set([1]));
  });
});

describe('the share of hard negatives', () => {
  const labels = (rules: object) => {
    const document = new JsonValue('c.json', { labels: { background: 'other', ...rules } }, '');
    return readTrainingConfig(document, ['one', 'other']).labels;
  };

  it('is called "decoys", too', () => {
    expect(labels({})).toMatchObject({ hardNegatives: 0 });
    expect(labels({ hardNegatives: 0.3 })).toMatchObject({ hardNegatives: 0.3 });
    expect(labels({ decoys: 0.3 })).toEqual(labels({ hardNegatives: 0.3 }));
  });

  it('has one name at a time', () => {
    expect(() => labels({ decoys: 0.3, hardNegatives: 0.2 })).toThrow(
      'c.json: is another name of "hardNegatives"; give one (at labels.decoys)',
    );
  });
});

describe('a hard negative', () => {
  const samples = Int16Array.of(1, 2, 3, 4, 5);
  const other = Int16Array.of(6, 7, 8, 9);

  it('is the word backwards, with exchanged halves, half of it, or halves of two', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 40; seed++) seen.add(hardNegative(samples, other, new Random(seed)).join());
    expect([...seen].sort()).toEqual(['1,2', '1,2,8,9', '3,4,5,1,2', '5,4,3,2,1']);
    expect([...samples]).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('features with labels of steps', () => {
  const frontend = quantizeFrontend({
    ...{ sampleRate: 8000, frame: 128, hop: 128, window: 'hann', bins: 64 },
    ...{ scale: 'log2', gain: 8, divisor: 9 },
  } as const);
  const recordings = Array.from({ length: 60 }, (_, i) => new Int16Array(1280).fill(100 * i));
  const truths = Int32Array.from(recordings, (_, i) => i % 3);
  const run = (hardNegatives: number, rules: typeof NOTHING | null) => {
    const steps = new Int32Array(20 * recordings.length);
    const init: FeaturesInit = {
      ...{ frontend, steps: 20, seed: 1, round: 0, rules, others: [...recordings.keys()] },
      clips: shareRecordings(recordings),
      backgrounds: shareRecordings([]),
      features: new Int16Array(20 * 64 * recordings.length),
      labels: { rules: { ...RULES, hardNegatives }, truths, steps },
    };
    const task = features(init);
    recordings.forEach((_, clip) => {
      task(clip);
    });
    return recordings.map((_, clip) => [...steps.subarray(20 * clip, 20 * clip + 20)]);
  };

  it('label every clip after its own word, in the middle of the window', () => {
    for (const rules of [null, NOTHING]) {
      run(0, rules).forEach((found, clip) => {
        const expected = new Int32Array(20);
        const place = { start: 640, length: 1280 };
        labelSteps(expected, truths[clip] ?? 0, place, { frame: 128, hop: 128, steps: 20 }, 8000, RULES);
        expect(found).toEqual([...expected]);
      });
    }
  });

  it('make so many keywords background as in the rules, never those of validation', () => {
    const background = (lists: number[][]) =>
      lists.filter((list) => list.every((label) => label === 1)).length;
    expect(background(run(0.5, null))).toBe(20);
    const found = background(run(0.5, NOTHING));
    expect(found).toBeGreaterThan(30);
    expect(found).toBeLessThan(50);
  });
});
