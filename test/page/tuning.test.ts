// SPDX-License-Identifier: Apache-2.0
/** tuning.json: what the page reads of it, from anyone, and what it shows beside the thresholds. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveDetect } from '../../compiler/cli/play/save.ts';
import { type Serving, serve } from '../../compiler/cli/play/server.ts';
import { openSite } from '../../compiler/cli/play/site.ts';
import {
  MAX_TUNING_BYTES,
  posteriorDigest,
  type TuningFile,
  tuningToJson,
} from '../../compiler/core/program/tuning.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { figuresAt, otherwiseMeasured, wordsFor } from '../../compiler/page/session/figures.ts';
import type { ModelInfo } from '../../compiler/page/session/messages.ts';
import { openModel } from '../../compiler/page/session/models.ts';
import { egru, inWork, writeNoise } from '../cli/egru.ts';
import { lacking } from '../support/needs.ts';
import { pixelsBeyond, violations } from './dom-globals.ts';
import { type OpenBrowser, openBrowser } from './open-browser.ts';

const WAIT = { timeout: 60_000 };
const bold = '<b>zero</b>';
const model = inWork('model');
const weights = join(model, 'weights.safetensors');

/** A label that is markup. */
function copyModel(): void {
  cpSync(packagePath('models', 'spoken-digits'), model, { recursive: true });
  const document = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')) as { labels: string[] };
  document.labels[0] = bold;
  writeFileSync(join(model, 'model.json'), JSON.stringify(document));
}
copyModel();

function opened(tuning?: Uint8Array | string): ModelInfo {
  const json = readFileSync(join(model, 'model.json'));
  const files = { name: 'm', json, weights: readFileSync(weights) };
  return openModel(tuning === undefined ? files : { ...files, tuning }).info;
}

const { program } = opened();

/** Other figures for every keyword. */
const tuning: TuningFile = {
  ...{ network: posteriorDigest(program), refractory: program.detect.refractory, vad: program.detect.vad },
  ...{ window: program.detect.window, hours: 2.5 },
  keywords: program.labels.map((label, i) => ({
    ...{ label, words: 31 + i },
    points: [
      { threshold: 600, misses: 0, events: 400 },
      { threshold: 9000, misses: 0, events: 400 },
      { threshold: 16_000, misses: 1, events: 30 + i },
      { threshold: 24_000, misses: 2 + i, events: 3 },
      { threshold: 31_000, misses: 25, events: 0 },
    ],
  })),
  curve: [
    { events: 0, misses: 250 },
    { events: 30, misses: 65 },
    { events: 345, misses: 10 },
  ],
};
const text = tuningToJson(tuning);
const bytes = (value: string) => new TextEncoder().encode(value);

describe('tuning.json', () => {
  it('is read as it was written, without thresholds that change nothing', () => {
    const { tuning: read, tuningProblem } = opened(bytes(text));
    expect(tuningProblem).toBe(null);
    const keywords = tuning.keywords.map((one) => ({
      ...one,
      points: one.points.filter((_, i) => i !== 1),
    }));
    expect(read).toEqual({ ...tuning, keywords });
    expect(tuningToJson({ ...tuning, keywords })).toBe(text);
  });

  it('gives the figures of the threshold that is nearest below', () => {
    const [zero] = tuning.keywords;
    if (zero === undefined) throw new Error('there are keywords');
    const at = (threshold: number) => wordsFor(figuresAt(zero, tuning.hours, threshold));
    expect(at(24_000)).toBe('2 of 31 missed, 1.2 false alarms an hour');
    expect(at(30_999)).toBe(at(24_000));
    expect(at(23_999)).toBe('1 of 31 missed, 12.0 false alarms an hour');
    expect(at(1)).toBe('0 of 31 missed, 160.0 false alarms an hour');
  });

  it('belongs to a network, whatever its thresholds, and to no other', () => {
    const { detect } = program;
    const other = detect.keywords.map((keyword) => ({ ...keyword, threshold: 20_000, release: 1 }));
    const moved = { ...detect, keywords: other.slice(1), window: 3, refractory: 1 };
    expect(posteriorDigest({ ...program, detect: moved })).toBe(tuning.network);
    expect(posteriorDigest({ ...program, detect: { ...detect, multiplier: 16_385 } })).not.toBe(
      tuning.network,
    );
    expect(posteriorDigest({ ...program, layers: program.layers.slice(1) })).not.toBe(tuning.network);
    expect(otherwiseMeasured({ ...tuning, vad: null, refractory: 9 }, detect)).toBe(
      'measured with a refractory time of 9 frames and a network that never sleeps',
    );
    const changed = { ...detect, window: 3, vad: { level: 9, hangover: 2, reset: 1 } };
    expect(otherwiseMeasured(tuning, detect)).toBe(null);
    expect(otherwiseMeasured({ ...tuning, window: 64 }, changed)).toBe(
      'measured with a window of 64 frames and voice activity from a level of 32 on, for 18 frames',
    );
  });

  const [first, ...rest] = (JSON.parse(text) as { keywords: object[] }).keywords;
  const [point] = tuning.keywords[0]?.points ?? [];
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [
      {
        keywords: [
          {
            ...first,
            points: [
              [1, 2, 0],
              [2, 1, 0],
            ],
          },
        ],
      },
      /points\[1\]\[1\]/,
    ],
    ['', /it ends too early/],
    ['[]', /must be an object/],
    ['x'.repeat(MAX_TUNING_BYTES + 1), /too large/],
    [{ format: 2 }, /must be 1, found 2 \(at format\)/],
    [{ more: 1 }, /unknown key "more"/],
    [{ network: 'f'.repeat(64) }, /was measured with another network; egru tune measures this one/],
    [{ hours: 0 }, /at hours/],
    [{ hours: '1e999' }, /at hours/],
    [{ window: 0 }, /at window/],
    [{ vad: { level: 0, hangover: 1, reset: 1 } }, /at vad\.level/],
    [{ keywords: [] }, /at keywords/],
    [{ keywords: [first, first] }, /keyword 1 is listed twice/],
    [{ keywords: [{ ...first, label: '<i>x</i>', points: [[1, 0, 0]] }] }, /keyword 0 is not a label/],
    [{ keywords: [{ ...first, points: [[1, 0]] }, ...rest] }, /keywords\[0\]\.points\[0\]/],
    [{ keywords: [{ ...first, points: [point] }] }, /points\[0\]/],
    [
      {
        keywords: [
          {
            ...first,
            points: [
              [2, 0, 0],
              [2, 0, 0],
            ],
          },
        ],
      },
      /points\[1\]\[0\]/,
    ],
    [{ keywords: [{ ...first, points: [[1, 32, 0]] }] }, /points\[0\]\[1\]/],
    [
      {
        keywords: [
          {
            ...first,
            points: [
              [1, 0, 3],
              [2, 0, 4],
            ],
          },
        ],
      },
      /points\[1\]\[2\]/,
    ],
    [{ keywords: [{ ...first, points: [[1, 0.5, 0]] }] }, /points\[0\]\[1\]/],
    [
      {
        curve: [
          [0, 1],
          [0, 1],
        ],
      },
      /at curve\[1\]\[0\]/,
    ],
  ];

  it('is refused in a line where anything is wrong with it, and the model opens', () => {
    for (const [change, problem] of cases) {
      const document = JSON.parse(text) as object;
      const source =
        typeof change === 'string' ? change : JSON.stringify({ ...document, ...(change as object) });
      const info = opened(bytes(source));
      expect(info.tuning, source.slice(0, 200)).toBe(null);
      expect(info.tuningProblem).toMatch(problem);
      expect(info.tuningProblem).toMatch(/^tuning\.json: .{1,180}$/);
      expect(info.program.labels).toEqual(program.labels);
    }
    expect(opened('models/0/tuning.json cannot be loaded (500).')).toMatchObject({
      tuningProblem: 'models/0/tuning.json cannot be loaded (500).',
    });
  });

  it('lies beside the page as files', async () => {
    writeFileSync(join(model, 'tuning.json'), text);
    const { code } = await egru(['play', model, '--build', inWork('site')], { PATH: '/nowhere' });
    expect(code).toBe(0);
    expect(readFileSync(inWork('site', 'models', '0', 'tuning.json'), 'utf8')).toBe(text);
    expect(readFileSync(inWork('site', 'play.json'), 'utf8')).toContain('"tuning":"models/0/tuning.json"');
  });
});

describe.skipIf(lacking('chromium', 'build'))('the page', () => {
  let serving: Serving;
  let browser: OpenBrowser;

  beforeAll(async () => {
    writeFileSync(join(model, 'tuning.json'), text);
    const token = 'a token';
    serving = await serve(openSite([model], {}, token), token, (body) => saveDetect([], body), 0);
    browser = await openBrowser(writeNoise('microphone.wav', 1, 3));
  });
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
  });

  it('shows misses and false alarms that follow the slider, and what they rest on', async () => {
    const page = await browser.newPage();
    await page.addInitScript({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
    await page.goto(serving.url);
    await page.locator('.model').waitFor(WAIT);
    const row = page.locator('.keyword').first();
    const slider = row.getByRole('slider', { name: `Threshold of ${bold}` });
    const picture = row.locator('svg');
    const places: (string | null)[] = [];
    for (const { threshold, misses, events } of tuning.keywords[0]?.points.slice(2) ?? []) {
      await slider.fill(String(threshold));
      const words = `${misses} of 31 missed, ${(events / 2.5).toFixed(1)} false alarms an hour`;
      expect(await row.locator('.tradeoff small').textContent()).toBe(words);
      expect(await picture.getAttribute('aria-label')).toBe(`Curve of ${bold}: ${words}`);
      expect(await slider.getAttribute('aria-valuetext')).toContain(words);
      places.push(await picture.locator('circle').getAttribute('cx'));
    }
    expect(new Set(places).size).toBe(3);
    // Nine more keywords at 16384, one word missed each.
    const all = page.getByRole('img', { name: 'Curve of all keywords together' });
    expect(await all.getAttribute('aria-label')).toMatch(/: 34 of 355 missed, 126\.0 false alarms an hour$/);

    const note = page.locator('.measured');
    expect(await note.textContent()).toMatch(/^Curves of egru tune: .* in 2\.50 hours of background\.$/);
    await page.getByRole('slider', { name: 'Smoothing' }).fill('3');
    expect(await note.textContent()).toContain(`; measured with a window of ${tuning.window} frames.`);

    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 390]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        expect(await violations(page), `${colorScheme}, ${width}`).toEqual([]);
        expect(await pixelsBeyond(page), 'pixels to the side').toBeLessThanOrEqual(0);
      }
    }
    expect(await page.locator('b').count()).toBe(0);
    expect(browser.messages).toEqual([]);
  });

  it("takes it from a folder that is given, shows a line where it is another model's, and one without it", async () => {
    const page = await browser.newPage();
    await page.goto(serving.url);
    await page.locator('.model').waitFor(WAIT);
    mkdirSync(inWork('other'));
    const other = inWork('other', 'tuning.json');
    const files = [join(model, 'model.json'), weights];
    const open = page.locator('input[type=file][aria-label="Open a model…"]');
    const note = page.locator('.measured');
    const pictures = page.locator('.tradeoff svg');
    for (const [network, sentence, count] of [
      ['0'.repeat(64), /^tuning\.json: was measured with another network/, 0],
      [
        null,
        /^“egru tune MODEL --keywords FOLDER --background FOLDER” shows misses and false alarms here\.$/,
        0,
      ],
      [tuning.network, /^Curves of egru tune/, 11],
    ] as const) {
      writeFileSync(other, tuningToJson({ ...tuning, network: network ?? '' }));
      await open.setInputFiles(network === null ? files : [...files, other]);
      await expect.poll(() => note.textContent(), WAIT).toMatch(sentence);
      expect(await pictures.count()).toBe(count);
      expect(await page.locator('.keyword input').count()).toBe(10);
    }
    expect(browser.messages).toEqual([]);
  });
});
