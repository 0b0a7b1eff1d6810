// SPDX-License-Identifier: Apache-2.0
/** The share of the chip that a program takes while it listens, without compiling or running anything. */
import { type Board, defaultBoard } from '../../boards/boards.ts';
import { type KernelName, kernelNames } from '../../codegen/kernels/index.ts';
import type { FrameSize } from '../../core/program/frontend-program.ts';
import type { Program } from '../../core/program/program.ts';
import { CAPTURE_SHARE } from './energy.ts';
import { estimateAll, type KernelEstimate } from './estimate.ts';

/**
 * Cycles of the feature extractor for a frame, at most, zero wait states: what the emulated chip takes for the longest
 * of any bins, window and scale. test/firmware/frontend-cycles.test.ts measures them.
 */
export const FRONTEND_CYCLES: Readonly<Record<FrameSize, number>> = { 64: 5500, 128: 9100, 256: 28_900 };

export interface ProgramLoad {
  /** The kernels that can compute the program, the fastest first. */
  readonly kernels: readonly KernelEstimate[];
  /** Of the feature extractor, which runs for every frame; 0 where there is none. */
  readonly frontendCycles: number;
  /** Cycles of the core clock from one frame to the next; null: frames have no duration. */
  readonly hopCycles: number | null;
  /** Share that driver, decimator and ports take with an I2S microphone. */
  readonly capture: number;
}

/** @param kernels what is estimated: `unrolled` takes seconds */
export function programLoad(
  program: Program,
  kernels: readonly KernelName[] = kernelNames,
  { chip }: Pick<Board, 'chip'> = defaultBoard,
): ProgramLoad {
  const { frontend } = program;
  return {
    kernels: estimateAll(program, kernels),
    frontendCycles: frontend === null ? 0 : FRONTEND_CYCLES[frontend.frame],
    hopCycles: frontend === null ? null : (chip.coreClock * frontend.hop) / frontend.sampleRate,
    capture: CAPTURE_SHARE.i2s,
  };
}
