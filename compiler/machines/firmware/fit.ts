// SPDX-License-Identifier: Apache-2.0
/** Whether a model fits a board, before the build and after it; and what would fit where it does not. */

import { applicationRamBytes, type Board, modelBytes } from '../../boards/boards.ts';
import { kernelFlash, kernelRam } from '../../codegen/emit/footprint.ts';
import { type KernelName, kernelNames, kernelOf, smallestKernel } from '../../codegen/kernels/index.ts';
import { InputError } from '../../core/base/errors.ts';
import { matricesOf } from '../../core/program/cells/index.ts';
import { detectWords } from '../../core/program/detect-program.ts';
import { type FrontendProgram, scratchWords } from '../../core/program/frontend-program.ts';
import { outputsOf, type Program } from '../../core/program/program.ts';

/** Header and texts of the model's region. */
const REGION_FLASH = 300;
/** Variables of the application, at least. */
const FIRMWARE_VARIABLES = 600;
/** kernelFlash is that close. */
const SLACK = 0.03;

/** Bytes of flash that models have on a board. */
export function modelFlash(board: Board): number {
  return modelBytes(board.chip);
}

/** Bytes of RAM for variables and stack: the end of RAM stays free. */
export function applicationRam(board: Board): number {
  return applicationRamBytes(board.chip);
}

/** Bytes of the arena that a model takes, exactly (firmware/app/model/arena.c). */
export function arenaBytes(program: Program, kernel: KernelName): number {
  const { frontend, detect } = program;
  const words = (bytes: number) => 4 * Math.ceil(bytes / 4);
  const scores = 4 * outputsOf(program);
  const thresholds = detect === undefined ? 0 : words(6 * detect.keywords.length) + 4 * detectWords(detect);
  return words(kernelRam(program, kernel)) + scores + soundBytes(frontend) + thresholds;
}

/** A frame of PCM, and what the feature extractor needs. */
function soundBytes(frontend: FrontendProgram | null): number {
  return 2 * (frontend?.frame ?? 0) + 4 * scratchWords(frontend);
}

export type Memory = 'flash' | 'RAM';

/**
 * Refuses what cannot fit, without compiling anything.
 * @throws InputError with what it needs, what there is, and what would fit
 */
export function checkFit(program: Program, kernel: KernelName, board: Board): void {
  for (const memory of ['RAM', 'flash'] as const) {
    const least = leastOf(memory, program, kernel, board);
    if (least > roomOf(memory, board)) throw tooLarge(program, kernel, board, memory, `at least ${least}`);
  }
}

/** The refusal. needed: how many bytes, in words. */
export function tooLarge(
  program: Program,
  kernel: KernelName,
  board: Board,
  memory: Memory,
  needed: string,
): InputError {
  return new InputError(
    program.name,
    `too large for ${board.title}: needs ${needed} bytes of ${memory}, ${memory === 'flash' ? 'models' : 'applications'} have ${roomOf(memory, board)}; ` +
      whatFits(program, kernel, board, memory),
    `${kernel} kernel`,
  );
}

function roomOf(memory: Memory, board: Board): number {
  return memory === 'flash' ? modelFlash(board) : applicationRam(board);
}

/** Bytes that the image has in any case. */
function leastOf(memory: Memory, program: Program, kernel: KernelName, board: Board): number {
  const beside = besideModel(memory, program, board);
  if (memory === 'RAM') return beside + kernelRam(program, kernel);
  const known = kernelOf(kernel).leastFlash(program);
  if (known > board.chip.flashBytes) return beside + known;
  return beside + Math.floor(kernelFlash(program, kernel) * (1 - SLACK));
}

/** Of that, what is there whatever the model's size. */
function besideModel(memory: Memory, { frontend }: Program, { chip }: Board): number {
  if (memory === 'flash') return REGION_FLASH;
  return FIRMWARE_VARIABLES + chip.stackRoom + soundBytes(frontend);
}

/** Another kernel where one fits, otherwise how much smaller the model has to be with the smallest kernel. */
function whatFits(program: Program, kernel: KernelName, board: Board, memory: Memory): string {
  const other = kernelNames.find(
    (name) =>
      name !== kernel &&
      program.layers.every(kernelOf(name).computes) &&
      leastOf('flash', program, name, board) <= 0.95 * modelFlash(board) &&
      leastOf('RAM', program, name, board) <= 0.95 * applicationRam(board),
  );
  if (other !== undefined) return `--kernel ${other} would fit`;
  const smallest = memory === 'flash' ? smallestKernel : kernel;
  const beside = besideModel(memory, program, board);
  const share =
    (0.9 * (roomOf(memory, board) - beside)) / (leastOf(memory, program, smallest, board) - beside);
  if (memory === 'flash') {
    const matrices = program.layers.flatMap(matricesOf);
    const weights = matrices.reduce((sum, { matrix }) => sum + matrix.codes.length, 0);
    return `about ${round(weights * Math.min(1, share))} weights would fit with --kernel ${smallest}, it has ${weights}`;
  }
  const units = Math.max(...program.layers.map((layer) => layer.units));
  return `layers of about ${round(units * Math.min(1, share))} units would fit, its largest has ${units}`;
}

/** Two digits: it is an estimate. */
function round(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.floor(value / unit) * unit;
}
