// SPDX-License-Identifier: Apache-2.0

import { cellOf } from '../../core/program/cells/index.ts';
import type { Layer, Program, StreamProgram } from '../../core/program/program.ts';
import { streamTraceLayout } from '../../core/program/stream-trace.ts';
import { type TraceLayout, traceLayout } from '../../core/program/trace.ts';
import type { ClipResult, StreamResult } from '../execute/executor.ts';

/** One integer on which a machine and the reference differ. Everything counts from 0. */
export interface Difference {
  readonly step: number;
  /**
   * Index of the layer; -1 the feature extractor's features, the number of layers the readout's scores, or detection.
   */
  readonly layer: number;
  /** "features", the layer's name, "scores", "label"; of streams "vad", "posteriors", "sums", "event", "samples". */
  readonly name: string;
  readonly unit: number;
  readonly expected: number;
  /** null: the machine produced no such value. */
  readonly got: number | null;
  /** Of a unit that sends events: whether one machine alone has one, or both have one with different values. */
  readonly what?: 'event' | 'value';
}

/** What a comparison of one clip found. */
export interface Comparison {
  /** Number of integers that differ. */
  readonly differences: number;
  /** The first in the order step, layer, unit. */
  readonly first: Difference | null;
}

/** Compares a machine's clip with the reference's, integer by integer; both must have been traced. */
export function compareClip(program: Program, expected: ClipResult, got: ClipResult): Comparison {
  const tally = new Tally();
  tally.compareTraces(program, traceLayout(program), expected, got);
  const last = Math.max(0, expected.steps - 1);
  const behind = program.layers.length;
  tally.compare(last, behind, 'scores', expected.scores, got.scores);
  tally.compare(last, behind, 'label', Int32Array.of(expected.label), Int32Array.of(got.label));
  return tally;
}

/**
 * Compares what a machine made of a recording with what the reference made of it: every integer of every frame, and the
 * samples of the events; both must have been traced.
 */
export function compareStream(program: StreamProgram, expected: StreamResult, got: StreamResult): Comparison {
  const tally = new Tally();
  tally.compareTraces(program, streamTraceLayout(program), expected, got);
  const samples = ({ events }: StreamResult) => Float64Array.from(events, ({ sample }) => sample);
  const last = Math.max(0, expected.steps - 1);
  tally.compare(last, program.layers.length, 'samples', samples(expected), samples(got));
  return tally;
}

interface Traced {
  readonly steps: number;
  readonly trace: Int32Array | null;
}

class Tally implements Comparison {
  differences = 0;
  first: Difference | null = null;

  compareTraces(program: Program, { groups, width }: TraceLayout, expected: Traced, got: Traced): void {
    if (expected.trace === null || got.trace === null) throw new Error('only traced clips can be compared');
    for (let step = 0; step < Math.max(expected.steps, got.steps); step++) {
      for (const { name, layer, offset, units } of groups) {
        const at = step * width + offset;
        const [truth, values] = [expected.trace, got.trace].map((trace) => trace.subarray(at, at + units));
        if (truth === undefined || values === undefined) continue;
        const none = this.first === null;
        this.compare(step, layer, name, truth, values);
        const cell = program.layers[layer];
        if (!none || this.first === null || cell === undefined) continue;
        const sent = at + this.first.unit;
        const what = difference(cell, sent, sent - width, expected.trace, got.trace);
        if (what !== null) this.first = { ...this.first, what };
      }
    }
  }

  compare(
    step: number,
    layer: number,
    name: string,
    expected: Int32Array | Float64Array,
    got: Int32Array | Float64Array,
  ): void {
    for (let unit = 0; unit < Math.max(expected.length, got.length); unit++) {
      if (expected[unit] === got[unit]) continue;
      this.differences++;
      this.first ??= { step, layer, name, unit, expected: expected[unit] ?? 0, got: got[unit] ?? null };
    }
  }
}

/** Whether an event or its value differs at a place of two traces; null: the cell sends none. before: a step earlier. */
function difference(
  layer: Layer,
  at: number,
  before: number,
  expected: Int32Array,
  got: Int32Array,
): 'event' | 'value' | null {
  const { isEvent } = cellOf(layer);
  if (isEvent === undefined) return null;
  const [one, other] = [expected, got].map((trace) => isEvent(layer, trace[at] ?? 0, trace[before] ?? 0));
  return one === other ? 'value' : 'event';
}
