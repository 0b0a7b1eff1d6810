// SPDX-License-Identifier: Apache-2.0
// Makes docs/play: the page of `egru play`, listening to the samples of models/spoken-digits. Needs chromium and pngquant.
// node test/tools/screenshots.js
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { wavBytes } from '../../build/dist/core/audio/wav/wav-bytes.js';
import { readWav } from '../../build/dist/index.js';

const MODEL = 'models/spoken-digits';
const PICTURES = [
  { name: 'live', colorScheme: 'light', viewport: { width: 1060, height: 800 } },
  { name: 'phone', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
];
/** Seconds of sound before the picture. */
const SECONDS = 8.4;

const work = mkdtempSync(join(tmpdir(), 'egru-pictures-'));
const samples = join(MODEL, 'samples');
const clips = readdirSync(samples).filter((name) => name.endsWith('.wav'));
const sound = clips
  .sort()
  .flatMap((name) => [...readWav(join(samples, name), 8000).samples, ...new Array(3600).fill(0)]);
const microphone = join(work, 'microphone.wav');
writeFileSync(microphone, wavBytes(Int16Array.from(sound), 8000));

const server = spawn('node', ['compiler/bin/egru.js', 'play', MODEL, '--port', '0']);
const [line] = await once(server.stdout, 'data');
const url = String(line).split(' ')[0] ?? '';
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    ...['--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream'],
    ...['--use-fake-ui-for-media-stream', `--use-file-for-fake-audio-capture=${microphone}`],
  ],
});
mkdirSync('docs/play', { recursive: true });
for (const { name, colorScheme, viewport } of PICTURES) {
  const page = await browser.newPage({ colorScheme, viewport });
  await page.goto(url);
  // Behind the estimate of both kernels.
  await page.getByText(/unrolled \d/).waitFor({ timeout: 120_000 });
  await page.locator('#listen').click();
  await page.mouse.move(0, 0);
  await page.waitForTimeout(1000 * SECONDS);
  const file = join(work, `${name}.png`);
  await page.screenshot({ path: file });
  await page.close();
  const target = `docs/play/${name}.png`;
  execFileSync('pngquant', ['--force', '--strip', '--speed', '1', '--output', target, '40', file]);
}
await browser.close();
server.kill('SIGINT');
rmSync(work, { recursive: true, force: true });
