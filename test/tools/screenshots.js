// SPDX-License-Identifier: Apache-2.0
// Pictures of the page of `egru play` and of `egru report`, of models/spoken-digits and its samples. Needs chromium.
// node test/tools/screenshots.js            remakes the pictures in docs/; needs ffmpeg
// node test/tools/screenshots.js FOLDER     every view, light and dark, 1280 and 390 pixels wide, to be looked at
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { wavBytes } from '../../build/dist/core/audio/wav/wav-bytes.js';
import { readWav } from '../../build/dist/index.js';

const MODEL = 'models/spoken-digits';
const OTHER = 'models/spoken-digits-sparse';
const SAMPLES = join(MODEL, 'samples');
const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const SIZES = [
  { width: 1280, height: 860 },
  { width: 390, height: 844 },
];
const WAIT = { timeout: 120_000 };
/** Milliseconds of sound before a picture. */
const HEARD = 8400;

const target = process.argv[2];
const work = mkdtempSync(join(tmpdir(), 'egru-pictures-'));
const clips = readdirSync(SAMPLES)
  .filter((name) => name.endsWith('.wav'))
  .sort();
const sound = clips.flatMap((name) => [
  ...readWav(join(SAMPLES, name), 8000).samples,
  ...new Array(3600).fill(0),
]);
const microphone = join(work, 'microphone.wav');
writeFileSync(microphone, wavBytes(Int16Array.from(sound), 8000));
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    ...['--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream'],
    ...['--use-fake-ui-for-media-stream', `--use-file-for-fake-audio-capture=${microphone}`],
  ],
});
const server = spawn('node', ['compiler/bin/egru.js', 'play', MODEL, '--port', '0']);
const [line] = await once(server.stdout, 'data');
const url = String(line).split(' ')[0] ?? '';

/** The page, behind its estimate of all kernels. */
async function openPlay(options) {
  const page = await browser.newPage(options);
  await page.goto(url);
  await page.getByText(/unrolled \d/).waitFor(WAIT);
  return page;
}

async function listening(page) {
  await page.locator('#listen').click();
  await page.mouse.move(0, 0);
  await page.waitForTimeout(HEARD);
}

/** Every view of the page of `egru play`. @param shoot makes a picture with a name */
async function playViews(page, shoot) {
  await shoot('start');
  await listening(page);
  await shoot('live');
  await page.getByRole('tab', { name: 'Record' }).click();
  for (const label of ['lights on', 'lights on', 'other']) {
    await page.getByRole('combobox', { name: 'Label' }).fill(label);
    await page.getByRole('button', { name: 'Hold to record' }).focus();
    await page.keyboard.down('Space');
    await page.waitForTimeout(700);
    await page.keyboard.up('Space');
    await page.waitForTimeout(300);
  }
  await shoot('record');
  await page.getByRole('tab', { name: 'Board' }).click();
  await shoot('board-off');
  await page.locator('#board-on').click();
  await page.getByRole('heading', { name: 'Arduino Zero' }).waitFor(WAIT);
  await page.waitForTimeout(HEARD);
  await shoot('board');
  await page.getByRole('tab', { name: 'Live' }).click();
  const files = ['model.json', 'weights.safetensors'].map((name) => join(OTHER, name));
  await page.locator('input[type=file][aria-label="Compare with…"]').setInputFiles(files);
  await page.getByRole('heading', { name: 'spoken-digits-sparse' }).waitFor(WAIT);
  await page.waitForTimeout(HEARD);
  await shoot('compare');
  await page.locator('#listen').click();
  await page.evaluate(() => {
    const getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
    Object.defineProperty(navigator, 'mediaDevices', { value: { getUserMedia } });
  });
  await page.locator('#listen').click();
  await page.locator('#status.bad').waitFor(WAIT);
  await shoot('refused');
}

/** Reports and the pages of compare and data stats, as files. @returns their names */
function writePages() {
  const model = join(work, 'model');
  cpSync(MODEL, model, { recursive: true });
  const document = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8'));
  const keyword = { threshold: 16384, release: 8192 };
  const keywords = { one: keyword, three: keyword, seven: keyword, nine: keyword };
  const detect = { scale: 4, window: 31, refractory: 62, keywords };
  writeFileSync(join(model, 'model.json'), JSON.stringify({ ...document, detect }));
  for (const name of clips) {
    const word = WORDS[Number(name[0])] ?? '';
    const folders = [join(work, 'clips', word), ...(word in keywords ? [] : [join(work, 'background')])];
    for (const folder of folders) {
      mkdirSync(folder, { recursive: true });
      cpSync(join(SAMPLES, name), join(folder, name));
    }
  }
  const words = join(work, 'clips');
  const seven = join(SAMPLES, '7_engb_0.wav');
  const pages = {
    report: ['report', model, words, seven, '--background', join(work, 'background'), '-o'],
    both: ['report', MODEL, OTHER, words, seven, '-o'],
    comparison: ['compare', MODEL, OTHER, '--data', SAMPLES, '--chip-clips', '3', '--html'],
    stats: ['data', 'stats', words, '--html'],
  };
  for (const [name, args] of Object.entries(pages))
    execFileSync('node', ['compiler/bin/egru.js', ...args, join(work, `${name}.html`)], { stdio: 'ignore' });
  return Object.keys(pages);
}

async function everyView(folder) {
  mkdirSync(folder, { recursive: true });
  const pages = writePages();
  for (const colorScheme of ['light', 'dark']) {
    for (const viewport of SIZES) {
      const end = `${colorScheme}-${viewport.width}.png`;
      const page = await openPlay({ colorScheme, viewport });
      await playViews(page, (name) =>
        page.screenshot({ path: join(folder, `${name}-${end}`), fullPage: true }),
      );
      for (const name of pages) {
        await page.goto(pathToFileURL(join(work, `${name}.html`)).href);
        await page.screenshot({ path: join(folder, `${name}-${end}`), fullPage: true });
      }
      await page.close();
    }
  }
}

/** A page's picture with few colours. */
async function keep(page, file) {
  const path = join(work, 'picture.png');
  await page.screenshot({ path });
  await page.close();
  const palette = 'split[a][b];[a]palettegen=max_colors=40[p];[b][p]paletteuse=dither=none';
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', path, '-vf', palette, '-pred', 'mixed', file]);
}

async function documentation() {
  const wide = await openPlay({ colorScheme: 'light', viewport: { width: 1060, height: 800 } });
  await listening(wide);
  await keep(wide, 'docs/play/live.png');
  const phone = await openPlay({ colorScheme: 'dark', viewport: SIZES[1] });
  await listening(phone);
  await keep(phone, 'docs/play/phone.png');
  writePages();
  const report = await browser.newPage({ colorScheme: 'light', viewport: { width: 1060, height: 800 } });
  await report.goto(`${pathToFileURL(join(work, 'both.html')).href}#clips`);
  await keep(report, 'docs/report/both.png');
}

await (target === undefined ? documentation() : everyView(target));
await browser.close();
server.kill('SIGINT');
rmSync(work, { recursive: true, force: true });
