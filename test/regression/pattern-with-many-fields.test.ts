// SPDX-License-Identifier: Apache-2.0
/** A model whose pattern had seven fields made `eval` hang at a file with a long name. */
import { expect, it } from 'vitest';
import { patternReader } from '../../compiler/host/audio/labels.ts';
import { Random } from '../support/random.ts';

it('a pattern of many fields is matched in time that grows with the name', () => {
  const read = patternReader('{a}_{b}_{c}_{d}_{e}_{f}_{label}.wav', 'model.json');
  expect(read('_'.repeat(250))).toBeNull();
  expect(Object.fromEntries(read(`x/${'a_'.repeat(6)}_end.wav`) ?? [])).toEqual({
    ...{ a: 'a', b: 'a', c: 'a', d: 'a', e: 'a', f: 'a', label: '_end' },
  });
});

it('a pattern matches what a regular expression would', () => {
  const random = new Random(5);
  for (let i = 0; i < 3000; i++) {
    const text = (pieces: readonly string[], most: number) =>
      Array.from({ length: random.between(1, most) }, () => random.pick(pieces)).join('');
    const names = ['{l}', '{s}', '{i}'];
    const pattern =
      text(['_', 'a', '/', '😀'], 2) + names.map((name) => name + text(['_', 'a', '', '/'], 2)).join('');
    const file = text(['_', 'a', 'b', '/', '😀'], 14);
    const source = pattern.replace(/\{(.)\}/g, '(?<$1>[^/]+?)');
    const expected = new RegExp(`(?:^|/)${source}$`, 'su').exec(file)?.groups;
    const found = patternReader(pattern, 'p')(file);
    expect(found === null ? undefined : Object.fromEntries(found), `${pattern} ${file}`).toEqual(
      expected === undefined ? undefined : { ...expected },
    );
  }
});
