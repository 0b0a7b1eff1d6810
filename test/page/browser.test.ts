// SPDX-License-Identifier: Apache-2.0
/** The page in a browser, with a recording as its microphone: what it computes, shows, saves and gives away. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveDetect } from '../../compiler/cli/play/save.ts';
import { type Serving, serve } from '../../compiler/cli/play/server.ts';
import { openSite } from '../../compiler/cli/play/site.ts';
import { resample } from '../../compiler/core/audio/resample.ts';
import { wavBytes } from '../../compiler/core/audio/wav/wav-bytes.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { buildFirmware } from '../../compiler/index.ts';
import { playTo } from '../../compiler/machines/emulated/play.ts';
import { readBoardImage } from '../../compiler/machines/image/board-image.ts';
import { inWork, json, write } from '../cli/egru.ts';
import { lacking } from '../support/needs.ts';
import { type DomGlobals, pixelsBeyond, violations } from './dom-globals.ts';
import { type OpenBrowser, openBrowser } from './open-browser.ts';

const TOKEN = 'a token';
const WAIT = { timeout: 60_000 };
const samples = packagePath('models', 'spoken-digits', 'samples');
const digits = ['3_enusf4_0', '7_engb_0', '9_enusf2_0'];
const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const hostile = '<img src=x onerror=console.log(1)>';
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let model: string;
let serving: Serving;
let browser: OpenBrowser;
let page: Page;

/** Three words, as a microphone gives them. */
function recording(): Uint8Array {
  const pause = new Array<number>(4000).fill(0);
  const words = digits.flatMap((name) => [...readWav(join(samples, `${name}.wav`), 8000).samples, ...pause]);
  const sound = resample(Float64Array.from(words), 8000, 44_100);
  return wavBytes(Int16Array.from(sound, Math.round), 44_100);
}

beforeAll(async () => {
  if (lacking('chromium', 'build')) return;
  model = inWork('model');
  cpSync(packagePath('models', 'spoken-digits'), model, { recursive: true });
  // Names that are markup, in every place where one can stand.
  const document = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')) as { labels: string[] };
  document.labels[0] = hostile;
  const named = JSON.stringify({ ...document, name: hostile });
  writeFileSync(join(model, 'model.json'), named);
  cpSync(join(samples, `${digits[1]}.wav`), inWork(`${hostile}.wav`));
  const offered = [join(samples, `${digits[1]}.wav`), inWork(`${hostile}.wav`)];
  const { bin } = await buildFirmware(loadProgram(packagePath('models', 'spoken-digits')), {
    ...{ board: 'arduino_zero', kernel: 'packed' },
  });
  const options = { samples: offered, firmware: write('firmware.bin', bin) };
  serving = await serve(openSite([model], options, TOKEN), TOKEN, (body) => saveDetect([model], body), 0);
  browser = await openBrowser(write('microphone.wav', recording()), { acceptDownloads: true });
  page = await browser.newPage();
  await page.addInitScript({ path: axe });
  await page.goto(serving.url);
  await page.locator('.model').waitFor(WAIT);
});
afterAll(async () => {
  await browser?.close();
  await serving?.close();
});

const live = () => page.getByRole('tab', { name: 'Live' }).click();
const status = () => page.locator('#status');
const digest = async (at = 0) => (await page.locator('.model code').nth(at).textContent()) ?? '';

/** Plays a sample to its end. */
async function playSample(name: string): Promise<void> {
  await page.evaluate(() => {
    (globalThis as unknown as DomGlobals).document.querySelector('#status').textContent = '';
  });
  await page.getByRole('button', { name, exact: true }).click();
  await expect.poll(() => status().textContent(), WAIT).toBe('The recording is over.');
}

async function downloadBy(name: string | RegExp): Promise<Uint8Array> {
  const [given] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name }).first().click(),
  ]);
  return readFileSync(await given.path());
}

/** Label, score and time of what the page lists, the earliest first. */
async function detections(): Promise<string[]> {
  const shown = await page.locator('.log li').allInnerTexts();
  return shown.map((text) => text.replace(/\s+/g, ' ')).reverse();
}

interface Run {
  readonly events: readonly { readonly label: string; readonly score: number; readonly sample: number }[];
  readonly digests: readonly { readonly digest: string }[];
}

/** What `egru run` makes of it. */
async function runOf(wav: string, of = model): Promise<{ shown: string[]; digest: string | undefined }> {
  const { events, digests } = (await json(['run', of, wav, '--stream', '--digest'])) as unknown as Run;
  const shown = events.map(
    ({ label, score, sample }) =>
      `${label} ${(score / 32768).toFixed(2)} ${((sample + 1) / 8000).toFixed(2)} s`,
  );
  return { shown, digest: digests[0]?.digest };
}

describe.skipIf(lacking('chromium', 'build', 'arm'))('the page', () => {
  it('computes of a sample what egru run computes', async () => {
    await playSample(digits[1] ?? '');
    const expected = await runOf(join(samples, `${digits[1]}.wav`));
    await expect.poll(() => digest(), WAIT).toBe(expected.digest);
    expect(await detections()).toEqual(expected.shown);
    expect(expected.shown).toHaveLength(1);
  });

  it('computes of its microphone what egru run computes of what it recorded', async () => {
    await page.locator('#listen').click();
    await expect.poll(() => status().textContent(), WAIT).toMatch(/^Listening: /);
    await expect.poll(async () => (await detections()).length, WAIT).toBeGreaterThan(1);
    await page.locator('#listen').click();
    await expect.poll(() => status().textContent(), WAIT).toMatch(/^The microphone is off/);
    const wav = write('run.wav', await downloadBy('Download this run'));
    const expected = await runOf(wav);
    await expect.poll(() => digest(), WAIT).toBe(expected.digest);
    expect(await detections()).toEqual(expected.shown);
  });

  it('computes again where a threshold is moved, and saves it into the folder', async () => {
    await playSample(digits[1] ?? '');
    const seven = page.getByRole('slider', { name: 'Threshold of seven' });
    await seven.focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('PageUp');
    await expect.poll(detections, WAIT).toEqual([]);
    await page.getByRole('button', { name: 'Save to model.json' }).click();
    await expect.poll(() => page.locator('.model [role=status]').textContent(), WAIT).toContain('is saved.');
    const { detect } = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')) as {
      detect: { keywords: Record<string, { threshold: number }> };
    };
    expect(detect.keywords.seven?.threshold).toBe(Number(await seven.inputValue()));
    expect(detect.keywords.eight?.threshold).toBe(16_384);
    const expected = await runOf(join(samples, `${digits[1]}.wav`));
    await expect.poll(() => digest(), WAIT).toBe(expected.digest);
    const copy = JSON.parse(new TextDecoder().decode(await downloadBy('Download model.json'))) as object;
    expect(copy).toEqual(JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')));
  });

  it('shows two models side by side, one of them given by the user', async () => {
    const folder = packagePath('models', 'wake-words');
    const files = ['model.json', 'weights.safetensors'].map((name) => join(folder, name));
    await page.locator('input[type=file][aria-label="Compare with…"]').setInputFiles(files);
    await page.getByRole('heading', { name: 'wake-words' }).waitFor(WAIT);
    await playSample(digits[1] ?? '');
    const expected = await runOf(join(samples, `${digits[1]}.wav`), folder);
    await expect.poll(() => digest(1), WAIT).toBe(expected.digest);
    expect(await page.getByRole('button', { name: 'Save to model.json' }).count()).toBe(1);
    await page.getByRole('button', { name: 'Remove' }).click();
    expect(await page.locator('.model').count()).toBe(1);
  });

  it('runs the firmware, which reports the events of the reference, as egru emulate shows them', async () => {
    await page.getByRole('tab', { name: 'Board' }).click();
    await page.locator('#board-on').click();
    await page.getByRole('heading', { name: 'Arduino Zero' }).waitFor(WAIT);
    const expected: string[] = [];
    const image = readBoardImage(readFileSync(inWork('firmware.bin')), 'firmware.bin');
    playTo(image, readWav(join(samples, `${digits[1]}.wav`)), { onLine: (line) => expected.push(line) });
    await playSample(digits[1] ?? '');
    const wav = join(samples, `${digits[1]}.wav`);
    const seen = ['run', packagePath('models', 'spoken-digits'), wav, '--stream', '--board', 'arduino_zero'];
    const reference = ((await json(seen)) as unknown as Run).events.map(
      ({ label, sample, score }) => `event ${WORDS.indexOf(label)} ${sample} ${score}`,
    );
    const events = async () => {
      const lines = (await page.locator('.terminal').innerText()).split('\n');
      return lines.map((line) => line.replace(/ {4}.*/, '')).filter((line) => line.startsWith('event '));
    };
    await expect.poll(events, WAIT).toEqual(reference);
    expect(expected.filter((line) => line.startsWith('event '))).toEqual(reference);
    expect(await events()).toHaveLength(1);
    expect(await page.locator('#board-on').textContent()).toBe('Start again');
  });

  it('is operable by keyboard, and axe finds nothing', async () => {
    await live();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('Record');
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      for (const name of ['Live', 'Record', 'Board']) {
        await page.getByRole('tab', { name }).click();
        expect(await violations(page), `${name}, ${colorScheme}, ${width}`).toEqual([]);
        expect(await pixelsBeyond(page), 'pixels to the side').toBeLessThanOrEqual(0);
      }
    }
  });

  it('explains what can be done without a microphone', async () => {
    await live();
    for (const [name, sentence] of [
      ['NotAllowedError', /^The microphone was refused\. Allow it .* files work without it\.$/],
      ['NotFoundError', /^This computer has no microphone\. /],
      ['NotReadableError', /^Another program uses the microphone/],
      [null, /^Browsers give the microphone to pages on this machine/],
    ] as const) {
      await page.evaluate((name) => {
        const { navigator, DOMException } = globalThis as unknown as DomGlobals;
        const getUserMedia = () => Promise.reject(new DOMException('', name ?? ''));
        Object.defineProperty(navigator, 'mediaDevices', {
          value: name === null ? undefined : { getUserMedia },
          configurable: true,
        });
      }, name);
      await page.locator('#listen').click();
      await expect.poll(() => status().textContent(), WAIT).toMatch(sentence);
    }
  });

  it('shows names as they are, and writes nothing to the console', async () => {
    await live();
    expect(await page.locator('.model h2').textContent()).toBe(hostile);
    await playSample(hostile);
    expect(await page.locator('img').count()).toBe(0);
    expect(browser.messages).toEqual([]);
  });
});
