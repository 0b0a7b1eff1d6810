// SPDX-License-Identifier: Apache-2.0
/** A benchmark's cycles as current and energy, for every kernel that keeps up and every microphone. */
import { defaultBoard, type MicrophoneName } from '../../boards/boards.ts';
import { CAPTURE_SHARE, type Energy, estimateEnergy, microphoneParts } from '../measure/energy.ts';
import type { BenchReport } from './bench.ts';

export interface EnergyRow {
  readonly kernel: string;
  readonly part: string;
  readonly microphone: MicrophoneName;
  readonly alwaysOn: Energy;
  readonly gated: Energy;
}

/**
 * With the bound for one wait state, at which the data sheet's currents were measured.
 * @param hop samples from frame to frame; @param gated share of frames that voice activity keeps from the network
 */
export function energyRows(
  {
    kernels,
    frontend,
  }: Pick<BenchReport, 'frontend'> & {
    readonly kernels: readonly Pick<BenchReport['kernels'][number], 'name' | 'cyclesPerStepBound'>[];
  },
  hop: number,
  sampleRate: number,
  gated: number,
): EnergyRow[] {
  const hopCycles = (hop / sampleRate) * defaultBoard.chip.coreClock;
  const frontendCycles = frontend?.cyclesBound ?? 0;
  return kernels.flatMap(({ name, cyclesPerStepBound }) =>
    microphoneParts
      .filter(
        ({ microphone }) =>
          (frontendCycles + cyclesPerStepBound) / hopCycles + CAPTURE_SHARE[microphone] <= 1,
      )
      .map((part) => {
        const input = {
          frontendCycles,
          networkCycles: cyclesPerStepBound,
          hopCycles,
          coreClock: defaultBoard.chip.coreClock,
          part,
        };
        return {
          kernel: name,
          part: part.part,
          microphone: part.microphone,
          alwaysOn: estimateEnergy({ ...input, gated: 0 }),
          gated: estimateEnergy({ ...input, gated }),
        };
      }),
  );
}
