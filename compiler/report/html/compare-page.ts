// SPDX-License-Identifier: Apache-2.0
/** A comparison as one HTML file: accuracy over cycles as an SVG, and the figures as a table. Nothing is loaded. */
import type { ComparedModel, Comparison } from '../compare/compare.ts';

const WIDTH = 720;
const HEIGHT = 400;
const MARGIN = { left: 84, right: 24, top: 20, bottom: 48 };
const RADIUS = 9;

interface Axis {
  readonly ticks: readonly number[];
  /** Coordinate of a value. */
  at(value: number): number;
}

/** Round numbers that enclose all values, between 0 and `limit`; from..to are coordinates. */
export function axis(values: readonly number[], from: number, to: number, limit = Infinity): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // A single value gets room on both sides.
  const room = high > low ? 0.08 * (high - low) : 0.1 * Math.max(Math.abs(high), 1e-3);
  const step = roundStep((high - low + 2 * room) / 6);
  const first = Math.max(0, Math.floor((low - room) / step));
  const last = Math.min(Math.ceil((high + room) / step), Math.round(limit / step));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  const [start, end] = [first * step, last * step];
  return { ticks, at: (value) => from + ((to - from) * (value - start)) / (end - start) };
}

/** The least of 1, 2, 5 times a power of ten that is not below. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((n) => n * power >= least * (1 - 1e-9)) ?? 10);
}

/** Names come from files: nothing in them may be taken for markup. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);
}

const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const percent = (share: number, digits = 1) => `${(100 * share).toFixed(digits)} %`;

export function comparisonPage(comparison: Comparison, task: string): string {
  const { clips, chipClips, models } = comparison;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>egru compare: ${escapeHtml(task)}</title>
<style>
:root { color-scheme: light dark; --ink: light-dark(#1a1a1a, #eee); --dim: light-dark(#777, #999);
  --line: light-dark(#ddd, #444); --front: light-dark(#0b62a8, #6cb8f5); --paper: light-dark(#fff, #161616); }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 900px;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; }
svg { width: 100%; height: auto; }
svg text { font-size: 12px; fill: var(--ink); }
svg .dim { fill: var(--dim); }
svg .grid { stroke: var(--line); }
svg .whisker { stroke: var(--dim); }
svg .front { stroke: var(--front); fill: none; stroke-width: 1.5; stroke-dasharray: 5 4; }
svg circle { fill: var(--paper); stroke: var(--dim); stroke-width: 1.5; }
svg .best circle { fill: var(--front); stroke: var(--front); }
svg .best text { fill: var(--paper); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 0.25rem 0.5rem; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
td { white-space: nowrap; }
th:nth-child(2), td:nth-child(2) { text-align: left; white-space: normal; overflow-wrap: anywhere; }
small { color: var(--dim); }
tr.best td:first-child { color: var(--front); font-weight: 700; }
p { color: var(--dim); }
</style>
</head>
<body>
<h1>Accuracy against cycles: ${escapeHtml(task)}</h1>
${plot(models)}
<table>
<tr><th>#</th><th>model</th><th>not zero</th><th>accuracy</th><th>95 % interval</th><th>cycles per step</th><th>at most</th><th>flash</th><th>RAM</th></tr>
${models.map(row).join('\n')}
</table>
<p>Integers of the chip, ${whole(clips)} recordings; cycles of the network at zero wait states, over ${whole(chipClips)}
of them on the emulated ATSAMD21; bytes of kernel and model. Filled: no other model has fewer cycles without being less
accurate. Bars: 95 % intervals of the accuracy; where they overlap widely, the recordings do not distinguish the models.</p>
</body>
</html>
`;
}

function row(model: ComparedModel, index: number): string {
  const { interval, nonZero, weights, kernel } = model;
  const cells = [
    String(index + 1),
    `${escapeHtml(model.model)} <small>${kernel}</small>`,
    percent(nonZero / weights),
    percent(model.accuracy),
    `${interval.map((end) => (100 * end).toFixed(1)).join(' to ')} %`,
    whole(model.cyclesPerStep),
    whole(model.cyclesPerStepMax),
    whole(model.flash),
    whole(model.ram),
  ];
  return `<tr${model.pareto ? ' class="best"' : ''}>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function plot(models: readonly ComparedModel[]): string {
  const bottom = HEIGHT - MARGIN.bottom;
  const right = WIDTH - MARGIN.right;
  const x = axis(
    models.map(({ cyclesPerStep }) => cyclesPerStep),
    MARGIN.left,
    right,
  );
  const y = axis(
    models.flatMap(({ accuracy, interval }) => [accuracy, ...interval]),
    bottom,
    MARGIN.top,
    1,
  );
  const n = (value: number) => value.toFixed(1);
  const grid = [
    ...x.ticks.map(
      (tick) =>
        `<line class="grid" x1="${n(x.at(tick))}" x2="${n(x.at(tick))}" y1="${MARGIN.top}" y2="${bottom}"/>` +
        `<text class="dim" x="${n(x.at(tick))}" y="${bottom + 18}" text-anchor="middle">${whole(tick)}</text>`,
    ),
    ...y.ticks.map(
      (tick) =>
        `<line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${n(y.at(tick))}" y2="${n(y.at(tick))}"/>` +
        `<text class="dim" x="${MARGIN.left - 8}" y="${n(y.at(tick) + 4)}" text-anchor="end">${percent(tick)}</text>`,
    ),
  ];
  const best = models.filter(({ pareto }) => pareto).sort((a, b) => a.cyclesPerStep - b.cyclesPerStep);
  // A staircase: for so many cycles, the best that was measured; between two models there is none.
  const line = best.map(({ cyclesPerStep, accuracy }, i) => {
    const height = n(y.at(accuracy));
    return `${i === 0 ? 'M' : 'H'}${n(x.at(cyclesPerStep))}${i === 0 ? `,${height}` : `V${height}`}`;
  });
  const points = models.map(({ cyclesPerStep, accuracy, interval, pareto, model }, i) => {
    const [cx, cy] = [n(x.at(cyclesPerStep)), y.at(accuracy)];
    return (
      `<g${pareto ? ' class="best"' : ''}><title>${escapeHtml(model)}</title>` +
      `<line class="whisker" x1="${cx}" x2="${cx}" y1="${n(y.at(interval[0]))}" y2="${n(y.at(interval[1]))}"/>` +
      `<circle cx="${cx}" cy="${n(cy)}" r="${RADIUS}"/>` +
      `<text x="${cx}" y="${n(cy + 4)}" text-anchor="middle">${i + 1}</text></g>`
    );
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Accuracy over cycles per step">
${grid.join('\n')}
<text x="${(MARGIN.left + right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">cycles per step</text>
<text transform="translate(14 ${(MARGIN.top + bottom) / 2}) rotate(-90)" text-anchor="middle">accuracy</text>
<path class="front" d="${line.join('')}H${right}"/>
${points.join('\n')}
</svg>`;
}
