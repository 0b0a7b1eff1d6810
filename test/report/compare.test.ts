// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { beats, type Comparison } from '../../compiler/report/compare/compare.ts';
import { axis, comparisonPage, escapeHtml } from '../../compiler/report/html/compare-page.ts';

describe('the front', () => {
  const point = (correct: number, cyclesPerStep: number) => ({ correct, cyclesPerStep });
  it.each([
    ['faster and more accurate', point(9, 10), point(8, 20), true],
    ['as accurate, faster', point(9, 10), point(9, 20), true],
    ['as fast, more accurate', point(9, 10), point(8, 10), true],
    ['the same', point(9, 10), point(9, 10), false],
    ['faster, less accurate', point(8, 10), point(9, 20), false],
    ['slower, more accurate', point(9, 20), point(8, 10), false],
    ['slower, less accurate', point(8, 20), point(9, 10), false],
  ])('%s', (_, a, b, expected) => expect(beats(a, b)).toBe(expected));

  it('counts flash where both have it', () => {
    const sized = (cyclesPerStep: number, flash: number) => ({ ...point(9, cyclesPerStep), flash });
    expect(beats(sized(10, 10), sized(10, 20))).toBe(true);
    expect(beats(sized(10, 20), sized(20, 10))).toBe(false);
  });
});

describe('axis', () => {
  it.each([
    [[3280, 8768, 11578], Number.POSITIVE_INFINITY],
    [[0.913, 0.967, 0.9766, 0.989], 1],
    [[1, 0.722], 1],
    [[0, 0.3], 1],
    [[11603], Number.POSITIVE_INFINITY],
    [[1], 1],
    [[0], 1],
  ])('of %j has round ticks around all values, below %d', (values, limit) => {
    const { ticks, at } = axis(values, 100, 500, limit);
    expect(ticks.length).toBeGreaterThanOrEqual(2);
    expect(ticks.length).toBeLessThanOrEqual(10);
    expect(at(ticks[0] ?? 0)).toBeCloseTo(100, 9);
    expect(at(ticks.at(-1) ?? 0)).toBeCloseTo(500, 9);
    for (const value of values) {
      expect(at(value)).toBeGreaterThanOrEqual(100 - 1e-9);
      expect(at(value)).toBeLessThanOrEqual(500 + 1e-9);
    }
    expect(ticks[0]).toBeGreaterThanOrEqual(0);
    expect(ticks.at(-1)).toBeLessThanOrEqual(limit + 1e-9);
  });
});

describe('page', () => {
  const model = (name: string, correct: number, cyclesPerStep: number, pareto: boolean) => ({
    ...{ model: name, name, kernel: 'unrolled', weights: 100, nonZero: 40, correct, accuracy: correct / 10 },
    interval: [correct / 10 - 0.2, Math.min(1, correct / 10 + 0.1)] as const,
    ...{ cyclesPerStep, cyclesPerStepMax: cyclesPerStep + 1, flash: 2000, ram: 300, pareto },
  });
  const hostile = `<script>alert(1)</script>&"'`;
  const comparison: Comparison = {
    clips: 10,
    chipClips: 5,
    models: [
      model('dear', 9, 30_000, true),
      model(hostile, 7, 40_000, false),
      model('cheap', 8, 12_345, true),
    ],
  };
  const page = comparisonPage(comparison, `digits ${hostile}`);

  it('lists every model, and draws the front from the fewest cycles on', () => {
    expect(page.match(/<circle /g)).toHaveLength(3);
    expect(page.match(/<g class="best">/g)).toHaveLength(2);
    expect(page.match(/<tr class="best">/g)).toHaveLength(2);
    expect(page).toContain('<td>12,345</td><td>12,346</td>');
    const circles = [...page.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [x, y]);
    const [[dearX, dearY], , [cheapX, cheapY]] = circles as [string[], string[], string[]];
    expect(page).toContain(`<path class="front" d="M${cheapX},${cheapY}H${dearX}V${dearY}H`);
    expect(Number(cheapX)).toBeLessThan(Number(dearX));
    expect(Number(cheapY)).toBeGreaterThan(Number(dearY));
  });

  it('takes no name for markup, and loads nothing', () => {
    expect(page).not.toContain('<script');
    expect(page).toContain(escapeHtml(hostile));
    expect(page).not.toMatch(/(src|href)=|url\(|@import/);
  });
});
