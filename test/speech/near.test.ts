// SPDX-License-Identifier: Apache-2.0
/** Words that sound like a keyword, by the phonemes of a dictionary. */
import { beforeAll, describe, expect, it } from 'vitest';
import { distance, distanceWithin } from '../../compiler/training/speech/distance.ts';
import { Lexicon } from '../../compiler/training/speech/lexicon.ts';
import { containsAny, nearTexts } from '../../compiler/training/speech/near.ts';
import { readPhrase } from '../../compiler/training/speech/phrase.ts';
import { type Planned, planSpeech } from '../../compiler/training/speech/plan.ts';

let lexicon: Lexicon;
beforeAll(async () => {
  lexicon = await Lexicon.load();
});
const sound = (text: string) => lexicon.phonemes(text.split(' '));

describe('distance', () => {
  it('is 0 for the same sound, and counts likeness', () => {
    expect(distance(sound('two'), sound('too'))).toBe(0);
    expect(distance(sound('lamp'), sound('lamb'))).toBeCloseTo(0.8);
    expect(distance(sound('bad'), sound('pad'))).toBeLessThan(distance(sound('bad'), sound('mad')));
    expect(distance(['AA'], ['K'])).toBeCloseTo(1.5);
    expect(distance([], sound('lamp'))).toBeCloseTo(3.2);
  });

  it('within speech leaves out what is around the word', () => {
    expect(distanceWithin(sound('two computers please'), sound('computer'))).toBe(0);
    expect(distanceWithin(sound('a commuter'), sound('computer'))).toBeGreaterThan(0.55);
  });
});

describe('texts near a keyword', () => {
  it('are other words, its parts among them', () => {
    const computer = readPhrase('computer');
    const { near, parts } = nearTexts(lexicon, computer, [computer]);
    expect(near.slice(0, 5)).toContain('commuter');
    expect(parts).toContain('compute');
    for (const text of ['computer', 'computers', 'minicomputer']) expect(near).not.toContain(text);
  });

  it('of a phrase keep its other words', () => {
    const phrase = readPhrase('hey lamp');
    const { near, parts } = nearTexts(lexicon, phrase, [phrase]);
    expect(parts).toEqual(expect.arrayContaining(['hey', 'lamp']));
    expect(near).toEqual(expect.arrayContaining(['hey damp', 'high lamp']));
    // They sound the same, or a synthesizer may read them so.
    for (const text of ['hay lamp', 'hey lampe', 'hey lamps']) {
      expect(containsAny(lexicon, text, [phrase]), text).toBe(true);
      expect(near).not.toContain(text);
    }
  });

  it('know words that the dictionary does not have by flite', () => {
    expect(lexicon.pronunciations('snowboy')).toEqual([['S', 'N', 'OW', 'B', 'OY']]);
  });
});

describe('a plan', () => {
  const voices = [[{ engine: 'flite', name: 'slt', pitch: true } as const]];
  const rules = { count: 20, negatives: 120, background: 'other', seed: 7 };
  const phrases = [readPhrase('smart mirror'), readPhrase('computer')];
  const planned = (seed: number) => planSpeech(phrases, voices, lexicon, { ...rules, seed });
  let all: readonly Planned[];
  beforeAll(() => {
    all = planned(7);
  });
  const plain = (text: string) => text.replaceAll(/[.,!?]/g, '');

  it('follows from the seed', () => {
    expect(planned(7)).toEqual(all);
    expect(planned(8)).not.toEqual(all);
  });

  it('has every keyword, and negatives of each kind that contain none', () => {
    const count = (label: string) => all.filter((each) => each.label === label).length;
    expect(['smart_mirror', 'computer', 'other'].map(count)).toEqual([20, 20, 120]);
    const others = all.filter(({ label }) => label === 'other');
    expect([...new Set(others.map(({ kind }) => kind))].sort()).toEqual([
      'everyday',
      'near',
      'part',
      'sentence',
    ]);
    const wrong = others.filter(({ utterance }) => containsAny(lexicon, plain(utterance.text), phrases));
    expect(wrong).toEqual([]);
    expect(new Set(all.map(({ file }) => file)).size).toBe(all.length);
  });

  it('draws speed, pitch and vocal tract apart: what is asked for makes up for how fast it is played', () => {
    for (const { utterance, shape, rate, pitch } of all) {
      expect(utterance.rate * shape.tract).toBeCloseTo(rate);
      expect(utterance.pitch * shape.tract).toBeCloseTo(pitch);
      expect(shape.level).toBeLessThanOrEqual(-12);
    }
  });
});
