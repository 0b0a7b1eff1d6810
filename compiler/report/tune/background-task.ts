// SPDX-License-Identifier: Apache-2.0
/** A thread's part of listening to background; see posteriors.ts. */
import type { StreamProgram } from '../../core/program/program.ts';
import { type FrameRange, Frames } from '../../training/background/frames.ts';
import { listenTo } from '../../training/background/listen.ts';
import { FeatureStore } from '../../training/background/store.ts';

export interface BackgroundInit {
  readonly program: StreamProgram;
  readonly store: string;
  readonly ranges: readonly FrameRange[];
}

export default ({ program, store, ranges }: BackgroundInit) => {
  const frames = new Frames(new FeatureStore(store, null), ranges);
  const count = program.detect.keywords.length;
  return (part: FrameRange): Int16Array => {
    const posteriors = new Int16Array((part.end - part.start) * count);
    listenTo(program, frames, part, ({ detector }, frame) => {
      posteriors.set(detector.posteriors, (frame - part.start) * count);
    });
    return posteriors;
  };
};
