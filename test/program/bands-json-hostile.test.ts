// SPDX-License-Identifier: Apache-2.0
/** Bands and levels in program.json that cannot be are refused in one line. */
import { describe, expect, it } from 'vitest';
import { programFromJson, programToJson } from '../../compiler/core/program/program-json.ts';
import { refusal } from '../model/folder.ts';
import { NORMALIZING } from './toy-frontend.ts';

type Edit = (program: Record<string, never> & ReturnType<typeof JSON.parse>) => void;

function problem(edit: Edit): string {
  const plain = JSON.parse(programToJson(NORMALIZING));
  edit(plain);
  return refusal('', () => programFromJson(JSON.stringify(plain), 'p.json'));
}

describe('a hostile feature extractor', () => {
  const bands: [string, Edit, string][] = [
    [
      'a band beyond the spectrum',
      (p) => {
        p.frontend.bands.first[1] = 31;
      },
      'band 1 ends beyond bin 31 (at frontend.bands)',
    ],
    [
      'a band that is too heavy',
      (p) => {
        const { count, weights } = p.frontend.bands;
        p.frontend.bands.first[0] = 0;
        weights.splice(0, count[0], ...Array.from({ length: 17 }, () => 16));
        count[0] = 17;
      },
      'the weights of band 0 are 272, at most 256 (at frontend.bands)',
    ],
    [
      'an empty band',
      (p) => {
        p.frontend.bands.count[1] = 0;
      },
      'must be an integer from 1 to 32, found 0 (at frontend.bands.count[1])',
    ],
    [
      'a missing weight',
      (p) => {
        p.frontend.bands.weights.pop();
      },
      'must be a list of 15 integers, found 14 (at frontend.bands.weights)',
    ],
    [
      'a weight above 1.0',
      (p) => {
        p.frontend.bands.weights[0] = 17;
      },
      'must be an integer from 0 to 16, found 17 (at frontend.bands.weights[0])',
    ],
    [
      'a corner that is none',
      (p) => {
        p.frontend.bands.from = '-1';
      },
      'must be the shortest decimal text of a number from 0 (at frontend.bands.from)',
    ],
    [
      'a level that rises too slowly',
      (p) => {
        p.frontend.normalize.rise = 11;
      },
      'must be an integer from 0 to 10, found 11 (at frontend.normalize.rise)',
    ],
    [
      'a floor beyond Q15',
      (p) => {
        p.frontend.normalize.floor = 32768;
      },
      'must be an integer from 0 to 32767, found 32768 (at frontend.normalize.floor)',
    ],
  ];
  it.each(bands)('%s', (_, edit, expected) => {
    expect(problem(edit)).toBe(`p.json: ${expected}`);
  });
});
