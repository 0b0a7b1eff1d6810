// SPDX-License-Identifier: Apache-2.0
/** A recording as a model hears it: sound, features, states, logits, posteriors, and where it fires. */
import type { ModelFacts } from '../gather/facts.ts';
import type { ImageFacts, KeywordFacts, RecordingFacts } from '../gather/recording.ts';
import { pictureUrl, soundUrl } from '../html/data-url.ts';
import { figure } from '../html/figure.ts';
import { type Content, type Html, html } from '../html/html.ts';
import { count, percent, whole } from '../html/numbers.ts';
import { columns, type TableView } from '../html/table.ts';

/** Between light and dark: seen on both. RGB; how strong a value is, is how little the paper shines through. */
const POSITIVE = [31, 139, 163] as const;
const NEGATIVE = [217, 101, 43] as const;
const SEQUENTIAL = Array.from({ length: 256 }, (_, i) => [...POSITIVE, i] as const);
const DIVERGING = Array.from({ length: 256 }, (_, i) =>
  i < 128 ? ([...NEGATIVE, 255 - 2 * i] as const) : ([...POSITIVE, 2 * i - 255] as const),
);

/** Pixels of an image from top to bottom, at most: units beside each other share one. */
const MOST_ROWS = 96;
const MOST_KEYWORDS = 24;
const ROWS = 60;

/** @param audible whether its sound is in the page, too */
export function recordingFigure(
  model: ModelFacts,
  recording: RecordingFacts,
  audible: boolean,
  titled: (title: string) => string,
): Html {
  const {
    file,
    samples,
    sampleRate,
    seconds,
    whole: length,
    wave,
    images,
    keywords,
    events,
    gated,
  } = recording;
  const name = file.replace(/^.*[\\/]/, '');
  const marks = events.map(
    (event) => html`<i style="left:${((100 * event.seconds) / seconds).toFixed(2)}%"></i>`,
  );
  const strip = (
    title: string,
    detail: string,
    height: number,
    picture: Html,
  ) => html`<div class="strip"><span>${title}
<small>${detail}</small></span><div class="picture" style="height:${height}px">${picture}${marks}</div></div>
`;
  const found = events.map(
    ({ label, score, seconds }) => `${label} at ${seconds.toFixed(2)} s (${share(score)})`,
  );
  return figure({
    title: titled(name),
    wide: true,
    picture: html`${audible ? html`<audio controls preload="none" aria-label="${name}" src="${soundUrl(samples, sampleRate)}"></audio>\n` : null}<div class="strips">
${strip('Sound', `${whole(sampleRate)} Hz, peak ${whole(peakOf(wave))}`, 56, waveform(wave))}${images.map(
  (image) =>
    strip(
      titleOf(image),
      `${image.units} × ${image.kind === 'logits' ? 'int32' : 'Q15'}`,
      heightOf(image),
      imageOf(image),
    ),
)}${keywords
  .slice(0, MOST_KEYWORDS)
  .map((keyword) =>
    strip(keyword.label, `threshold ${share(keyword.threshold)}`, 30, posterior(keyword)),
  )}<div class="strip"><span></span><div class="axis">${[0, 1, 2, 3, 4].map((i) => html`<span>${((i * seconds) / 4).toFixed(seconds < 4 ? 2 : 1)} s</span>`)}</div></div>
</div>
`,
    caption:
      (events.length === 0 ? 'Nothing was detected.' : `Upright lines: ${found.join(', ')}.`) +
      (length > seconds + 0.01 ? ` The first ${seconds.toFixed(0)} of ${length.toFixed(0)} seconds.` : '') +
      (gated > 0
        ? ` The network slept in ${percent(gated)} of the frames, because voice activity found silence.`
        : '') +
      (keywords.length > MOST_KEYWORDS
        ? ` The first ${MOST_KEYWORDS} of ${count(keywords.length, 'keyword')}.`
        : ''),
    table: tableOf(model, recording),
  });
}

const share = (q15: number) => (q15 / 32768).toFixed(2);

function titleOf({ name, kind }: ImageFacts): string {
  return kind === 'features' ? 'Features' : kind === 'logits' ? 'Logits' : `States of ${name}`;
}

function heightOf({ kind, units }: ImageFacts): number {
  if (kind === 'features') return 120;
  return kind === 'states' ? 72 : Math.min(96, Math.max(24, 9 * units));
}

/** Of a path in a picture of the columns' width, 100 units high; `y` from 0 at the bottom to 1. */
function line(values: ArrayLike<number>, y: (value: number) => number): string {
  return Array.from(
    values,
    (value, i) => `${i === 0 ? 'M' : 'L'}${i + 0.5},${(100 - 100 * y(value)).toFixed(1)}`,
  ).join('');
}

function waveform(wave: Int16Array): Html {
  const columns = wave.length / 2;
  const peak = Math.max(1, peakOf(wave));
  const path = Array.from({ length: columns }, (_, i) => {
    const [low, high] = [wave[2 * i] ?? 0, wave[2 * i + 1] ?? 0].map((value) => 50 - (48 * value) / peak);
    return `M${i},${(high ?? 50).toFixed(1)}h1V${((low ?? 50) + 1).toFixed(1)}h-1z`;
  }).join('');
  return html`<svg viewBox="0 0 ${columns} 100" preserveAspectRatio="none" role="img" aria-label="Waveform"><path d="${path}" fill="var(--accent)"/></svg>`;
}

function peakOf(wave: Int16Array): number {
  return wave.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function imageOf(image: ImageFacts): Html {
  const { kind, columns, units, values } = image;
  // States have a full scale; features and logits are as large as they are.
  const most = kind === 'states' ? 32768 : values.reduce((all, value) => Math.max(all, Math.abs(value)), 1);
  const height = Math.min(units, MOST_ROWS);
  const pixels = new Uint8Array(columns * height).fill(kind === 'features' ? 0 : 127);
  for (let x = 0; x < columns; x++) {
    for (let unit = 0; unit < units; unit++) {
      // The first unit at the bottom, as the lowest frequency.
      const at = (height - 1 - Math.floor((unit * height) / units)) * columns + x;
      const value = (values[x * units + unit] ?? 0) / most;
      const index = kind === 'features' ? Math.round(255 * value) : Math.round(127.5 + 127.5 * value);
      const farther =
        kind === 'features'
          ? index > (pixels[at] ?? 0)
          : Math.abs(index - 127.5) > Math.abs((pixels[at] ?? 0) - 127.5);
      if (farther) pixels[at] = Math.max(0, Math.min(255, index));
    }
  }
  const colours = kind === 'features' ? SEQUENTIAL : DIVERGING;
  return html`<img alt="${titleOf(image)} over time" src="${pictureUrl({ width: columns, height, pixels, colours })}">`;
}

function posterior({ label, threshold, scores }: KeywordFacts): Html {
  const y = (value: number) => value / 32768;
  const at = (100 - 100 * y(threshold)).toFixed(1);
  const top = line(scores, y);
  return html`<svg viewBox="0 0 ${scores.length} 100" preserveAspectRatio="none" role="img" aria-label="Smoothed posterior of ${label}"><path d="${top}V100H0.5z" fill="var(--soft)"/><path d="${top}" fill="none" stroke="var(--accent)" stroke-width="1.5" vector-effect="non-scaling-stroke"/><path d="M0,${at}H${scores.length}" stroke="var(--hit)" stroke-dasharray="4 3" vector-effect="non-scaling-stroke"/></svg>`;
}

function tableOf({ program: { labels } }: ModelFacts, recording: RecordingFacts): TableView {
  const { columns: wide, seconds, wave, keywords, events } = recording;
  const rows = Math.min(ROWS, wide);
  return {
    caption: 'Sound and keywords over time',
    columns: columns('from (s)', 'peak', 'highest keyword', 'its posterior', 'event'),
    rows: Array.from({ length: rows }, (_, i): Content[] => {
      const [from, to] = [i, i + 1].map((at) => Math.floor((at * wide) / rows)) as [number, number];
      const tops = keywords.map(({ label, scores }) => ({
        label,
        score: Math.max(...scores.subarray(from, to)),
      }));
      const best = tops.reduce((a, b) => (b.score > a.score ? b : a), { label: '-', score: 0 });
      const at = (column: number) => (column * seconds) / wide;
      const fired = events.filter((event) => event.seconds > at(from) && event.seconds <= at(to));
      return [
        ...[at(from).toFixed(2), whole(peakOf(wave.subarray(2 * from, 2 * to)))],
        ...[
          labels.length === 0 ? '-' : best.label,
          share(best.score),
          fired.map(({ label }) => label).join(', '),
        ],
      ];
    }),
  };
}
