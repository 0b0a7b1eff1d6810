// SPDX-License-Identifier: Apache-2.0
/** What this project wants to reach, and the table that says what it does; goals-measured.js has the figures. */
import { table } from './folded.js';

/** Cycles of a hop of 16 ms at 48 MHz. */
export const HOP = 768_000;

const LARGE = '64-256-128-64-35 at 20 %';
const DENSE = '64-128-128-32-12, all weights';

/**
 * `of`: the name of a figure. `most`: what it may be. `hop`: whether it is cycles of which a hop has HOP.
 * `see`: where docs/KERNELS.md has what was tried, and what limits it.
 */
export const GOALS = [
  {
    of: 'digits',
    goal: 'spoken-digits `unrolled`, cycles a step',
    most: 12_400,
    hop: true,
    see: 'what-limits-it',
  },
  {
    of: 'features',
    goal: 'feature extractor, cycles a frame',
    most: 8_600,
    hop: true,
    see: 'what-limits-it',
  },
  {
    of: 'wakeWords',
    goal: 'wake-words `unrolled`, cycles a step',
    most: 11_500,
    hop: true,
    see: 'what-limits-it',
  },
  { of: 'large', goal: `${LARGE}, cycles a step`, most: 240_000, hop: true, see: 'mixed' },
  { of: 'largeBytes', goal: `${LARGE}, bytes`, most: 212_992, hop: false, see: 'mixed' },
  { of: 'dense', goal: `${DENSE}, cycles a step`, most: 385_000, hop: true, see: 'mixed' },
  ...[5, 10, 20, 50].flatMap((density) => [
    {
      of: `sparse${density}`,
      goal: `\`sparse\` at ${density} %, cycles a weight`,
      most: 7,
      hop: false,
      see: 'sparse',
    },
    {
      of: `bytes${density}`,
      goal: `\`sparse\` at ${density} %, bytes a weight`,
      most: 1.1,
      hop: false,
      see: 'sparse',
    },
  ]),
  {
    of: 'packedDigits',
    goal: '`packed`, spoken-digits, cycles a weight',
    most: 6.5,
    hop: false,
    see: 'packed',
  },
  { of: 'packedLarge', goal: `\`packed\`, ${LARGE}, cycles a weight`, most: 4.3, hop: false, see: 'packed' },
  { of: 'packedDense', goal: `\`packed\`, ${DENSE}, cycles a weight`, most: 4.3, hop: false, see: 'packed' },
];

export const HEADING = [
  '## Goals',
  '',
  'What the project wants to reach, and what the emulated chip measures, in the mean; of networks with random weights',
  '(test/tools/networks.js) and random features the most that a step took, mixed within what a board has for models.',
  'A sparse weight is one that is not zero, of a layer 64 -> 256, by the cost model, which is exact. Goals that are',
  'missed lead to what was tried.',
  '',
];

/** Whole from 100 on, two digits otherwise; rounded up, so that what is missed never looks met. */
function shown(value) {
  if (value >= 100) return Math.ceil(value).toLocaleString('en-US');
  return (Math.ceil(100 * value - 1e-6) / 100).toFixed(2);
}

/**
 * Lines of the table.
 * @param figures by the names that goals have; null: what it takes to measure it is not there
 * @throws Error where a goal has no figure
 */
export function goalLines(figures, goals = GOALS) {
  const rows = goals.map(({ of, goal, most, hop, see }) => {
    const figure = figures[of];
    if (figure === undefined) throw new Error(`nothing measures ${of}`);
    const limit = most >= 100 ? most.toLocaleString('en-US') : String(most);
    if (figure === null) return [goal, limit, '-', '-', 'not measured'];
    const share = hop ? `${((100 * figure) / HOP).toFixed(1)} %` : '-';
    const verdict = figure <= most ? 'met' : `missed: [what limits it](KERNELS.md#${see})`;
    return [goal, limit, shown(figure), share, verdict];
  });
  return table(['goal', 'at most', 'measured', 'of the hop', ''], rows);
}
