// SPDX-License-Identifier: Apache-2.0
/** A thread's part of listening to background; see posteriors.ts. */
import type { SoundProgram } from '../../core/program/program.ts';
import { type FrameRange, Frames, type FramesPlace } from '../../training/background/frames.ts';
import { Gaps } from '../../training/background/gaps.ts';
import { listenTo } from '../../training/background/listen.ts';

export interface BackgroundInit {
  readonly program: SoundProgram;
  readonly place: FramesPlace;
}

export default ({ program, place }: BackgroundInit) => {
  const frames = Frames.open(place);
  const gaps = new Gaps(program, frames.store.starts);
  return (part: FrameRange): Int16Array => {
    const posteriors: number[] = [];
    listenTo(program, frames, part, ({ detector }) => posteriors.push(...detector.posteriors), gaps);
    return Int16Array.from(posteriors);
  };
};
