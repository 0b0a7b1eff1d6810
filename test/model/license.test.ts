// SPDX-License-Identifier: Apache-2.0
/** `license` of model.json: what is taken, what is refused, and that no integer depends on it. */
import { describe, expect, it } from 'vitest';
import { programDigest } from '../../compiler/core/program/digest.ts';
import { quantize } from '../../compiler/core/quant/quantize.ts';
import { loadModel } from '../../compiler/host/load/load.ts';
import { BIAS, folder, refusal, SMALL, WEIGHT } from './folder.ts';
import { checkpoint, pickle, stateDict } from './pickle-writer.ts';

const FILES = { 'w.pt': checkpoint(pickle(stateDict([WEIGHT, BIAS])), [WEIGHT, BIAS]) };
const load = (license?: unknown) =>
  loadModel(folder(license === undefined ? SMALL : { ...SMALL, license }, FILES));

describe('the licence of the weights', () => {
  it.each([
    ...['CC-BY-4.0', 'CC-BY-SA-4.0', 'MIT OR Apache-2.0', 'GPL-2.0+', 'LicenseRef-Own'],
    ...['GPL-2.0-only WITH Classpath-exception-2.0', '(MIT OR ISC) AND (CC0-1.0 OR (MIT AND ISC))'],
  ])('%s is taken', (license) => {
    expect(load(license).license).toBe(license);
  });

  it('need not be stated', () => {
    expect(load().license).toBe(null);
  });

  it('is no part of the program', () => {
    expect(programDigest(quantize(load('MIT')))).toBe(programDigest(quantize(load())));
  });

  it.each([
    ...['', ' MIT', 'MIT ', 'MIT  OR ISC', 'MIT or ISC', 'MIT OR', 'OR MIT', '(MIT', 'MIT)', ')MIT('],
    ...[
      '*/ #error',
      'MIT\n#error',
      'MIT"',
      'caf\u00e9',
      '\u202eMIT',
      '??/',
      'a'.repeat(101),
      '('.repeat(5000),
    ],
    ...[1, [], { name: 'MIT' }],
  ])('%j is refused', (license) => {
    const path = folder({ ...SMALL, license }, FILES);
    const message = refusal(path, () => loadModel(path));
    expect(message).toMatch(/license/);
    expect(message).toMatch(/^[^\p{Cc}\p{Cf}]{1,200}$/u);
  });
});
