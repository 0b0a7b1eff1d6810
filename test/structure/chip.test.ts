// SPDX-License-Identifier: Apache-2.0
/** A chip is one description and one emulator: no other file of the compiler holds its addresses, clock or number. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { boards, chips } from '../../compiler/boards/boards.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { emulate } from '../../compiler/machines/emulated/emulators.ts';

/** The emulator models one family, and its own sizes are compared with the description in test/toolchain. */
const AT_HOME = /^(boards\/chips\/|emulator\/)/;
/** What stands in a chip's description, by how it could be written elsewhere. */
const FACTS: readonly (readonly [fact: string, pattern: RegExp])[] = [
  ['the end of RAM', /\b0x2000_?(8000|7ff[c8])\b/i],
  ['the start of RAM', /\b0x2000_?0000\b/],
  ['the UF2 family', /\b0x68ed_?2b88\b/i],
  ['the start of applications', /\b0x2000\b/],
  ['the start of the model', /\b0xe000\b/i],
  ['the core clock', /\b(48e6|48_?000_?000)\b/],
  ['its firmware', /'firmware\/samd21/],
  ['its emulator', /\bnew Samd21\(/],
];
/** The same number with another meaning: an opcode of Thumb, a flag of UF2 blocks; below, the end of the surrogates. */
const OTHERS: readonly string[] = ['machines/image/uf2.ts', 'machines/toolchain/stack-walk.ts'];
const EMULATORS = 'machines/emulated/emulators.ts';

const sources = readdirSync(packagePath('compiler'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !AT_HOME.test(path))
  .map((path) => ({ path, code: withoutComments(readFileSync(packagePath('compiler', path), 'utf8')) }));

/** Sources may explain with an example what they do not depend on. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

const expected = new Map([
  ['its emulator', [EMULATORS]],
  ['the start of applications', OTHERS],
  ['the start of the model', ['core/base/byte-order.ts', 'machines/toolchain/stack-walk.ts']],
]);

describe('the facts of a chip', () => {
  it.each(FACTS)('%s: in its description alone', (fact, pattern) => {
    const strangers = sources
      .filter(({ code }) => pattern.test(code))
      .map(({ path }) => path)
      .sort();
    expect(strangers).toEqual(expected.get(fact) ?? []);
  });

  it('are recognised where they are at home', () => {
    const home = ['boards/chips/samd21.ts', EMULATORS].map((path) =>
      readFileSync(packagePath('compiler', path), 'utf8'),
    );
    const unseen = FACTS.filter(
      ([fact, pattern]) => fact !== 'the end of RAM' && !home.some((text) => pattern.test(text)),
    );
    expect(unseen).toEqual([]);
  });

  it('name an emulator that there is', () => {
    for (const chip of chips)
      expect(emulate(chip, { segments: [], vectorTable: chip.applicationStart }).cycles).toBe(0);
    const unknown = { ...boards.arduino_zero.chip, emulator: 'none', name: 'TOY' };
    expect(() => emulate(unknown, { segments: [], vectorTable: 0 })).toThrow('nothing emulates the TOY');
  });

  it('are those of every board', () => {
    const families = new Set(Object.values(boards).map(({ chip }) => chip.uf2Family));
    expect(chips.map(({ uf2Family }) => uf2Family)).toEqual([...families]);
  });
});
