// SPDX-License-Identifier: Apache-2.0
/** A thread's part of listening to background; see posteriors.ts. */
import type { StreamProgram } from '../../core/program/program.ts';
import { type FrameRange, Frames, type FramesPlace } from '../../training/background/frames.ts';
import { listenTo } from '../../training/background/listen.ts';

export interface BackgroundInit {
  readonly program: StreamProgram;
  readonly place: FramesPlace;
}

export default ({ program, place }: BackgroundInit) => {
  const frames = Frames.open(place);
  const count = program.detect.keywords.length;
  return (part: FrameRange): Int16Array => {
    const posteriors = new Int16Array((part.end - part.start) * count);
    listenTo(program, frames, part, ({ detector }, frame) => {
      posteriors.set(detector.posteriors, (frame - part.start) * count);
    });
    return posteriors;
  };
};
