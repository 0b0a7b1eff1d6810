// SPDX-License-Identifier: Apache-2.0
/** What a user drops on the page, and what the page gives away: models, a recording, clips that train takes. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveDetect } from '../../compiler/cli/play/save.ts';
import { type Serving, serve } from '../../compiler/cli/play/server.ts';
import { openSite } from '../../compiler/cli/play/site.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { CHIRPS } from '../cli/chirps.ts';
import { egru, inWork, json, write, writeNoise } from '../cli/egru.ts';
import { lacking } from '../support/needs.ts';
import { pixelsBeyond, violations } from './dom-globals.ts';
import { type OpenBrowser, openBrowser } from './open-browser.ts';

const TOKEN = 'a token';
const WAIT = { timeout: 60_000 };
const digits = packagePath('models', 'spoken-digits');
const sparse = packagePath('models', 'spoken-digits-sparse');
const seven = join(digits, 'samples', '7_engb_0.wav');

let serving: Serving;
let browser: OpenBrowser;
let page: Page;

beforeAll(async () => {
  if (lacking('chromium', 'build')) return;
  const site = openSite([digits], {}, TOKEN);
  serving = await serve(site, TOKEN, (body) => saveDetect([], body), 0);
  browser = await openBrowser(writeNoise('microphone.wav', 1, 3), { acceptDownloads: true });
  page = await browser.newPage();
  await page.addInitScript({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
  await page.goto(serving.url);
  await page.locator('.model').waitFor(WAIT);
});
afterAll(async () => {
  await browser?.close();
  await serving?.close();
});

/** Drops files and folders as a file manager does. */
async function drop(...files: string[]): Promise<void> {
  const session = await browser.context.newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
    if (type === 'dragOver') expect(await page.locator('#drop').isVisible()).toBe(true);
  }
  expect(await page.locator('#drop').isVisible()).toBe(false);
  await session.detach();
}

async function digestOfSeven(model: string): Promise<string | undefined> {
  const { digests } = (await json(['run', model, seven, '--stream', '--digest'])) as unknown as {
    digests: { digest: string }[];
  };
  return digests[0]?.digest;
}

async function dropRecording(): Promise<void> {
  await drop(seven);
  await expect.poll(() => page.locator('#status').textContent(), WAIT).toBe('The recording is over.');
}

const heading = () => page.locator('.model h2').textContent();
const digest = () => page.locator('.model code').first().textContent();

describe.skipIf(lacking('chromium', 'build'))('what is dropped', () => {
  it('runs a recording, and then the folder of another model, which the page cannot save', async () => {
    await dropRecording();
    await expect.poll(digest, WAIT).toBe(await digestOfSeven(digits));
    await drop(sparse);
    await expect.poll(heading, WAIT).toBe('spoken-digits-sparse');
    expect(await page.getByRole('button', { name: 'Save to model.json' }).count()).toBe(0);
    await dropRecording();
    await expect.poll(digest, WAIT).toBe(await digestOfSeven(sparse));
  });

  it('runs a program.json', async () => {
    const { code } = await egru(['compile', digits, '-o', inWork('c')]);
    expect(code).toBe(0);
    await drop(inWork('c', 'program.json'));
    await expect.poll(heading, WAIT).toBe('program.json');
    await dropRecording();
    await expect.poll(digest, WAIT).toBe(await digestOfSeven(digits));
  });

  it('refuses in a sentence what is none of these, whatever its name, and keeps what there was', async () => {
    const before = await heading();
    for (const [name, contents, sentence] of [
      ['<b>bold.txt', 'x', /^This is neither a recording .* nor a firmware image\.$/],
      ['<b>bold.wav', 'RIFF', /^<b>bold\.wav: /],
      ['model.json', '{', /^model\.json needs its weights: /],
      ['<b>program.json', '{"version": 1}', /^<b>program\.json: /],
    ] as const) {
      await drop(write(name, contents));
      await expect.poll(() => page.locator('#status').textContent(), WAIT).toMatch(sentence);
      expect(await heading()).toBe(before);
    }
    expect(await page.locator('b').count()).toBe(0);
    expect(browser.messages).toEqual([]);
  });
});

describe.skipIf(lacking('chromium', 'build'))('clips that are recorded', () => {
  it('are a dataset as they are downloaded, and train makes a model of it', async () => {
    await page.locator('#listen').click();
    await page.getByRole('tab', { name: 'Record' }).click();
    const hold = page.getByRole('button', { name: 'Hold to record' });
    await expect.poll(() => hold.isEnabled(), WAIT).toBe(true);
    await page.getByRole('combobox', { name: 'Label' }).fill('a/b');
    await hold.press('Space');
    expect(await page.locator('.clips li').count()).toBe(0);
    const labels = ['lights on', 'other'].flatMap((label) => new Array<string>(5).fill(label));
    for (const [i, label] of labels.entries()) {
      await page.getByRole('combobox', { name: 'Label' }).fill(label);
      await hold.focus();
      await page.keyboard.down('Space');
      await page.waitForTimeout(300);
      await page.keyboard.up('Space');
      await expect.poll(() => page.locator('.clips li').count(), WAIT).toBe(i + 1);
    }
    await page.getByRole('button', { name: 'Discard lights on 2' }).click();
    const [given] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: /^Download 9 clips/ }).click(),
    ]);
    for (const [path, bytes] of Object.entries(unzipSync(readFileSync(await given.path())))) {
      mkdirSync(dirname(inWork(path)), { recursive: true });
      writeFileSync(inWork(path), bytes);
    }
    const { samples, sampleRate } = readWav(inWork('clips', 'other', 'other-001.wav'));
    expect(samples.length / sampleRate).toBeGreaterThan(0.2);
    await page.locator('#listen').click();

    const config = write('config.json', JSON.stringify(CHIRPS));
    const trained = await json(['train', inWork('clips'), '-o', inWork('model'), '--config', config]);
    // "other" is the background that the keyword is learnt against.
    expect(trained).toMatchObject({ labels: ['lights on', 'other'], unusable: [], end: 'finished' });
    expect(trained).toMatchObject({ clips: { training: 3, validation: 1, test: 0 } });
    const run = await json(['run', inWork('model'), inWork('clips', 'other')]);
    expect((run.clips as object[]).length).toBe(5);
    expect(browser.messages).toEqual([]);
  });
});

describe.skipIf(lacking('chromium', 'build'))('the page with all that it was given', () => {
  it('has nothing beyond its edge and nothing wrong by axe: clips, two models, both schemes', async () => {
    await page.getByRole('tab', { name: 'Live' }).click();
    const files = ['model.json', 'weights.safetensors'].map((name) => join(sparse, name));
    await page.locator('input[type=file][aria-label="Compare with…"]').setInputFiles(files);
    await page.getByRole('heading', { name: 'spoken-digits-sparse' }).waitFor(WAIT);
    await dropRecording();
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 390]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        for (const name of ['Live', 'Record']) {
          await page.getByRole('tab', { name }).click();
          expect(await violations(page), `${name}, ${colorScheme}, ${width}`).toEqual([]);
          expect(await pixelsBeyond(page), 'pixels to the side').toBeLessThanOrEqual(0);
        }
      }
    }
    expect(browser.messages).toEqual([]);
  });
});

describe.skipIf(lacking('chromium', 'build'))('the page as files', () => {
  it('computes the same from any web server, with no more than a download to save by', async () => {
    const { code } = await egru(['play', digits, '--build', inWork('site')], { PATH: '/nowhere' });
    expect(code).toBe(0);
    const server = createServer(({ url = '' }, response) => {
      const file = inWork('site', url === '/' ? 'index.html' : url);
      const type = /\.js$/.test(file) ? 'text/javascript' : /css$/.test(file) ? 'text/css' : 'text/html';
      response.writeHead(existsSync(file) ? 200 : 404, { 'content-type': type });
      response.end(existsSync(file) ? readFileSync(file) : '');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.locator('.model').waitFor(WAIT);
      expect(await page.getByRole('button', { name: 'Save to model.json' }).count()).toBe(0);
      expect(await page.getByRole('button', { name: 'Download model.json' }).count()).toBe(1);
      await dropRecording();
      await expect.poll(digest, WAIT).toBe(await digestOfSeven(digits));
      expect(browser.messages).toEqual([]);
    } finally {
      await page.goto('about:blank');
      await new Promise((done) => server.close(done));
    }
  });
});
