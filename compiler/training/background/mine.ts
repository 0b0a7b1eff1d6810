// SPDX-License-Identifier: Apache-2.0
/**
 * Hard background: the present weights listen to all of it as the chip would, and the stretches that fire, or nearly,
 * are drawn more often until the next round.
 */
import type { StreamProgram } from '../../core/program/program.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { FrameRange, Frames } from './frames.ts';
import { partsOf } from './listen.ts';
import { type Mined, type MineInit, SCORE_ONE } from './mine-task.ts';

/** Stretches whose score is lower are easy: three quarters of the threshold. */
const NEAR = 0.75 * SCORE_ONE;
/** And of all stretches only the hardest are hard: one in so many, unless more fire. */
const ONE_IN = 20;

/** Hard places of a background, as drawn from. */
export interface HardPlaces {
  /** Frames of highest score. */
  readonly frames: Int32Array;
  /** Their scores (mine-task.ts), at least NEAR. */
  readonly scores: Int32Array;
}

export interface MiningRound {
  readonly places: HardPlaces;
  /** Events at the thresholds of the program. */
  readonly events: number;
}

export async function mine(program: StreamProgram, frames: Frames): Promise<MiningRound> {
  const init = { program, place: frames.place };
  const task = siblingModule('mine-task', import.meta.url);
  const parts = await mapParallel<MineInit, FrameRange, Mined>(task, init, partsOf(frames));
  const found: [number, number][] = [];
  let stretches = 0;
  for (const { frames: places, scores } of parts) {
    stretches += scores.length;
    scores.forEach((score, i) => {
      if (score >= NEAR) found.push([places[i] ?? 0, score]);
    });
  }
  found.sort(([a, x], [b, y]) => y - x || a - b);
  const firing = found.findIndex(([, score]) => score < SCORE_ONE);
  const count = Math.max(firing < 0 ? found.length : firing, Math.ceil(stretches / ONE_IN));
  const hardest = found.slice(0, count);
  return {
    places: {
      frames: Int32Array.from(hardest, ([frame]) => frame),
      scores: Int32Array.from(hardest, ([, score]) => score),
    },
    events: parts.reduce((sum, { events }) => sum + events, 0),
  };
}
