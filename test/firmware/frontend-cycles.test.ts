// SPDX-License-Identifier: Apache-2.0
/** What the load on the page of `egru play` counts with: the feature extractor's cycles by the length of its frame. */
import { describe, expect, it } from 'vitest';
import type { DenseLayer } from '../../compiler/core/program/cells/dense.ts';
import type { FrameSize } from '../../compiler/core/program/frontend-program.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { measureKernel } from '../../compiler/report/bench/bench.ts';
import { FRONTEND_CYCLES } from '../../compiler/report/measure/load.ts';
import { lacking } from '../support/needs.ts';
import { Random } from '../support/random.ts';

const { detect: _, ...base } = loadProgram(packagePath('models', 'spoken-digits'));

/** A network that computes nothing, behind a feature extractor with all its bins. */
async function cyclesOf(frame: FrameSize): Promise<number> {
  const bins = frame === 128 ? 64 : frame / 2 + 1;
  const definition = { sampleRate: 8000, frame, hop: frame, window: 'hann', bins, scale: 'log2' } as const;
  const zeros = () => new Int32Array(2);
  const codes = new Uint8Array(2 * bins).fill(7);
  const layer: DenseLayer = {
    ...{ type: 'dense', name: 'none', inputs: bins, units: 2, activation: 'none' },
    matrix: { rows: 2, columns: bins, codes, bias: zeros(), min: zeros(), max: zeros() },
  };
  const program = {
    ...base,
    frontend: quantizeFrontend({ ...definition, gain: 8, divisor: 9 }),
    ...{ labels: ['a', 'b'], layers: [layer], readout: { steps: 12, rule: 'sum' } as const },
  };
  const random = new Random(frame);
  const clip = Int16Array.from({ length: 12 * frame }, () => random.between(-20_000, 20_000));
  return (await measureKernel(program, 'packed', [clip], () => {})).frontend.cyclesMax;
}

describe.skipIf(lacking('arm', 'build'))('the feature extractor', () => {
  it.each([64, 128, 256] as const)('takes at most what the load counts with, frames of %i', async (frame) => {
    const cycles = await cyclesOf(frame);
    expect(cycles).toBeLessThanOrEqual(FRONTEND_CYCLES[frame]);
    expect(cycles).toBeGreaterThan(0.95 * FRONTEND_CYCLES[frame]);
  });
});
