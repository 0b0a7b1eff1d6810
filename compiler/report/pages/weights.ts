// SPDX-License-Identifier: Apache-2.0
/** Each matrix before and after quantization, and the ranges of its accumulators. */
import { barX, rectY, ruleX, ruleY, text } from '@observablehq/plot';
import type { ModelFacts } from '../gather/facts.ts';
import { BINS, FROM, type WeightFacts, WIDTH } from '../gather/weights.ts';
import { COLOUR, chart } from '../html/chart.ts';
import { figure } from '../html/figure.ts';
import type { Html } from '../html/html.ts';
import { percent, whole } from '../html/numbers.ts';
import { columns } from '../html/table.ts';
import { LEVELS } from '../inspect/inspection.ts';

/** Values of LEVELS. */
const VALUES = [1, 0.5, 0.25, 0, -0.25, -0.5, -1];
/** Matrices that have a picture. */
const MOST = 24;
const WORD_BITS = 32;

export function weightFigures(model: ModelFacts, titled: (title: string) => string): Html[] {
  return [
    ...model.weights.slice(0, MOST).map((facts) => levelFigure(facts, titled)),
    accumulatorFigure(model, titled),
  ];
}

function levelFigure(facts: WeightFacts, titled: (title: string) => string): Html {
  const { name, weights, levels, trained } = facts;
  const showsTrained = trained !== null && !trained.atLevels;
  const x = { domain: [FROM, -FROM], ticks: VALUES, tickFormat: levelName };
  const bars = levels.map((count, i) => ({ value: VALUES[i] ?? 0, share: count / weights }));
  const after = chart(`Weights of ${name} by level`, {
    height: 170,
    x: { ...x, label: 'level' },
    y: { label: 'after: weights (%)', percent: true, grid: true, ticks: 4 },
    marks: [
      rectY(bars, {
        ...{ x1: ({ value }: Bar) => value - WIDTH, x2: ({ value }: Bar) => value + WIDTH },
        ...{ y: 'share', fill: COLOUR.accent },
      }),
      ruleY([0], { stroke: COLOUR.dim }),
    ],
  });
  const how =
    trained === null
      ? 'program.json has integers only.'
      : 'The weights file already holds levels: nothing was lost.';
  return figure({
    title: titled(`Weights of ${name}`),
    picture: showsTrained ? [beforeChart(name, trained.counts, weights, x), after] : after,
    caption: showsTrained
      ? 'Above as they were trained, below the seven levels that they became. Lines: where one level ends.'
      : how,
    table: {
      caption: `${whole(weights)} weights of ${name} by level`,
      columns: columns('level', 'weights', 'share'),
      rows: LEVELS.map((level, i) => [
        level.name,
        whole(levels[i] ?? 0),
        percent((levels[i] ?? 0) / weights),
      ]),
    },
  });
}

interface Bar {
  readonly value: number;
  readonly share: number;
}

function beforeChart(name: string, counts: readonly number[], weights: number, x: object): Html {
  const bins = Array.from({ length: BINS }, (_, i) => ({
    ...{ low: FROM + i * WIDTH, high: FROM + (i + 1) * WIDTH, share: (counts[i] ?? 0) / weights },
  }));
  // Geometric means of neighbouring levels (docs/NUMERICS.md).
  const ends = [0.5, 1, 2].flatMap((of) => [-1, 1].map((sign) => (sign * of * Math.SQRT1_2) / 2));
  return chart(`Weights of ${name} as they were trained`, {
    height: 150,
    x: { ...x, label: null },
    y: { label: 'before: weights (%)', percent: true, grid: true, ticks: 4 },
    marks: [
      ruleX(ends, { stroke: COLOUR.line, strokeDasharray: '3 3' }),
      rectY(bins, { x1: 'low', x2: 'high', y: 'share', fill: COLOUR.soft }),
      ruleY([0], { stroke: COLOUR.dim }),
    ],
  });
}

function levelName(value: number): string {
  return (
    ['0', '¼', '½', '1'][[0, 0.25, 0.5, 1].indexOf(Math.abs(value))]?.replace(
      /^(?=[^0])/,
      value < 0 ? '−' : '',
    ) ?? ''
  );
}

function accumulatorFigure(
  { inspection: { matrices } }: ModelFacts,
  titled: (title: string) => string,
): Html {
  const rows = matrices.map(({ name, min, max }) => ({ name, min, max, bits: bitsOf(min, max) }));
  const place = { x: 'bits', y: 'name' };
  return figure({
    title: titled('Room in the accumulators'),
    picture: chart('Bits that accumulators need at worst, of 32', {
      ...{ marginLeft: 92, marginRight: 30, height: 74 + 24 * rows.length },
      x: { label: 'bits at worst', domain: [0, WORD_BITS], ticks: 4, grid: true },
      y: { label: null, domain: rows.map(({ name }) => name) },
      marks: [
        barX(rows, { ...place, fill: COLOUR.accent }),
        text(rows, { ...place, text: 'bits', textAnchor: 'start', dx: 5, fill: COLOUR.ink }),
        ruleX([WORD_BITS], { stroke: COLOUR.hit, strokeWidth: 2 }),
      ],
    }),
    caption:
      'No sum leaves its int32, whatever the sound: the worst case over every possible input, in bits.',
    table: {
      caption: 'Worst cases of the accumulators, in units of 1 / 32,768',
      columns: columns('matrix', 'least', 'most', 'bits'),
      rows: rows.map(({ name, min, max, bits }) => [name, whole(min), whole(max), bits]),
    },
  });
}

/** Bits of a two's complement number that holds both. */
function bitsOf(min: number, max: number): number {
  let bits = 1;
  while (min < -(2 ** (bits - 1)) || max > 2 ** (bits - 1) - 1) bits++;
  return bits;
}
