// SPDX-License-Identifier: Apache-2.0
/** Times and shares in `detect` of model.json: what they mean, and how they are written again. */
import { describe, expect, it } from 'vitest';
import { JsonValue } from '../../compiler/core/base/json.ts';
import { spliceMember } from '../../compiler/core/base/json-splice.ts';
import { readDetect } from '../../compiler/core/model/detect-json.ts';
import { framesOf, writeFrames, writeShare } from '../../compiler/core/model/detect-units.ts';
import { changedDetect } from '../../compiler/core/model/detect-write.ts';
import type { FrontendModel } from '../../compiler/core/model/model.ts';

/** 16 ms a frame. */
const clock = { sampleRate: 8000, frame: 128, hop: 128 } as FrontendModel;
const labels = ['lamp', 'other', 'radio'];
const read = (detect: object, frontend: FrontendModel | null = clock) =>
  readDetect(new JsonValue('model.json', detect, 'detect'), labels, frontend);
const keyword = (lamp: object) => read({ keywords: { lamp } }).keywords[0];

describe('a time', () => {
  it.each([
    ['0.3 s', 19],
    ['800 ms', 50],
    ['800ms', 50],
    ['0.5s', 31],
    ['8 ms', 1],
    ['1 ms', 1],
    ['24 ms', 2],
    ['23.9 ms', 1],
    [7, 7],
    [0, 0],
    ['0 s', 0],
  ])('of %s is %i frames', (written, frames) => {
    expect(read({ refractory: written, keywords: { lamp: {} } }).refractory).toBe(frames);
  });

  it('can be window, refractory time, hangover and reset', () => {
    const vad = { level: 32, hangover: '0.2 s', reset: '10 ms' };
    const detect = read({ window: '256 ms', refractory: '1 s', keywords: { lamp: {} }, vad });
    expect(detect).toMatchObject({ window: 16, refractory: 63, vad: { level: 32, hangover: 13, reset: 1 } });
  });

  it.each([
    [{ window: '0 s' }, 'must come to 1 to 1024 frames, found "0 s": 0 (at detect.window)'],
    [{ window: '20 s' }, 'must come to 1 to 1024 frames, found "20 s": 1250 (at detect.window)'],
    [{ window: 0 }, 'must be an integer from 1 to 1024 frames, found 0 (at detect.window)'],
    [
      { window: 0.3 },
      'must be a whole number of frames or a time such as "0.3 s", found 0.3 (at detect.window)',
    ],
    [
      { refractory: '3 min' },
      'must be a time such as "0.3 s" or "800 ms", or a number of frames, found "3 min" (at detect.refractory)',
    ],
    [
      { refractory: '-1 s' },
      'must be a time such as "0.3 s" or "800 ms", or a number of frames, found "-1 s" (at detect.refractory)',
    ],
  ])('as in %j is refused', (change, message) => {
    expect(() => read({ keywords: { lamp: {} }, ...change })).toThrow(`model.json: ${message}`);
  });

  it('needs a feature extractor, without which frames have no duration', () => {
    expect(() => read({ window: '1 s', keywords: { lamp: {} } }, null)).toThrow(
      'model.json: is a time; without "frontend" frames have no duration: write their number (at detect.window)',
    );
  });
});

describe('a threshold', () => {
  it.each([
    [0.62, 20316],
    [0.5, 16384],
    [1e-9, 1],
    [0.999999, 32767],
    [20316, 20316],
    // Whole numbers are Q15, whatever they are.
    [1, 1],
    [2, 2],
  ])('of %d is %i in Q15', (threshold, q15) => {
    expect(keyword({ threshold })?.threshold).toBe(q15);
  });

  it('has a release in either unit, which is not above it', () => {
    expect(keyword({ threshold: 0.5, release: 8000 })).toEqual({ label: 0, threshold: 16384, release: 8000 });
    expect(keyword({ threshold: 16384, release: 0.25 })).toEqual({
      label: 0,
      threshold: 16384,
      release: 8192,
    });
    expect(() => keyword({ threshold: 0.5, release: 0.6 })).toThrow(
      'model.json: must be at most the threshold, found 0.6 (19661 in Q15) (at detect.keywords.lamp.release)',
    );
  });

  it.each([0, -0.5, 1.5, 32768, '0.62', null])('of %j is refused or left to its default', (threshold) => {
    if (threshold === null) expect(keyword({ threshold })?.threshold).toBe(16384);
    else
      expect(() => keyword({ threshold })).toThrow(
        /^model\.json: must be a whole number from 1 to 32767 in Q15 \(32768 is 1\), or between 0 and 1 as 0\.62, found /,
      );
  });
});

describe('writing', () => {
  it('times and shares come back to the same integers', () => {
    for (let n = 1; n < 32768; n += 97) {
      expect(keyword({ threshold: writeShare(n, 'share') })?.threshold).toBe(n);
      for (const unit of ['s', 'ms'] as const) {
        const text = String(writeFrames(n, unit, clock));
        const number = Number.parseFloat(text) / (unit === 'ms' ? 1000 : 1);
        expect(text.endsWith(` ${unit}`)).toBe(true);
        expect(framesOf(number, clock)).toBe(n);
      }
    }
    expect(writeShare(20316, 'share')).toBe(0.62);
    expect(writeFrames(19, 's', clock)).toBe('0.3 s');
  });

  const change = {
    ...{ scale: 4, window: 24, refractory: 50, vad: { level: 32, hangover: 19, reset: 12 } },
    keywords: [
      { label: 0, threshold: 20316, release: 16384 },
      { label: 2, threshold: 9000, release: 7200 },
    ],
  };

  it('keeps what means the same as it was written, and its units for what does not', () => {
    const written = {
      keywords: { radio: { threshold: 0.3 }, lamp: { release: '', threshold: 20316 } },
      vad: { level: 0.001, hangover: '300 ms', reset: 12 },
      window: '0.5 s',
      refractory: '800 ms',
    };
    const lamp = { release: 16384, threshold: 20316 };
    const radio = { threshold: 0.27466, release: 0.21973 };
    const detect = changedDetect(written, { ...change, vad: { ...change.vad, level: 33 } }, labels, clock);
    expect(JSON.stringify(detect)).toBe(
      JSON.stringify({
        keywords: { radio, lamp },
        vad: { level: 0.001, hangover: '300 ms', reset: 12 },
        window: '0.38 s',
        refractory: '800 ms',
      }),
    );
    expect(read(detect)).toEqual({ ...change, vad: { ...change.vad, level: 33 } });
  });

  it('is complete where nothing was written, and in integers', () => {
    const detect = changedDetect(undefined, { ...change, window: 31 }, labels, clock);
    expect(detect).toEqual({
      ...change,
      window: 31,
      keywords: {
        lamp: { threshold: 20316, release: 16384 },
        radio: { threshold: 9000, release: 7200 },
      },
    });
  });
});

describe('one member of a document', () => {
  it.each([
    ['{"a":[1,{"b":2}],"detect":{"x":"}"},"c":1.50}', '{"a":[1,{"b":2}],"detect":[\n 3\n],"c":1.50}'],
    ['{\n\t"detect": 1,\n\t"c": 2\n}\n', '{\n\t"detect": [\n\t 3\n\t],\n\t"c": 2\n}\n'],
    ['{\n  "a": {"detect": 1}\n}', '{\n  "a": {"detect": 1},\n  "detect": [\n   3\n  ]\n}'],
    ['{}', '{ "detect": [\n 3\n]}'],
    ['{"det\\u0065ct": "\\"}", "z": []}', '{"det\\u0065ct": [\n 3\n], "z": []}'],
  ])('of %j', (text, changed) => {
    expect(spliceMember(text, 'detect', '[\n 3\n]')).toBe(changed);
    expect(JSON.parse(changed).detect).toEqual([3]);
  });
});
