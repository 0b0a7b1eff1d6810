// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { matrix } from '../../compiler/cli/commands/eval.ts';
import { evaluate, wilson } from '../../compiler/report/evaluate/evaluation.ts';

describe('wilson', () => {
  it('gives the published values', () => {
    // R: prop.test(x, n, correct = FALSE)$conf.int
    const cases: [number, number, number, number][] = [
      [15, 148, 0.06237, 0.1605],
      [81, 263, 0.2553, 0.3662],
      [1, 29, 0.006113, 0.1718],
    ];
    for (const [k, n, low, high] of cases) {
      expect(wilson(k, n)[0]).toBeCloseTo(low, 4);
      expect(wilson(k, n)[1]).toBeCloseTo(high, 4);
    }
  });

  it('stays within 0 and 1', () => {
    expect(wilson(0, 20)[0]).toBe(0);
    expect(wilson(20, 20)[1]).toBe(1);
    expect(wilson(0, 20)[1]).toBeCloseTo(0.1611, 4);
    expect(wilson(0, 0)).toEqual([0, 1]);
  });
});

describe('evaluate', () => {
  const evaluation = evaluate(
    ['a', 'b', 'c'],
    [
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 1],
    ],
  );

  it('counts by label and prediction', () => {
    expect(evaluation).toMatchObject({ clips: 4, correct: 3, accuracy: 0.75, recall: [0.5, 1, null] });
    expect(evaluation.confusion).toEqual([
      [1, 1, 0],
      [0, 2, 0],
      [0, 0, 0],
    ]);
  });

  it('refuses labels that do not exist', () => {
    expect(() => evaluate(['a'], [[0, 1]])).toThrow(RangeError);
    expect(() => evaluate(['a'], [[-1, 0]])).toThrow(RangeError);
  });

  it('shows the matrix in the width that it has', () => {
    expect(matrix(evaluation, 80)).toEqual([
      'label  predicted',
      '       a b c    recall',
      'a      1 1 .    50.0 %',
      'b      . 2 .   100.0 %',
      'c      . . .         -',
    ]);
  });

  it('lists the errors of many labels instead', () => {
    const labels = Array.from({ length: 40 }, (_, i) => `label ${i}`);
    const lines = matrix(
      evaluate(labels, [
        [3, 4],
        [3, 4],
        [5, 5],
      ]),
      80,
    );
    expect(lines).toContain('label 3 predicted as label 4: 2');
    expect(lines.every((line) => line.length <= 80)).toBe(true);
  });
});
