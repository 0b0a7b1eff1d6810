// SPDX-License-Identifier: Apache-2.0
/** The application asks the chip for what it needs through firmware/hal, and never names a register. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';

const files = (folder: string): string[] =>
  readdirSync(packagePath(folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[chS]$/.test(file))
    .map((file) => `${folder}/${file}`);
const text = (file: string): string => readFileSync(packagePath(file), 'utf8');
const names = (folder: string): Set<string> => new Set(files(folder).map((file) => basename(file)));
const included = (file: string): string[] =>
  [...text(file).matchAll(/^#include "([^"]+)"/gm)].map(([, name]) => name ?? '');

const app = files('firmware/app');
const hal = files('firmware/hal');

describe('the hardware layer of the firmware', () => {
  it('is all that the application includes besides itself, the runtime and the board', () => {
    const allowed = new Set([
      ...names('firmware/app'),
      ...names('firmware/hal'),
      ...names('runtime-c'),
      'board.h',
    ]);
    const strangers = app.flatMap((file) =>
      included(file)
        .filter((name) => !allowed.has(name))
        .map((name) => `${file}: ${name}`),
    );
    expect(app.length).toBeGreaterThan(20);
    expect(strangers).toEqual([]);
  });

  it('names chip.h and no other header of a chip', () => {
    const chip = names('firmware/samd21');
    const strangers = hal.flatMap((file) =>
      included(file)
        .filter((name) => chip.has(name) && name !== 'chip.h')
        .map((name) => `${file}: ${name}`),
    );
    expect(hal.length).toBeGreaterThan(8);
    expect(strangers).toEqual([]);
  });

  it('keeps registers and memory addresses out of the application', () => {
    const register =
      /\b(REG(8|16|32)\(|SYST_|SCB_|PM_|NVIC_|PORT_(OUT|DIR|PINCFG)|WDT_[CEIS][A-Z]|NVMCTRL_|USART_)|0x(20|4[0-2]|E0)[0-9A-Fa-f]{6}u/;
    const strangers = [...app, ...hal].filter(
      (file) => !file.endsWith('crc32.c') && register.test(text(file)),
    );
    expect(strangers).toEqual([]);
  });

  it('every file of link-order.txt exists', () => {
    for (const folder of ['firmware/app', 'firmware/samd21', 'runtime-c']) {
      const order = text(`${folder}/link-order.txt`)
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'));
      const sources = files(folder).map((file) => file.slice(folder.length + 1));
      expect(order.filter((file) => !sources.includes(file))).toEqual([]);
      expect(order.length).toBeGreaterThan(0);
    }
  });
});

it('no two files of the runtime have one name: users get them side by side', () => {
  const runtime = files('runtime-c');
  expect(runtime.length).toBeGreaterThan(30);
  expect(names('runtime-c').size).toBe(runtime.length);
});
