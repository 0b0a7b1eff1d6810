// SPDX-License-Identifier: Apache-2.0
/** Pages in a browser: readable on a phone, light and dark, nothing loaded, nothing wrong by axe; clips that play. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inWork, write, writeNoise } from '../../cli/egru.ts';
import { pixelsBeyond, violations } from '../../page/dom-globals.ts';
import { type OpenBrowser, openBrowser } from '../../page/open-browser.ts';
import { lacking } from '../../support/needs.ts';
import { comparisonExample, statsExample } from './examples.ts';
import { backgroundFolder, clipFolder, hostileModel, reportOf, samples } from './make-report.ts';

const WAIT = { timeout: 60_000 };
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const NAMES = ['report', 'both', 'compare', 'stats'] as const;

interface Box {
  readonly textContent: string;
  getBoundingClientRect(): Readonly<Record<'left' | 'right' | 'top' | 'bottom', number>>;
}

let browser: OpenBrowser;
let page: Page;
const asked: string[] = [];

beforeAll(async () => {
  if (lacking('chromium', 'build')) return;
  const model = hostileModel();
  const given = [clipFolder(), `${samples}/7_engb_0.wav`, '--chip-clips', '0'];
  await reportOf('report.html', model, ...given, '--background', backgroundFolder());
  await reportOf(
    'both.html',
    model,
    'models/spoken-digits-sparse',
    `${samples}/7_engb_0.wav`,
    '--chip-clips',
    '0',
  );
  write('compare.html', comparisonExample());
  write('stats.html', statsExample());
  browser = await openBrowser(writeNoise('microphone.wav', 1), {});
  page = await browser.newPage();
  await page.addInitScript({ path: axe });
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) asked.push(request.url());
  });
});
afterAll(async () => {
  await browser?.close();
});

const open = (name: string) => page.goto(pathToFileURL(inWork(`${name}.html`)).href);

describe.skipIf(lacking('chromium', 'build'))('pages', () => {
  it.each(NAMES)('%s: nothing beyond the edge, nothing wrong by axe, in both schemes', async (name) => {
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 1280],
      ['light', 360],
      ['dark', 360],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await open(name);
      await page.locator('details').evaluateAll((all) => {
        for (const one of all) (one as unknown as { open: boolean }).open = true;
      });
      expect(await violations(page), `${name}, ${colorScheme}, ${width}`).toEqual([]);
      expect(await pixelsBeyond(page), 'pixels to the side').toBeLessThanOrEqual(0);
    }
  });

  it('has texts in charts that can be read on a phone', async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    for (const name of NAMES) {
      await open(name);
      const sizes = await page.locator('figure > svg').evaluateAll((all) =>
        all.map((one) => {
          const svg = one as unknown as {
            getBoundingClientRect(): { width: number };
            getAttribute(name: string): string;
          };
          return (14 * svg.getBoundingClientRect().width) / Number(svg.getAttribute('width'));
        }),
      );
      expect(sizes.length).toBeGreaterThan(0);
      expect(Math.min(...sizes), 'pixels of a text').toBeGreaterThan(10);
    }
  });

  it('has texts in charts that neither leave them nor touch', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    for (const name of NAMES) {
      await open(name);
      const wrong = await page.locator('figure > svg').evaluateAll((all) =>
        all.flatMap((one) => {
          const svg = one as unknown as Box & { querySelectorAll(selector: string): Iterable<Box> };
          const edge = svg.getBoundingClientRect();
          const texts = [...svg.querySelectorAll('text')].filter((text) => text.textContent !== '');
          const boxes = texts.map((text) => ({ text: text.textContent, ...place(text) }));
          function place(text: Box) {
            const { left, right, top, bottom } = text.getBoundingClientRect();
            return { left, right, top, bottom };
          }
          // A pixel for rounding.
          const leaves = boxes.filter(
            ({ left, right, top, bottom }) =>
              left < edge.left - 1 ||
              right > edge.right + 1 ||
              top < edge.top - 1 ||
              bottom > edge.bottom + 1,
          );
          const touches = boxes.filter(({ left, right, top, bottom }, i) =>
            boxes
              .slice(i + 1)
              .some(
                (two) =>
                  two.left < right - 1 &&
                  two.right > left + 1 &&
                  two.top < bottom - 4 &&
                  two.bottom > top + 4,
              ),
          );
          return [...leaves, ...touches].map(({ text }) => text);
        }),
      );
      expect(wrong, name).toEqual([]);
    }
  });

  it('plays the clips of a cell, one after the other, and stops', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await open('report');
    const cell = page.getByRole('button', { name: /^two predicted as .*: 1 clip, 1 to play$/ }).first();
    await cell.focus();
    await page.keyboard.press('Enter');
    const status = page.locator('[data-playing]');
    await expect.poll(() => status.textContent(), WAIT).toMatch(/^2_\w+\.wav, 1 of 1$/);
    await expect.poll(() => status.textContent(), WAIT).toBe('');
    const times = await page
      .locator('audio')
      .evaluateAll((all) => all.map((one) => (one as unknown as { currentTime: number }).currentTime));
    expect(Math.max(...times)).toBeGreaterThan(0.1);
  });

  it('prints: no control, every figure', async () => {
    await page.emulateMedia({ media: 'print' });
    await open('report');
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect(await page.locator('figure').first().isVisible()).toBe(true);
    const pdf = await page.pdf({ format: 'A4' });
    writeFileSync(inWork('report.pdf'), pdf);
    expect(pdf.length).toBeGreaterThan(20_000);
    await page.emulateMedia({ media: 'screen' });
  });

  it('load nothing, and write nothing to the console', () => {
    expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([]);
    expect(new Set(asked).size).toBe(NAMES.length);
    expect(browser.messages).toEqual([]);
  });
});
