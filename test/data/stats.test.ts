// SPDX-License-Identifier: Apache-2.0
/** Pictures of a dataset: histograms, bars, the page. Milliseconds. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';
import { escapeHtml } from '../../compiler/report/html/html.ts';
import { statsPage } from '../../compiler/report/pages/stats-page.ts';
import type { Entry } from '../../compiler/training/data/entry.ts';
import { histogram } from '../../compiler/training/data/histogram.ts';
import { type Measured, measure } from '../../compiler/training/data/measure.ts';
import {
  balancePicture,
  type DatasetStats,
  faultsOf,
  splitTable,
  statsOf,
} from '../../compiler/training/data/stats.ts';
import { sine } from '../audio/make-wav.ts';

function entry(name: string, label = name.split('/')[0] ?? ''): Entry {
  return { file: name, name, label, fields: new Map() };
}

function measured(name: string, samples: Int16Array, sampleRate = 8000): Measured {
  return measure({ entry: entry(name), samples, sampleRate, notes: [] });
}

describe('histogram', () => {
  it('has steps that a person would choose, and an edge belongs to the step above', () => {
    expect(histogram([0.1, 0.2, 0.3, 0.35, 2.3])).toEqual({
      from: 0.1,
      width: 0.1,
      counts: [1, 1, 2, ...new Array(19).fill(0), 1],
    });
    expect(histogram([-31.5, -30, -9.2])).toEqual({
      from: -32,
      width: 1,
      counts: [1, 0, 1, ...new Array(19).fill(0), 1],
    });
    expect(histogram([0, 3600])).toMatchObject({ from: 0, width: 200 });
    expect(histogram([0, 3600]).counts).toHaveLength(19);
  });

  it('counts every value once, whatever they are', () => {
    for (const values of [[1], [0.7, 0.7, 0.7], [0, 1e-9], [1e-6, 3600], [-96, -3.01, -3, 0]]) {
      const { from, width, counts } = histogram(values);
      expect(counts.reduce((sum, n) => sum + n, 0)).toBe(values.length);
      expect(counts.length).toBeLessThanOrEqual(24);
      expect(counts[0]).toBeGreaterThan(0);
      expect(counts.at(-1)).toBeGreaterThan(0);
      expect(from).toBeLessThanOrEqual(Math.min(...values) + 1e-9 * width);
      expect(from + width * counts.length).toBeGreaterThan(Math.max(...values));
    }
    expect(histogram([])).toEqual({ from: 0, width: 1, counts: [] });
  });
});

describe('measuring', () => {
  it('gives level, clipping and a digest of the sound', () => {
    const tone = measured('a/x.wav', sine(1000, 1, 8000, 1));
    expect(tone).toMatchObject({ sampleRate: 8000, seconds: 1, clipped: false });
    expect(tone.level).toBeCloseTo(-3.01, 2);
    expect(measured('a/y.wav', sine(1000, 1, 8000, 1)).digest).toBe(tone.digest);
    expect(measured('a/y.wav', sine(1000, 1, 8000, 1), 16000).digest).not.toBe(tone.digest);
    expect(measured('a/z.wav', new Int16Array(8))).toMatchObject({ level: null, clipped: false });
    expect(measured('a/c.wav', Int16Array.of(0, 32767, 32767, 0, 32767)).clipped).toBe(false);
    expect(measured('a/c.wav', Int16Array.of(0, -32768, 32767, -32768)).clipped).toBe(true);
  });
});

const HOSTILE = `<script>alert("1")</script>'&`;

function hostileStats(): DatasetStats {
  const some = [
    measured(`${HOSTILE}/a.wav`, sine(300, 0.5, 8000)),
    measured('plain/<b>.wav', sine(300, 0.5, 8000)),
    measured('plain/<i>.wav', new Int16Array(800), 16000),
  ];
  const error = new InputError('f', 'no <u>sound</u>');
  return statsOf(some, [{ entry: entry('plain/"c".wav'), error }]);
}

describe('statistics', () => {
  it('count rates, splits and what is the same', () => {
    const stats = hostileStats();
    expect(stats.sampleRates).toEqual({ 8000: 2, 16000: 1 });
    expect(stats.duplicates).toEqual([[`<script>alert("1")<${'/script>'}'&/a.wav`, 'plain/<b>.wav']]);
    expect(stats.seconds).toBeCloseTo(1.05, 9);
    expect(stats.histograms.seconds.counts.reduce((a, b) => a + b)).toBe(3);
    expect(stats.histograms.levels.counts.reduce((a, b) => a + b)).toBe(2);
    const [a, b, c] = [entry('x/1'), entry('x/2'), entry('y/3')];
    expect(splitTable(['x', 'y'], { train: [a, c], validation: [b], test: [] })).toEqual({
      total: { train: 2, validation: 1, test: 0 },
      labels: [
        { label: 'x', train: 1, validation: 1, test: 0 },
        { label: 'y', train: 1, validation: 0, test: 0 },
      ],
    });
  });

  it('bars stay within 80 columns, whatever the labels are', () => {
    const labels = ['é'.repeat(50), 'short'].map((label, i) => ({
      label,
      recordings: 123456 * (i + 1),
      seconds: 1,
      lengths: { min: 1, median: 1, max: 1 },
      level: null,
    }));
    const picture = balancePicture({ ...hostileStats(), labels }).split('\n');
    expect(picture[0]).toBe(`${'é'.repeat(23)}…  ${'#'.repeat(20).padEnd(40)}  123456`);
    expect(picture[1]).toBe(`${'short'.padEnd(24)}  ${'#'.repeat(40)}  246912`);
    for (const line of picture) expect([...line].length).toBeLessThanOrEqual(80);
  });
});

describe('the page', () => {
  const stats = hostileStats();
  const lists = { offset: ['o.wav'], lowPassed: { 8000: ['p.wav'] }, assumed: { sizes: ['s.wav'] } };
  const splits = {
    total: { train: 2, validation: 1, test: 0 },
    labels: [{ label: HOSTILE, train: 2, validation: 1, test: 0 }],
  };
  const page = statsPage(HOSTILE, stats, splits, faultsOf({ ...stats, ...lists }, stats.duplicates));

  it('shows everything and runs nothing', () => {
    for (const tag of ['script', 'b', 'i', 'u']) expect(page).not.toMatch(new RegExp(`<${tag}[ >]`));
    expect(page).not.toMatch(/<[^>]*\son\w+=/);
    expect(
      page.match(/&#60;script&#62;alert\(&#34;1&#34;\)&#60;\/script&#62;&#39;&#38;/g)?.length,
    ).toBeGreaterThan(3);
    expect(page).toContain('plain/&#34;c&#34;.wav: no &#60;u&#62;sound&#60;/u&#62;');
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:"`,
    );
    for (const title of ['silent', 'assumed while reading: sizes', 'the same samples in several splits']) {
      expect(page).toContain(`<h2>${title} (1)</h2>`);
    }
    expect(page).toContain('<h2>nothing above 4000 Hz: recorded at a lower rate (1)</h2>');
    expect(page).toContain('<h2>constant offset (microphones have none) (1)</h2>');
    expect(page).toMatch(/<th scope="row">all<\/th><td[^>]*>2<\/td><td[^>]*>1<\/td><td[^>]*>0<\/td>/);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('closes what it opens', () => {
    const open: string[] = [];
    for (const [, slash, tag = '', self] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
      if (tag === 'meta' || self === '/') continue;
      if (slash === '/') expect(open.pop()).toBe(tag);
      else open.push(tag);
    }
    expect(open).toEqual([]);
  });

  it('escapes what has no place in HTML', () => {
    expect(escapeHtml('a\u0000\u202e<\n')).toBe('a\\u{0}\\u{202e}&#60;\\u{a}');
  });
});
