// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { beats, type Comparison } from '../../compiler/report/compare/compare.ts';
import { escapeHtml } from '../../compiler/report/html/html.ts';
import { comparisonPage } from '../../compiler/report/pages/compare-page.ts';

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
    expect(page.match(/<circle [^>]*fill="var\(--accent\)"/g)).toHaveLength(2);
    expect(page.match(/<tr class="marked">/g)).toHaveLength(2);
    expect(page).toMatch(/<td[^>]*>12,345<\/td><td[^>]*>12,346<\/td>/);
    const circles = [...page.matchAll(/<circle [^>]*>/g)].map(([tag]) =>
      ['cx', 'cy'].map((name) => new RegExp(` ${name}="([\\d.]+)"`).exec(tag)?.[1] ?? ''),
    );
    const [[dearX, dearY], , [cheapX, cheapY]] = circles as [string[], string[], string[]];
    expect(page).toContain(` d="M${cheapX},${cheapY}L${dearX},${cheapY}L${dearX},${dearY}L`);
    expect(Number(cheapX)).toBeLessThan(Number(dearX));
    expect(Number(cheapY)).toBeGreaterThan(Number(dearY));
  });

  it('takes no name for markup, and loads nothing', () => {
    expect(page).not.toContain('<script');
    expect(page).toContain(escapeHtml(hostile));
    expect(page).not.toMatch(/(src|href)=|url\(|@import/);
  });
});
