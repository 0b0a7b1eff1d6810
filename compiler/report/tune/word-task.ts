// SPDX-License-Identifier: Apache-2.0
/** A thread's part of listening to words; see posteriors.ts. */
import { Stream } from '../../core/sim/stream.ts';
import type { SoundProgram } from '../../machines/batch/stream-input.ts';

/** Frames of silence behind a word: a smoothed posterior may be highest behind it. */
const SILENCE = 128;

export default (program: SoundProgram) => {
  const stream = new Stream(program);
  const { frame, hop } = program.frontend;
  const count = program.detect.keywords.length;
  return (samples: Int16Array): Int16Array => {
    const whole = new Int16Array(samples.length + frame + SILENCE * hop);
    whole.set(samples);
    const frames = Math.floor((whole.length - frame) / hop) + 1;
    const posteriors = new Int16Array(frames * count);
    let step = 0;
    stream.reset();
    stream.push(whole, () => posteriors.set(stream.detector.posteriors, count * step++));
    return posteriors;
  };
};
