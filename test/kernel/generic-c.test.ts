// SPDX-License-Identifier: Apache-2.0
/** The schedule as C, on the host, against the reference at every layer and step; about 10 s, most of it compilation. */
import { afterEach, describe, expect, test } from 'vitest';
import { HostExecutor } from '../../compiler/machines/execute/host.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { featuresOf, programOf, specs } from '../support/random-program.ts';

const open: HostExecutor[] = [];
afterEach(async () => {
  for (const executor of open.splice(0)) await executor.close();
});

describe.each(compilersAmong(['gcc', 'clang']))('%s', (compiler) => {
  test.each(specs(4, 31, { maxWidth: 60 }))('%o', async (spec) => {
    const program = programOf(spec);
    const clips = [featuresOf(spec)];
    const expected = await new ReferenceExecutor(program).run(clips, true);
    const host = await HostExecutor.create(program, {
      kernel: 'unrolled',
      compiler: [compiler],
      sanitize: true,
    });
    open.push(host);
    expect(await host.run(clips, true)).toEqual(expected);
  });
});
