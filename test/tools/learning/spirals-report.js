// SPDX-License-Identifier: Apache-2.0
/** What trainings on spirals came to: when they reached a loss, by iterations and by operations, as table and pictures. */
import { lineY, plot, ruleY, text } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { percent, table } from '../bench/folded.js';

/** The loss that counts as learnt, in nats, and by how many iterations it is smoothed. */
export const [LEARNT, WINDOW] = [0.05, 20];

/** Means over a window that ends at each iteration. */
export function smoothed(losses) {
  let sum = 0;
  return losses.map((loss, i) => {
    sum += loss - (i < WINDOW ? 0 : losses[i - WINDOW]);
    return sum / Math.min(i + 1, WINDOW);
  });
}

/** Number of the iteration after which the smoothed loss is below LEARNT for the first time; null where it never is. */
export function learntAt(losses) {
  const at = smoothed(losses).findIndex((loss, i) => i + 1 >= WINDOW && loss < LEARNT);
  return at < 0 ? null : at + 1;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const number = (value) => Math.round(value).toLocaleString('en-US');

/** @param runs trainings of one density: { density, relative, losses, products } */
function summary(runs) {
  const at = runs.map(({ losses }) => learntAt(losses) ?? Number.POSITIVE_INFINITY);
  const products = runs.map(({ products }, i) => products[at[i] - 1] ?? Number.POSITIVE_INFINITY);
  const last = runs.reduce((sum, { losses }) => sum + smoothed(losses).at(-1), 0) / runs.length;
  return { at: median(at), worst: Math.max(...at), products: median(products), last };
}

/** Rows by density, each with its iterations and products beside those of the dense nets. */
export function learntTable(groups) {
  const rows = groups.map((runs) => ({ ...runs[0], ...summary(runs) }));
  const dense = rows.find(({ density }) => density === 1);
  const ratio = (a, b) => (Number.isFinite(a) ? (a / b).toFixed(2) : 'never');
  const head = [
    'sparsity',
    'rate',
    'iterations',
    'slowest seed',
    'of dense',
    'products, millions',
    'of dense',
    'loss at the end',
  ];
  return table(
    head,
    rows.map(({ density, relative, at, worst, products, last }) => [
      percent(1 - density, 0),
      relative ? 'relative' : 'plain',
      Number.isFinite(at) ? String(at) : 'never',
      Number.isFinite(worst) ? String(worst) : 'never',
      ratio(at, dense.at),
      Number.isFinite(products) ? number(products / 1e6) : 'never',
      ratio(products, dense.products),
      last.toFixed(4),
    ]),
  );
}

const COLOURS = ['#1b4965', '#2a7f9e', '#5fa8d3', '#e09f3e', '#d1495b'];

/**
 * @param groups densities to draw, each its seeds
 * Medians of the seeds.
 * @param along iterations, or products in those of a dense net's iteration
 * @returns an SVG image
 */
export function curves(title, groups, along, most) {
  const lines = groups.flatMap((runs, i) => {
    const { length } = runs[0].losses;
    const smooth = runs.map(({ losses }) => smoothed(losses));
    return Array.from({ length }, (_, n) => ({
      x: along === 'iterations' ? n + 1 : median(runs.map(({ products }) => products[n])) / along,
      loss: median(smooth.map((values) => values[n])),
      name: percent(1 - runs[0].density, 0),
      colour: COLOURS[i],
    })).filter(({ x }) => x <= most);
  });
  const { document } = parseHTML('<!doctype html><body></body>');
  const svg = plot({
    ...{ document, width: 640, height: 360, marginLeft: 56, marginBottom: 44, marginRight: 20 },
    style: { fontSize: '13px', background: 'white', color: '#222' },
    x: { label: title, domain: [0, most], grid: true },
    y: { label: 'loss (nats)', type: 'log', domain: [0.002, 1], grid: true, tickFormat: String, ticks: 5 },
    marks: [
      ruleY([LEARNT], { stroke: '#888', strokeDasharray: '4 3' }),
      lineY(lines, { x: 'x', y: 'loss', stroke: 'colour', z: 'name', strokeWidth: 1.8, clip: true }),
      ...groups.map((runs, i) =>
        text([`${percent(1 - runs[0].density, 0)} sparse`], {
          ...{ frameAnchor: 'top-right', fill: COLOURS[i], dx: -8, dy: 8 + 17 * i },
        }),
      ),
    ],
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `Loss over ${title}`);
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML.replace(/ (?:d|x|y|x1|x2|y1|y2|transform)="[^"]*"/g, (attribute) =>
    attribute.replace(/(\d\.\d\d)\d+/g, '$1'),
  )}\n`;
}
