// SPDX-License-Identifier: Apache-2.0
/** Plays frames of a store to a program, as the chip would compute it. */
import type { StreamProgram } from '../../core/program/program.ts';
import { Stream } from '../../core/sim/stream.ts';
import type { FrameRange, Frames } from './frames.ts';
import type { Gaps } from './gaps.ts';

/** Frames that are read at once. */
const BLOCK = 1024;
/** Frames before a part that set the network's state: four seconds at 16 ms. */
const LEAD = 256;

/** Frames of a part: a fixed number, so that the result does not depend on the machine. */
const PART = 20_000;

export function partsOf({ count }: Frames): FrameRange[] {
  return Array.from({ length: Math.ceil(count / PART) }, (_, i) => ({
    start: i * PART,
    end: Math.min(count, (i + 1) * PART),
  }));
}

/**
 * @param onFrame called after each frame from start to end; the stream shows what it computed
 * @param gaps silence around single words; its frames belong to the frame before which they come
 */
export function listenTo(
  program: StreamProgram,
  frames: Frames,
  { start, end }: FrameRange,
  onFrame: (stream: Stream, frame: number) => void,
  gaps: Gaps | null = null,
): void {
  const stream = new Stream(program);
  const { bins, energy } = frames.store;
  const block = new Int16Array(BLOCK * bins);
  for (let from = Math.max(0, start - LEAD); from < end; from += BLOCK) {
    const length = Math.min(BLOCK, end - from);
    frames.read(from, block.subarray(0, length * bins));
    frames.pieces(from, length, (storeFrame, count, done) => {
      for (let i = 0; i < count; i++) {
        const at = (done + i) * bins;
        for (let silent = gaps?.before(storeFrame + i) ?? 0; silent > 0; silent--) {
          stream.frame(gaps?.silence ?? block, 0);
          if (from + done + i >= start) onFrame(stream, from + done + i);
        }
        stream.frame(block.subarray(at, at + bins), energy[storeFrame + i] ?? 0);
        if (from + done + i >= start) onFrame(stream, from + done + i);
      }
    });
  }
}
