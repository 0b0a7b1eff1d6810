// SPDX-License-Identifier: Apache-2.0
/** The packed kernel built for this computer, with every compiler that is there and sanitizers, against the reference. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { expectedOf, HostBinaries, packedRunnerSources, runCases } from '../support/host-programs.ts';
import type { EventCase } from './programs.ts';

/** Declares the tests. */
export function compareOnHosts(cases: readonly EventCase[]): void {
  const binaries = new HostBinaries();
  afterAll(() => binaries.remove());

  describe.each(compilersAmong(['gcc', 'clang']).map((compiler) => ({ compiler })))(
    'packed kernel on the host: $compiler',
    ({ compiler }) => {
      let binary = '';
      beforeAll(async () => {
        binary = await binaries.build(compiler, packedRunnerSources, { sanitize: true });
      });

      test(`${cases.length} random programs give the reference's integers, again after a reset`, () => {
        runCases(binary, cases).forEach((result, i) => {
          const one = cases[i];
          if (one !== undefined) expect(result, one.program.name).toEqual(expectedOf(one));
        });
      });
    },
  );
}
