// SPDX-License-Identifier: Apache-2.0
/** The table of goals in `make bench`: what is met and missed comes from the figures, and what is missed leads somewhere. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';

interface Goal {
  readonly of: string;
  readonly goal: string;
  readonly most: number;
  readonly hop: boolean;
  readonly see: string;
}

const { GOALS, goalLines } = (await import('../tools/bench/goals.js' as string)) as {
  GOALS: readonly Goal[];
  goalLines(figures: Readonly<Record<string, number | null>>, goals?: readonly Goal[]): string[];
};

const cycles = { of: 'step', goal: 'a step', most: 12_400, hop: true, see: 'what-limits-it' };
const bytes = { of: 'bytes', goal: 'a weight', most: 1.1, hop: false, see: 'sparse' };

test.each([
  [12_400, 1.1, 'a step | 12,400 | 12,400 | 1.6 % | met', 'a weight | 1.1 | 1.10 | - | met'],
  [
    12_400.2,
    1.1004,
    'a step | 12,400 | 12,401 | 1.6 % | missed: [what limits it](KERNELS.md#what-limits-it)',
    'a weight | 1.1 | 1.11 | - | missed: [what limits it](KERNELS.md#sparse)',
  ],
])('%f cycles and %f bytes', (step, each, first, second) => {
  expect(goalLines({ step, bytes: each }, [cycles, bytes]).slice(2)).toEqual([
    `| ${first} |`,
    `| ${second} |`,
  ]);
});

test('what cannot be measured here is neither met nor missed; what nothing measures is a mistake', () => {
  expect(goalLines({ step: null }, [cycles]).at(-1)).toBe('| a step | 12,400 | - | - | not measured |');
  expect(() => goalLines({}, [cycles])).toThrow('nothing measures step');
});

test('every goal has a name of its own and a place in docs/KERNELS.md', () => {
  const headings = [...readFileSync(packagePath('docs', 'KERNELS.md'), 'utf8').matchAll(/^#+ (.+)$/gm)];
  const anchors = headings.map(([, title]) => title?.toLowerCase().replaceAll(' ', '-'));
  expect(new Set(GOALS.map(({ of }) => of)).size).toBe(GOALS.length);
  for (const { see } of GOALS) expect(anchors).toContain(see);
});
