// SPDX-License-Identifier: Apache-2.0
/**
 * Statistics of a dataset as one HTML file that needs nothing else: pictures are SVG, there is no script, and a policy
 * in its head forbids the browser to load or run anything. Labels and names come from strangers and are escaped.
 */
import { printable } from '../../core/base/errors.ts';
import type { Histogram } from '../../training/data/histogram.ts';
import type { DatasetStats, NameList, SplitTable } from '../../training/data/stats.ts';

/** Names of a list that are shown; the rest is counted. */
const SHOWN = 200;
const ROW = 22;
const LEFT = 220;
const WIDE = 460;
const HIGH = 140;

export function statsPage(
  title: string,
  stats: DatasetStats,
  splits: SplitTable | null,
  faults: readonly NameList[],
): string {
  const { labels, recordings, seconds, histograms } = stats;
  const summary = `${recordings} recordings of ${labels.length} labels, ${(seconds / 60).toFixed(1)} minutes`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; color: #222; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin: 2rem 0 0.5rem; font-size: 1.1rem; }
svg { display: block; max-width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: #333; }
svg rect { fill: #2f6f9f; }
svg line { stroke: #999; }
table { border-collapse: collapse; }
th, td { padding: 0.15rem 0.8rem 0.15rem 0; text-align: right; overflow-wrap: anywhere; }
th { border-bottom: 1px solid #999; font-weight: 600; }
th:first-child, td:first-child { text-align: left; }
li { overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>${summary}</p>
<h2>Recordings of each label</h2>
${balance(stats)}
<h2>Lengths (seconds)</h2>
${bars(histograms.seconds, 'seconds')}
<h2>Loudness (RMS, decibels of full scale)</h2>
${bars(histograms.levels, 'decibels')}
<h2>Labels</h2>
${labelTable(stats)}
${splits === null ? '' : splitSection(splits)}
${faults.map(list).join('\n')}
</body>
</html>
`;
}

/**
 * Text in HTML, in elements and in quoted attributes. Control characters, which have no place there, become escapes.
 */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function balance({ labels }: DatasetStats): string {
  const most = Math.max(1, ...labels.map(({ recordings }) => recordings));
  const rows = labels.map(({ label, recordings }, i) => {
    const y = i * ROW;
    const points = [...label];
    const shown = points.length > 28 ? `${points.slice(0, 27).join('')}…` : label;
    const width = number((recordings / most) * WIDE);
    return `<g><title>${escapeHtml(label)}: ${recordings}</title>
<text x="${LEFT - 8}" y="${y + 15}" text-anchor="end">${escapeHtml(shown)}</text>
<rect x="${LEFT}" y="${y + 3}" width="${width}" height="${ROW - 6}"/>
<text x="${number(LEFT + (recordings / most) * WIDE + 6)}" y="${y + 15}">${recordings}</text></g>`;
  });
  return svg(LEFT + WIDE + 70, labels.length * ROW, rows.join('\n'));
}

function bars({ from, width, counts }: Histogram, unit: string): string {
  if (counts.length === 0) return '<p>none</p>';
  const most = Math.max(...counts);
  const step = (LEFT + WIDE) / counts.length;
  const digits = Math.max(0, -Math.floor(Math.log10(width)));
  const edge = (i: number) => (from + i * width).toFixed(digits);
  const every = Math.ceil(counts.length / 12);
  const columns = counts.map((n, i) => {
    const height = (n / most) * HIGH;
    const x = number(40 + i * step);
    return `<g><title>${edge(i)} to ${edge(i + 1)} ${unit}: ${n}</title>
<rect x="${x}" y="${number(20 + HIGH - height)}" width="${number(step * 0.92)}" height="${number(height)}"/></g>`;
  });
  const ticks = Array.from({ length: counts.length + 1 }, (_, i) => i)
    .filter((i) => i % every === 0)
    .map((i) => {
      const x = number(40 + i * step);
      return `<text x="${x}" y="${HIGH + 37}" text-anchor="middle">${edge(i)}</text>`;
    });
  const axis = `<line x1="40" y1="${HIGH + 20}" x2="${number(40 + LEFT + WIDE)}" y2="${HIGH + 20}"/>`;
  const scale = `<text x="34" y="25" text-anchor="end">${most}</text>`;
  return svg(LEFT + WIDE + 70, HIGH + 44, [...columns, ...ticks, axis, scale].join('\n'));
}

function svg(width: number, height: number, contents: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
${contents}
</svg>`;
}

function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function labelTable({ labels }: DatasetStats): string {
  const rows = labels.map(({ label, recordings, lengths: { min, median, max }, level }) => [
    label,
    String(recordings),
    min.toFixed(2),
    median.toFixed(2),
    max.toFixed(2),
    level === null ? '-' : level.toFixed(1),
  ]);
  return table(['label', 'recordings', 'shortest', 'median', 'longest', 'RMS dB'], rows);
}

function splitSection({ total, labels }: SplitTable): string {
  const rows = [...labels, { label: 'all', ...total }].map(({ label, train, validation, test }) => [
    label,
    String(train),
    String(validation),
    String(test),
  ]);
  return `<h2>Splits</h2>\n${table(['label', 'train', 'validation', 'test'], rows)}`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: 'th' | 'td') =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>\n${line(titles, 'th')}\n${rows.map((row) => line(row, 'td')).join('\n')}\n</table>`;
}

function list({ title, items }: NameList): string {
  const shown = items.slice(0, SHOWN).map((item) => `<li>${escapeHtml(item)}</li>`);
  const more = items.length > SHOWN ? `\n<p>and ${items.length - SHOWN} more</p>` : '';
  return `<h2>${escapeHtml(title)} (${items.length})</h2>\n<ul>\n${shown.join('\n')}\n</ul>${more}`;
}
