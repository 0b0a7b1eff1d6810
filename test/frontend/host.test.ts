// SPDX-License-Identifier: Apache-2.0
/** The feature extractor in TypeScript and in C on this machine: the same features, bit for bit. About 5 s. */
import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { Frontend } from '../../compiler/core/frontend/features.ts';
import type { FrontendProgram } from '../../compiler/core/program/frontend-program.ts';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { HostBinaries } from '../support/host-programs.ts';
import { pcmFrames, programs, randomPrograms } from './cases.ts';

const SOURCES = [
  'test/frontend/host-runner.c',
  'runtime-c/frontend/egru_frontend.c',
  'runtime-c/frontend/egru_frontend_bands.c',
  'runtime-c/frontend/egru_frontend_stages.c',
  'runtime-c/frontend/egru_frontend_tables.c',
];
const RANDOM_FRAMES = 90;

const binaries = new HostBinaries();
afterAll(() => binaries.remove());

function encode(program: FrontendProgram, frames: readonly Int16Array[]): Buffer {
  const { frame, hop, bins, minShift, window, curve, bands, normalizer: n } = program;
  const head = Uint32Array.of(
    frame,
    hop,
    bins,
    minShift,
    window === 'hann' ? 1 : 0,
    curve.length,
    frames.length,
    bands?.weights.length ?? 0,
    ...(n === null ? [0, 0, 0, 0, 0, 0] : [n.levels, n.floor, n.center, n.rise, n.fall, n.gainShift]),
  );
  const tables = bands === null ? [] : [bands.first, bands.count, bands.weights];
  return Buffer.concat(
    [head, curve, ...tables, ...frames].map((part) =>
      Buffer.from(part.buffer, part.byteOffset, part.byteLength),
    ),
  );
}

describe.each(
  compilersAmong(['gcc', 'clang']).flatMap((compiler) =>
    [false, true].map((sanitize) => ({ name: compiler[0], compiler, sanitize })),
  ),
)('$name, sanitizers $sanitize', ({ compiler, sanitize }) => {
  test('gives the features of the TypeScript feature extractor', async () => {
    const binary = await binaries.build(compiler, SOURCES, { sanitize });
    const cases = [...programs(), ...randomPrograms(60, 17)].map((program, seed) => ({
      program,
      frames: pcmFrames(program.frame, RANDOM_FRAMES, seed),
    }));
    const input = Buffer.concat(cases.map(({ program, frames }) => encode(program, frames)));
    const { status, stdout, stderr } = spawnSync(binary, { input, maxBuffer: 1 << 28 });
    expect(stderr.toString()).toBe('');
    expect(status).toBe(0);
    let at = 0;
    for (const { program, frames } of cases) {
      const frontend = new Frontend(program);
      const features = new Int16Array(program.bins);
      frames.forEach((pcm, i) => {
        frontend.frame(pcm, 0, features);
        const got = Int16Array.from(features, (_, bin) => stdout.readInt16LE(at + 2 * bin));
        at += 2 * program.bins;
        if (!got.every((value, bin) => value === features[bin])) {
          const { frame, window, bins } = program;
          expect.fail(
            `frame size ${frame}, ${window}, ${bins} bins, frame ${i}:\nC          ${got.join(' ')}\nTypeScript ${features.join(' ')}`,
          );
        }
      });
    }
    expect(at).toBe(stdout.length);
  });
});
