// SPDX-License-Identifier: Apache-2.0
import type { ClipResult } from '../execute/executor.ts';
import type { Program } from '../program/program.ts';
import { type TraceGroup, traceLayout } from '../program/trace.ts';

/** One integer on which a machine and the reference differ. Everything counts from 0. */
export interface Difference {
  readonly step: number;
  /** Index of the layer; -1 the front end's features, the number of layers the scores of the readout. */
  readonly layer: number;
  /** "features", the layer's name, or "scores". */
  readonly name: string;
  readonly unit: number;
  readonly expected: number;
  /** null: the machine produced no such value. */
  readonly got: number | null;
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
  const layout = traceLayout(program);
  const groups: readonly TraceGroup[] = layout.groups;
  const tally = new Tally();
  if (expected.trace === null || got.trace === null) throw new Error('only traced clips can be compared');
  for (let step = 0; step < Math.max(expected.steps, got.steps); step++) {
    for (const { name, layer, offset, units } of groups) {
      const at = step * layout.width + offset;
      tally.compare(
        step,
        layer,
        name,
        expected.trace.subarray(at, at + units),
        got.trace.subarray(at, at + units),
      );
    }
  }
  tally.compare(
    Math.max(0, expected.steps - 1),
    program.layers.length,
    'scores',
    expected.scores,
    got.scores,
  );
  return tally;
}

class Tally implements Comparison {
  differences = 0;
  first: Difference | null = null;

  compare(step: number, layer: number, name: string, expected: Int32Array, got: Int32Array): void {
    for (let unit = 0; unit < Math.max(expected.length, got.length); unit++) {
      if (expected[unit] === got[unit]) continue;
      this.differences++;
      this.first ??= { step, layer, name, unit, expected: expected[unit] ?? 0, got: got[unit] ?? null };
    }
  }
}
