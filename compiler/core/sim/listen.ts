// SPDX-License-Identifier: Apache-2.0
import type { StreamProgram } from '../program/program.ts';
import { streamTraceLayout } from '../program/stream-trace.ts';
import type { TraceLayout } from '../program/trace.ts';
import type { Stream, StreamEvent } from './stream.ts';

/** What a recording came to. */
export interface StreamResult {
  readonly steps: number;
  readonly events: readonly StreamEvent[];
  /** steps x streamTraceLayout(program).width, or null where none was asked for. */
  readonly trace: Int32Array | null;
}

/** What a stream computed in its last frame, as streamTraceLayout has it. */
export class FrameRecorder {
  readonly #stream: Stream;
  readonly #layout: TraceLayout;

  constructor(stream: Stream, program: StreamProgram) {
    this.#stream = stream;
    this.#layout = streamTraceLayout(program);
  }

  /** To be called after every frame, with its event. */
  record(event: StreamEvent | null): Int32Array {
    const stream = this.#stream;
    const detection = new Map<string, ArrayLike<number>>([
      ['vad', [stream.meanSquare, stream.vadState]],
      ['posteriors', stream.detector.posteriors],
      ['sums', stream.detector.sums],
      ['event', [event?.label ?? -1, event?.score ?? 0]],
    ]);
    const record = new Int32Array(this.#layout.width);
    for (const { name, layer, offset } of this.#layout.groups) {
      const values =
        layer < 0 ? stream.features : (stream.network.outputs[layer] ?? detection.get(name) ?? []);
      record.set(values, offset);
    }
    return record;
  }
}

/** A whole recording from the start of a stream, on the reference. */
export function listen(
  stream: Stream,
  program: StreamProgram,
  samples: Int16Array,
  trace: boolean,
): StreamResult {
  stream.reset();
  if (!trace) {
    let steps = 0;
    const events = stream.push(samples, () => {
      steps++;
    });
    return { steps, events, trace: null };
  }
  const recorder = new FrameRecorder(stream, program);
  const { width } = streamTraceLayout(program);
  const records: Int32Array[] = [];
  const events = stream.push(samples, (event) => {
    records.push(recorder.record(event));
  });
  const traced = new Int32Array(records.length * width);
  records.forEach((record, step) => {
    traced.set(record, step * width);
  });
  return { steps: records.length, events, trace: traced };
}
