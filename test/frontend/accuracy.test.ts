// SPDX-License-Identifier: Apache-2.0
/**
 * How far the integer feature extractor is from its floating-point definition on real recordings. Every 60th of them,
 * about 10 s; FRONTEND_ALL=1 npx vitest run test/frontend/accuracy.test.ts measures all 3,000 in minutes and prints the
 * table.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { cutClip } from '../../compiler/core/audio/crop.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
import { findClips, spread } from '../../compiler/host/audio/clips.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { measureFrontend } from '../../compiler/report/oracle/measure.ts';
import { DIGITS, lackingRecordings } from '../support/shared.ts';
import { definition, FRAMES } from './cases.ts';

const all = process.env.FRONTEND_ALL === '1';
const STEPS = 64;

const scales = [
  { scale: 'log2', gain: 8, divisor: 9, mean: 0.0005, worst: 0.015 },
  { scale: 'linear', gain: 1 / 32, divisor: 1, mean: 2 ** -12, worst: 2 ** -12 },
] as const;
const rows: string[] = [];

describe.skipIf(lackingRecordings())('error on real recordings (needs ../shared/data/spoken-digits)', () => {
  const clips = lackingRecordings()
    ? []
    : spread(findClips([DIGITS]), all ? undefined : 50).map((file) => readWav(file).samples);
  afterAll(() => {
    if (all) console.log(`frame window scale  level frames      mean    worst\n${rows.join('\n')}`);
  });

  for (const frame of FRAMES) {
    for (const window of ['hann', 'rect'] as const) {
      for (const { scale, gain, divisor, mean, worst } of scales) {
        test.each([0, 3])(`frame ${frame}, ${window}, ${scale}, level 1 / 2^%i`, (attenuation) => {
          const program = quantizeFrontend(definition({ frame, window, scale, gain, divisor }));
          const cut = clips.map((clip) => cutClip(clip, frame, frame, STEPS));
          const error = measureFrontend(program, cut, attenuation);
          expect(error.frames).toBeGreaterThan(clips.length * 10);
          expect(error.mean).toBeLessThanOrEqual(mean);
          expect(error.worst).toBeLessThanOrEqual(worst);
          expect(error.mean).toBeGreaterThan(0);
          const level = attenuation === 0 ? '1' : '1/8';
          rows.push(
            `${frame.toString().padStart(5)} ${window.padEnd(6)} ${scale.padEnd(6)} ${level.padStart(5)} ${error.frames
              .toString()
              .padStart(6)} ${error.mean.toFixed(7)} ${error.worst.toFixed(6)}`,
          );
        });
      }
    }
  }
});
