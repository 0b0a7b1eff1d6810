// SPDX-License-Identifier: Apache-2.0
import type { StreamProgram } from './program.ts';
import { type TraceGroup, type TraceLayout, traceLayout } from './trace.ts';

/** Width of what a frame's trace holds besides one posterior and one sum per keyword. */
const FIXED = 4;

/**
 * What a frame of a stream leaves, in order: the integers of traceLayout, where layers and logits of a gated frame are
 * those that it left as they were; then voice activity (the mean square, 0 without VAD, and the gate: 0 open, 1 closed, 2
 * closed with a reset), the keywords' posteriors, the sums of these over the window, and the event (label or -1, score).
 */
export function streamTraceLayout(program: StreamProgram): TraceLayout {
  const { groups, width } = traceLayout(program);
  const count = program.detect.keywords.length;
  const layer = program.layers.length;
  let offset = width;
  const group = (name: string, units: number): TraceGroup => {
    const at = offset;
    offset += units;
    return { name, layer, offset: at, units };
  };
  return {
    groups: [...groups, group('vad', 2), group('posteriors', count), group('sums', count), group('event', 2)],
    width: width + FIXED + 2 * count,
  };
}

/** Values of a frame's trace behind those of traceLayout. */
export function detectionWidth({ detect }: StreamProgram): number {
  return FIXED + 2 * detect.keywords.length;
}
