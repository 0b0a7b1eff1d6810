// SPDX-License-Identifier: Apache-2.0
/** Refuses firmware that could not keep up with its microphone, with what would. */

import { type Board, type Microphone, modelBytes } from '../../boards/boards.ts';
import type { KernelName } from '../../codegen/kernels/index.ts';
import { InputError } from '../../core/base/errors.ts';
import { CODE_ZERO } from '../../core/fixed/fixed.ts';
import { matricesOf } from '../../core/program/cells/index.ts';
import type { Program } from '../../core/program/program.ts';
import { estimatesWithin } from '../../report/measure/estimate.ts';
import { type FrameLoad, frameLoad, mostCycles } from '../../report/measure/frame-load.ts';
import { grouped, percent } from '../../report/table/table.ts';

/** What a frame takes, in words: "12 % of a hop at worst (95,000 of 768,000 cycles)". */
export function describeLoad({ network, frontend, capture, share, hopCycles }: FrameLoad): string {
  const cycles = grouped(network + frontend + capture);
  return `${percent(share)} of a hop at worst (${cycles} of ${grouped(hopCycles)} cycles, estimated)`;
}

/**
 * @param force builds it all the same
 * @returns what a frame takes; null where the firmware does not listen
 * @throws InputError where that is more than there is
 */
export function checkLoad(
  program: Program,
  kernel: KernelName,
  board: Board,
  microphone: Microphone,
  force: boolean,
): FrameLoad | null {
  const load = frameLoad(program, kernel, board, microphone);
  if (load === null || load.share <= 1 || force) return load;
  const problem = `cannot keep up: ${describeLoad(load)}; ${whatKeepsUp(program, kernel, board, microphone, load)}`;
  throw new InputError(program.name, problem, `${kernel} kernel`);
}

/** Another kernel where one is fast enough and fits; otherwise how much less the model must compute. */
function whatKeepsUp(
  program: Program,
  kernel: KernelName,
  board: Board,
  microphone: Microphone,
  load: FrameLoad,
): string {
  const most = mostCycles(program, board, microphone.name) ?? 0;
  const other = estimatesWithin(program, modelBytes(board.chip)).find(
    ({ kernel: name, cyclesMax }) => name !== kernel && cyclesMax <= most,
  );
  if (other !== undefined) return `--kernel ${other.kernel} would, or --force`;
  const room = load.hopCycles - load.frontend - load.capture;
  const ratio = Math.max(0.01, (0.95 * room) / load.network);
  const matrices = program.layers.flatMap(matricesOf).map(({ matrix }) => matrix);
  const weights = matrices.reduce((sum, { codes }) => sum + codes.length, 0);
  const nonZero = matrices.reduce(
    (sum, { codes }) => sum + codes.filter((code) => code !== CODE_ZERO).length,
    0,
  );
  const units = Math.max(...program.layers.map((layer) => layer.units));
  const hop = Math.ceil(((program.frontend?.hop ?? 0) * load.share) / 0.97);
  const ways = [
    `${percent((ratio * nonZero) / weights)} non-zero weights`,
    `layers of ${Math.max(1, Math.floor(units * Math.sqrt(ratio)))} units`,
    ...(hop <= (program.frontend?.frame ?? 0) ? [`a hop of ${hop}`] : []),
  ];
  return `would: about ${ways.join(', ')}; or --force`;
}
