// SPDX-License-Identifier: Apache-2.0
/** The decimators in TypeScript and in C on this machine: the same samples, bit for bit. */
import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { KINDS, type Kind } from '../support/chips/mic-chip.ts';
import { HostBinaries } from '../support/host-programs.ts';
import { lackingRecordings } from '../support/shared.ts';
import { blocks, decimator, type Input, recordedBlocks } from './cases.ts';

const SOURCES = [
  'test/microphone/host-runner.c',
  ...['pdm', 'i2s', 'adc', 'half', 'tables'].map((name) => `runtime-c/microphone/egru_mic_${name}.c`),
];

const binaries = new HostBinaries();
afterAll(() => binaries.remove());

function compare(binary: string, kind: Kind, inputs: readonly Input[]): void {
  const input = Buffer.concat(inputs.map((part) => new Uint8Array(part.buffer, 0, part.byteLength)));
  const { status, stdout, stderr } = spawnSync(binary, [kind], { input });
  expect(stderr.toString()).toBe('');
  expect(status).toBe(0);
  expect(stdout.length).toBe(64 * inputs.length);
  const twin = decimator(kind);
  const pcm = new Int16Array(32);
  inputs.forEach((block, n) => {
    twin.block(block, pcm);
    const got = Array.from(pcm, (_, i) => stdout.readInt16LE(64 * n + 2 * i));
    expect(got, `${kind}, block ${n}`).toEqual([...pcm]);
  });
}

describe.each(
  compilersAmong(['gcc', 'clang']).flatMap((compiler) =>
    [false, true].map((sanitize) => ({ name: compiler[0], compiler, sanitize })),
  ),
)('$name, sanitizers $sanitize', ({ compiler, sanitize }) => {
  test('gives the samples of the TypeScript decimators', async () => {
    const binary = await binaries.build(compiler, SOURCES, { sanitize });
    for (const kind of KINDS) {
      for (let seed = 0; seed < 8; seed++) compare(binary, kind, blocks(kind, seed));
    }
  });

  test.skipIf(lackingRecordings())(
    'and those of a recording (needs ../shared/data/spoken-digits)',
    async () => {
      const binary = await binaries.build(compiler, SOURCES, { sanitize });
      for (const kind of KINDS) compare(binary, kind, recordedBlocks(kind, 1000));
    },
  );
});
