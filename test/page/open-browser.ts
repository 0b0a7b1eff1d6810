// SPDX-License-Identifier: Apache-2.0
/** Debian's Chromium without a screen, whose microphone is a WAV file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Quiet: nothing is asked, reported, updated or drawn by a graphics card. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

export interface OpenBrowser {
  readonly context: BrowserContext;
  /** What pages wrote to their consoles, and what they threw. */
  readonly messages: readonly string[];
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

/** @param microphone WAV file that pages get as their microphone, again and again */
export async function openBrowser(
  microphone: string,
  options: BrowserContextOptions = {},
): Promise<OpenBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'egru-browser-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: [...FLAGS, `--use-file-for-fake-audio-capture=${microphone}`],
    ...options,
  });
  const messages: string[] = [];
  context.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
  context.on('weberror', (error) => messages.push(String(error.error())));
  return {
    context,
    messages,
    newPage: () => context.newPage(),
    async close() {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
