// SPDX-License-Identifier: Apache-2.0
/** The fuzzers of C: some inputs each, all that were found, and a planted defect that each finds. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lacking } from '../support/needs.ts';
import { buildFuzzer, fuzzers } from './c/fuzzers.ts';
import { findingsOf, runFuzzer, runInput } from './c/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'egru-fuzz-c-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(lacking('clang')).each(fuzzers.map((fuzzer) => [fuzzer.name, fuzzer] as const))(
  '%s',
  (name, fuzzer) => {
    it('finds nothing', async () => {
      const binary = await buildFuzzer(fuzzer, join(folder, name));
      const { runs, finding } = await runFuzzer(fuzzer, binary, join(folder, 'found'), [
        '-runs=3000',
        '-seed=1',
      ]);
      expect(finding).toBeNull();
      expect(runs).toBeGreaterThanOrEqual(3000);
      for (const input of findingsOf(fuzzer))
        expect((await runInput(binary, input)).finding, input).toBeNull();
    });

    it('finds what is planted, and leaves it as a file that shows it again', async () => {
      const binary = await buildFuzzer(fuzzer, join(folder, `${name}-wrong`), true);
      const found = join(folder, `${name}-found`);
      const { finding } = await runFuzzer(fuzzer, binary, found, ['-runs=100000', '-seed=1']);
      expect(finding).toMatch(/runtime error|AddressSanitizer|deadly signal/);
      const [input = ''] = readdirSync(found);
      expect((await runInput(binary, join(found, input))).finding).not.toBeNull();
    });
  },
);
