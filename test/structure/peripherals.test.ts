// SPDX-License-Identifier: Apache-2.0
/** Each peripheral of the emulated chip is a file that cites its document, and has a test of its name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';

const folder = packagePath('compiler', 'emulator', 'peripherals');
const BLOCK = /^export class \w+ extends (?:RegisterBlock|ClockedBlock)\b/m;
const CITATION = /\((?:SAM D21 datasheet )?DS40001882, chapters? "|\(Armv6-M ARM, B3\.2/;

const blocks = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))
  .filter(({ text }) => BLOCK.test(text));

describe('peripherals', () => {
  it('are found', () => {
    expect(blocks.map(({ file }) => file)).toEqual(expect.arrayContaining(['adc.ts', 'port.ts', 'scs.ts']));
    expect(blocks.length).toBeGreaterThanOrEqual(15);
  });

  it.each(blocks)('$file cites its section and has its test', ({ file, text }) => {
    expect(text).toMatch(CITATION);
    const test = packagePath('test', 'emulator', 'peripherals', file.replace(/\.ts$/, '.test.ts'));
    expect(existsSync(test), test).toBe(true);
    expect(readFileSync(test, 'utf8')).toMatch(/^describe(?:\.each\(\w+\))?\(/m);
  });
});
