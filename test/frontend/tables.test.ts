// SPDX-License-Identifier: Apache-2.0
/** The committed tables equal their definition, in both languages, and keep the first stage in range. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { runtimePath } from '../../compiler/host/files/runtime.ts';
import { frontendTables, renderC, renderTypeScript } from '../../compiler/report/oracle/generate-tables.ts';

const files = [
  { path: packagePath('compiler', 'core', 'fixed', 'frontend-tables.ts'), text: renderTypeScript() },
  { path: runtimePath('egru_frontend_tables.c'), text: renderC() },
];

test.each(files)('$path holds what frontend-tables.ts computes', ({ path, text }) => {
  if (process.env.UPDATE_TABLES === '1') writeFileSync(path, text);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test.each([64, 128, 256])(
  'first stage, Hann window of %i samples: no sum of four products leaves int32',
  (frame) => {
    const taps = frontendTables().find(({ name }) => name === `HANN_${frame}`)?.values ?? [];
    expect(taps.length).toBe(frame);
    let most = 0;
    for (let at = 0; at < frame; at += 8) {
      const [ar = 0, ai = 0, cr = 0, ci = 0, dr = 0, di = 0, br = 0, bi = 0] = taps.slice(at, at + 8);
      most = Math.max(most, ar + br + cr + dr, ai + bi + ci + di, ar + bi + cr + di, ai + br + ci + dr);
    }
    const magnitude = most * 32768;
    expect(magnitude).toBeLessThan(2 ** 31);
    expect(most).toBeGreaterThan(64000); // the range is used
  },
);
