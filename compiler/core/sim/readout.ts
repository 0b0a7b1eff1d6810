// SPDX-License-Identifier: Apache-2.0
import type { Readout } from '../program/program.ts';

/** Index of the largest value, the lowest such index where several are equal; -1 of none. */
export function argmax(values: Int32Array): number {
  let best = -1;
  let largest = Number.NEGATIVE_INFINITY;
  values.forEach((value, i) => {
    if (value > largest) {
      largest = value;
      best = i;
    }
  });
  return best;
}

/** Adds one step's logits to a clip's scores. "sum" fits int32 over readout.steps steps by the compiler's proof. */
export function readout(rule: Readout['rule'], scores: Int32Array, logits: Int32Array): void {
  for (let i = 0; i < scores.length; i++) {
    scores[i] = rule === 'sum' ? ((scores[i] ?? 0) + (logits[i] ?? 0)) | 0 : (logits[i] ?? 0);
  }
}
