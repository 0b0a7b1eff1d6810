// SPDX-License-Identifier: Apache-2.0
/**
 * PCM in, features and layers out: feature extractors of every frame size on the chip, in assembly and in portable C.
 */
import { describe, expect, it } from 'vitest';
import type { FrameSize } from '../../compiler/core/program/frontend-program.ts';
import type { Program } from '../../compiler/core/program/program.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
import { ChipExecutor } from '../../compiler/machines/execute/chip.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { verify } from '../../compiler/machines/verify/verify.ts';
import { Random } from '../support/random.ts';
import { programOf } from '../support/random-program.ts';

interface Case {
  readonly frame: FrameSize;
  readonly hop: number;
  readonly bins: number;
  readonly window: 'hann' | 'rect';
  readonly scale: 'log2' | 'linear';
}

const cases: Case[] = [
  { frame: 64, hop: 64, bins: 33, window: 'hann', scale: 'log2' },
  { frame: 64, hop: 1, bins: 5, window: 'rect', scale: 'linear' },
  { frame: 128, hop: 100, bins: 64, window: 'hann', scale: 'log2' },
  { frame: 256, hop: 128, bins: 129, window: 'hann', scale: 'linear' },
  { frame: 256, hop: 255, bins: 1, window: 'rect', scale: 'log2' },
];

function listener({ frame, hop, bins, window, scale }: Case): Program {
  const network = programOf({
    ...{
      seed: frame + hop,
      inputs: bins,
      lastActivation: 'none',
      bias: 'q15',
      readout: 'sum',
      steps: 4,
      input: 'random',
    },
    layers: [
      { type: 'egru', units: 7, weights: 'mixed', zeros: 30, state: 'random' },
      { type: 'dense', units: 3, weights: 'mixed', zeros: 30, state: 'zeros' },
    ],
  });
  const gain = scale === 'log2' ? 8 : 1 / 32;
  const divisor = scale === 'log2' ? 9 : 1;
  return {
    ...network,
    frontend: quantizeFrontend({ sampleRate: 8000, frame, hop, window, bins, scale, gain, divisor }),
  };
}

/** Noise that swells and dies away, full-scale extremes, silence. */
function sounds(length: number): Int16Array[] {
  const random = new Random(length);
  const noise = Int16Array.from(
    { length },
    (_, i) => (random.between(-32768, 32767) * (1 + Math.sin(i / 97))) / 2,
  );
  const extremes = Int16Array.from({ length }, (_, i) => (i % 16 < 8 ? -32768 : 32767));
  return [noise, extremes, new Int16Array(length)];
}

describe.each([
  ['assembly', []],
  ['portable C', ['EGRU_PORTABLE']],
] as const)('feature extractor on the chip, %s', (_, defines) => {
  it.each(cases)('frame $frame, hop $hop, $bins bins, $window, $scale', async (spec) => {
    const program = listener(spec);
    const chip = await ChipExecutor.create(program, { kernel: 'packed', defines });
    // Longer than one payload, and not a whole number of frames.
    const clips = sounds(spec.frame + 9 * spec.hop + 301).map((samples, i) => ({
      file: `sound ${i}`,
      samples,
    }));
    const report = await verify(program, clips, new ReferenceExecutor(program), [chip]);
    expect(report).toMatchObject({ differences: 0, first: null });
    expect(report.steps).toBeGreaterThanOrEqual(3 * 10);
    expect(chip.statistics.frontend.calls).toBe(report.steps);
    expect(chip.statistics.stack).toBeLessThanOrEqual(chip.firmware.stack.worst);
    await chip.close();
  });
});
