// SPDX-License-Identifier: Apache-2.0
/** A thread's part in mining: how close every stretch of background came to an event, and how many events there were. */
import type { StreamProgram } from '../../core/program/program.ts';
import { Trigger } from '../../core/sim/detector.ts';
import { type FrameRange, Frames, type FramesPlace } from './frames.ts';
import { listenTo } from './listen.ts';

/** Frames of a stretch: a second at 16 ms. */
export const STRETCH = 62;

/** Score of what reaches its threshold. */
export const SCORE_ONE = 1000;

export interface MineInit {
  readonly program: StreamProgram;
  readonly place: FramesPlace;
}

export interface Mined {
  /** By stretch: the frame of its highest score. */
  readonly frames: Int32Array;
  /** That score: the largest smoothed posterior of all keywords in thousandths of its threshold, at most 32767. */
  readonly scores: Int16Array;
  readonly events: number;
}

export default ({ program, place }: MineInit) => {
  const frames = Frames.open(place);
  const { window, keywords } = program.detect;
  const units = keywords.map(({ threshold }) => SCORE_ONE / (threshold * window));
  return (part: FrameRange): Mined => {
    const stretches = Math.ceil((part.end - part.start) / STRETCH);
    const mined = { frames: new Int32Array(stretches), scores: new Int16Array(stretches) };
    const trigger = new Trigger(program.detect);
    let events = 0;
    listenTo(program, frames, part, ({ detector: { sums } }, frame) => {
      if (trigger.step(sums) !== null) events++;
      const stretch = Math.floor((frame - part.start) / STRETCH);
      let most = 0;
      for (let k = 0; k < units.length; k++) most = Math.max(most, (sums[k] ?? 0) * (units[k] ?? 0));
      const score = Math.min(32767, Math.floor(most));
      if (score < (mined.scores[stretch] ?? 0)) return;
      mined.scores[stretch] = score;
      mined.frames[stretch] = frame;
    });
    return { ...mined, events };
  };
};
