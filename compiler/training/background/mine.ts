// SPDX-License-Identifier: Apache-2.0
/**
 * Hard background: the present weights listen to all of it as the chip would, and the stretches that fire, or nearly,
 * are drawn more often until the next round.
 */
import type { StreamProgram } from '../../core/program/program.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { FrameRange, Frames } from './frames.ts';
import { partsOf } from './listen.ts';
import type { Mined, MineInit } from './mine-task.ts';

/** Stretches whose score is lower than this, Q15, are easy: a smoothed posterior of 0.12. */
const NEAR = 4000;

/** Hard places of a background, as drawn from. */
export interface HardPlaces {
  /** Frames of highest score. */
  readonly frames: Int32Array;
  /** Their scores, Q15, at least NEAR. */
  readonly scores: Int32Array;
}

export interface MiningRound {
  readonly places: HardPlaces;
  /** Events at the thresholds of the program. */
  readonly events: number;
}

export async function mine(program: StreamProgram, frames: Frames): Promise<MiningRound> {
  const init = { program, store: frames.store.path, ranges: frames.ranges };
  const task = siblingModule('mine-task', import.meta.url);
  const parts = await mapParallel<MineInit, FrameRange, Mined>(task, init, partsOf(frames));
  const found: [number, number][] = [];
  for (const { frames: places, scores } of parts) {
    scores.forEach((score, i) => {
      if (score >= NEAR) found.push([places[i] ?? 0, score]);
    });
  }
  return {
    places: {
      frames: Int32Array.from(found, ([frame]) => frame),
      scores: Int32Array.from(found, ([, score]) => score),
    },
    events: parts.reduce((sum, { events }) => sum + events, 0),
  };
}
