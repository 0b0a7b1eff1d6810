// SPDX-License-Identifier: Apache-2.0
/** The detector in TypeScript and in C over thousands of streams, many of which stand exactly at a threshold; 5 s. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { DetectProgram } from '../../compiler/core/program/detect-program.ts';
import { exponentOf } from '../../compiler/core/quant/detect.ts';
import { Detector, VAD_OPEN } from '../../compiler/core/sim/detector.ts';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { HostBinaries } from '../support/host-programs.ts';

interface Case {
  readonly outputs: number;
  readonly detect: DetectProgram;
  readonly frames: readonly { readonly energy: number; readonly logits: Int32Array }[];
}

/** Posteriors of one, two, three or four equal labels: with logits of 0 and FAR no others occur. */
const FAR = 32768 * 100;
const SHARES = [32767, 16384, 10923, 8192];

const cases = fc.integer({ min: 1, max: 4 }).chain((outputs) =>
  fc.record({
    outputs: fc.constant(outputs),
    detect: fc.record({
      window: fc.integer({ min: 1, max: 5 }),
      refractory: fc.integer({ min: 0, max: 4 }),
      labels: fc.subarray(
        Array.from({ length: outputs }, (_, label) => label),
        { minLength: 1 },
      ),
      thresholds: fc.array(fc.constantFrom(...SHARES, 8193, 1, 20000), { minLength: 4, maxLength: 4 }),
      releases: fc.array(fc.constantFrom(...SHARES, 8191, 1, 5000), { minLength: 4, maxLength: 4 }),
      vad: fc.option(
        fc.record({
          level: fc.constantFrom(1, 100, 32767),
          hangover: fc.integer({ min: 0, max: 3 }),
          reset: fc.integer({ min: 1, max: 4 }),
        }),
      ),
    }),
    frames: fc.array(
      fc.record({
        energy: fc.constantFrom(0, 9999, 10000, 32767 * 32767, 2 ** 30),
        mask: fc.integer({ min: 1, max: 2 ** outputs - 1 }),
        repeat: fc.integer({ min: 1, max: 4 }),
      }),
      { minLength: 1, maxLength: 25 },
    ),
  }),
);

type Drawn = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function caseOf({ outputs, detect: { labels, thresholds, releases, ...rest }, frames }: Drawn): Case {
  const keywords = labels.map((label) => {
    const threshold = thresholds[label] ?? 1;
    return { label, threshold, release: Math.min(threshold, releases[label] ?? 1) };
  });
  return {
    outputs,
    detect: { ...exponentOf(4), ...rest, keywords },
    frames: frames.flatMap(({ energy, mask, repeat }) => {
      const logits = Int32Array.from({ length: outputs }, (_, i) => ((mask >> i) & 1) * FAR);
      return Array.from({ length: repeat }, () => ({ energy, logits }));
    }),
  };
}

function encode({ outputs, detect, frames }: Case): number[] {
  const { window, refractory, keywords, vad } = detect;
  return [
    ...[outputs, window, refractory, keywords.length],
    ...[vad?.level ?? 0, vad?.hangover ?? 0, vad?.reset ?? 1],
    ...keywords.flatMap(({ label, threshold, release }) => [label, threshold, release]),
    frames.length,
    ...frames.flatMap(({ energy, logits }) => [energy, ...logits]),
  ];
}

function expected({ detect, frames }: Case): number[] {
  const detector = new Detector(detect);
  return frames.flatMap(({ energy, logits }) => {
    const gate = detector.vad(energy);
    const event = detector.step(gate === VAD_OPEN ? logits : null);
    return [gate, ...detector.posteriors, ...detector.sums, event?.label ?? -1, event?.score ?? 0];
  });
}

describe.each(compilersAmong(['gcc', 'clang']))('%s with sanitizers', (compiler) => {
  const binaries = new HostBinaries();
  afterAll(() => binaries.remove());

  test('every frame of 3,000 streams, and again after a reset', async () => {
    const sources = [
      'test/runtime/detector.c',
      'runtime-c/detect/egru_softmax.c',
      'runtime-c/detect/egru_detect.c',
    ];
    const binary = await binaries.build([compiler], sources, { sanitize: true });
    const all = fc.sample(cases, { numRuns: 3000, seed: 4 }).map(caseOf);
    const input = Int32Array.from([...all.flatMap(encode), 0]);
    const { status, stdout, stderr } = spawnSync(binary, { input, maxBuffer: 1 << 26 });
    expect(stderr.toString()).toBe('');
    expect(status).toBe(0);
    const got = new Int32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
    let at = 0;
    for (const one of all) {
      const once = expected(one);
      const twice = [...once, ...once];
      const part = Array.from(got.subarray(at, at + twice.length));
      if (part.join() !== twice.join()) expect({ one, values: part }).toEqual({ one, values: twice });
      at += twice.length;
    }
    expect(got.length).toBe(at);
    const scores = all.flatMap(({ detect, frames }) => {
      const detector = new Detector(detect);
      return frames.flatMap(({ logits }) => detector.step(logits)?.score ?? []);
    });
    expect(scores.filter((score) => SHARES.includes(score)).length).toBeGreaterThan(1000);
  });
});
