// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  labelIndex,
  patternReader,
  type SplitRules,
  splitTest,
  truthReader,
} from '../../compiler/host/audio/labels.ts';

const WORDS = ['zero', 'one', 'two'];
const RULES: SplitRules = {
  pattern: '{label}_{speaker}_{index}.wav',
  sets: new Map([
    ['test', new Map([['index', '0-4']])],
    ['few', new Map(Object.entries({ index: '3,7-8', speaker: 'theo,lucas' }))],
    ['odd', new Map([['room', '1']])],
  ]),
};

describe('labels', () => {
  it('are words, or digits that count the words', () => {
    expect(labelIndex(WORDS, 'two')).toBe(2);
    expect(labelIndex(WORDS, '2')).toBe(2);
    expect(labelIndex(WORDS, '3')).toBeNull();
    expect(labelIndex(WORDS, '02')).toBeNull();
    expect(labelIndex(['5', '6'], '6')).toBe(1);
    expect(labelIndex(['5', '6'], '0')).toBeNull();
  });

  it('come from the pattern, the splits or the folder, in this order', () => {
    const given = truthReader(WORDS, 'take{index}-{label}.wav', RULES);
    expect(given('one/take7-two.wav')).toBe(2);
    expect(given('one/2_theo_1.wav')).toBeNull();
    const known = truthReader(WORDS, undefined, RULES);
    expect(known('one/2_theo_1.wav')).toBe(2);
    expect(known('one/other.wav')).toBe(1);
    expect(known('nothing/other.wav')).toBeNull();
    expect(truthReader(WORDS, undefined, null)('x/two/2_theo_1.wav')).toBe(2);
  });

  it('can stand in a folder of the pattern', () => {
    expect(truthReader(WORDS, '{label}/{speaker}.wav', null)('data/one/ann.wav')).toBe(1);
  });
});

describe('patterns', () => {
  it('match whole names, with dots and brackets taken as they are', () => {
    const read = patternReader('{label}.({take}).wav', '--pattern');
    expect(read('d/one.(7).wav')?.get('take')).toBe('7');
    expect(read('d/oneX(7).wav')).toBeNull();
    expect(read('d/one.(7).wav.bak')).toBeNull();
  });

  it.each(['plain.wav', '{}_x.wav', '{a b}.wav', '{a}_{a}.wav'])('refuse %s', (pattern) => {
    expect(() => patternReader(pattern, '--pattern')).toThrow(/^--pattern: /);
  });

  it('need a label', () => {
    expect(() => truthReader(WORDS, '{speaker}.wav', null)).toThrow('--pattern: no {label} in {speaker}.wav');
  });
});

describe('splits', () => {
  it('select by ranges and by names', () => {
    const names = ['0', '4', '5', '10', '04'].map((i) => `x/1_theo_${i}.wav`);
    const test = splitTest(RULES, 'test');
    expect(test([...names, 'x/other.wav'])).toEqual([names[0], names[1], names[4]]);
    const few = splitTest(RULES, 'few');
    expect(few(['1_lucas_8.wav', '1_lucas_9.wav', '1_george_8.wav'])).toEqual(['1_lucas_8.wav']);
  });

  it('are shares of the files of each folder, whatever their order, by rank exactly', () => {
    const files = Array.from({ length: 60 }, (_, i) => `data/${i % 3 === 0 ? 'no' : 'yes'}/${i}.wav`);
    const rule = { by: 'rank', validation: 0.1, test: 0.25 } as const;
    const of = (split: string, given: readonly string[]) => splitTest(rule, split)(given);
    const parts = ['train', 'validation', 'test'].map((split) => of(split, files));
    expect(parts.map(({ length }) => length)).toEqual([39, 6, 15]);
    expect(of('test', files).filter((file) => file.includes('yes'))).toHaveLength(10);
    expect(parts.flat().sort()).toEqual([...files].sort());
    expect([...of('test', [...files].reverse())].reverse()).toEqual(of('test', files));
    const hashed = splitTest({ ...rule, by: 'hash' }, 'test');
    expect(hashed(files.slice(0, 30))).toEqual(hashed(files).filter((file) => files.indexOf(file) < 30));
    expect(() => splitTest(rule, 'few')).toThrow('have no few (train, validation, test)');
  });

  it('by fields leave for "train" what no rule keeps out', () => {
    const rules = { pattern: '{label}_{index}.wav', sets: new Map([['test', new Map([['index', '0-4']])]]) };
    expect(splitTest(rules, 'train')(['one_3.wav', 'one_5.wav', 'two_9.wav'])).toEqual([
      'one_5.wav',
      'two_9.wav',
    ]);
    const stated = { ...rules, sets: new Map([...rules.sets, ['train', new Map([['index', '9']])]]) };
    expect(splitTest(stated, 'train')(['one_3.wav', 'one_5.wav', 'two_9.wav'])).toEqual(['two_9.wav']);
  });

  it('name what is missing', () => {
    expect(() => splitTest(RULES, 'valid')).toThrow('no rule for valid (it has test, few, odd)');
    expect(() => splitTest(RULES, 'toString')).toThrow('no rule for toString');
    expect(() => splitTest(null, 'test')).toThrow('no rule for test (it has none)');
    expect(() => splitTest(RULES, 'odd')).toThrow('has no {room}');
  });
});
