// SPDX-License-Identifier: Apache-2.0
/** Whether a board keeps up with a microphone: what a frame takes at worst, next to the time until the next one. */
import type { Board, Microphone } from '../../boards/boards.ts';
import { MICROPHONE_RATE } from '../../boards/microphone-rate.ts';
import { type KernelName, kernelOf } from '../../codegen/kernels/index.ts';
import type { FrontendProgram } from '../../core/program/frontend-program.ts';
import type { Program } from '../../core/program/program.ts';
import { CAPTURE_SHARE } from './energy.ts';
import { FRONTEND_CYCLES } from './load.ts';

export interface FrameLoad {
  /** Cycles from frame to frame. */
  readonly hopCycles: number;
  /** Of the network and of the feature extractor at worst, with one more for every new line of flash. */
  readonly network: number;
  readonly frontend: number;
  /** Of driver, decimator, detection and ports. */
  readonly capture: number;
  /** All of them as a share of the hop. */
  readonly share: number;
}

/**
 * New lines of flash for each cycle at zero wait states, at most: 0.25 of generated steps, 0.29 of the feature extractor
 * (docs/BENCHMARKS.md).
 */
const LINES = 0.29;

/** Cycles at zero wait states with a bound for the wait state of 48 MHz. */
export function withFlashLines(cycles: number): number {
  return Math.ceil(cycles * (1 + LINES));
}

/** null: the firmware does not listen, it is fed through its port, and nothing is too slow. */
export function frameLoad(
  program: Program,
  kernel: KernelName,
  board: Board,
  { name }: Microphone,
): FrameLoad | null {
  return loadOf(program, kernelOf(kernel).cycles(program).max, board, name);
}

/** cycles: of a step at most, at zero wait states */
export function loadOf(
  { frontend, detect }: Program,
  cycles: number,
  { chip }: Board,
  microphone: Microphone['name'],
): FrameLoad | null {
  if (!listens(frontend) || detect === undefined) return null;
  const hopCycles = (frontend.hop / frontend.sampleRate) * chip.coreClock;
  const network = withFlashLines(cycles);
  const own = withFlashLines(FRONTEND_CYCLES[frontend.frame]);
  const capture = Math.ceil(CAPTURE_SHARE[microphone] * hopCycles);
  const share = (network + own + capture) / hopCycles;
  return { hopCycles, network, frontend: own, capture, share };
}

/** The most cycles at zero wait states that a step may take on a board that has to keep up. */
export function mostCycles(program: Program, board: Board, microphone: Microphone['name']): number | null {
  const idle = loadOf(program, 0, board, microphone);
  return idle === null ? null : Math.floor(((1 - idle.share) * idle.hopCycles) / (1 + LINES));
}

function listens(frontend: FrontendProgram | null): frontend is FrontendProgram {
  return frontend !== null && frontend.sampleRate === MICROPHONE_RATE;
}
