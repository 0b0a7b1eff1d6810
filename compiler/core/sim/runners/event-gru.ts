// SPDX-License-Identifier: Apache-2.0
import { fires, subtractThreshold } from '../../fixed/fixed.ts';
import { sigmoidQ15, tanhQ15 } from '../../fixed/sigmoid.ts';
import type { ByteMatrix, EventGruLayer } from '../../program/cells/event-gru.ts';
import type { Runner, RunnerEntry } from './runner.ts';

export const eventGruRunner: RunnerEntry<EventGruLayer> = { type: 'event-gru', runner };

/** Q12: the units' product of the candidate is clamped to it, so that its product with r fits int32. */
const CANDIDATE_LIMIT = 65535;
/** 0.1 in Q15. */
const TRACE_SHARE = 3277;

function runner(layer: EventGruLayer): Runner {
  const { units, threshold, zoneout, kernel, recurrent, readout } = layer;
  const p = new Int32Array(3 * units);
  const q = new Int32Array(3 * units);
  const h = new Int32Array(units);
  const y = new Int32Array(units);
  const trace = new Int32Array(units);
  return {
    outputs: readout === 'trace' ? trace : y,
    accumulators: [p, q],
    reset() {
      for (const state of [h, y, trace]) state.fill(0);
    },
    step(x) {
      product(kernel, x, p);
      product(recurrent, y, q);
      for (let i = 0; i < units; i++) {
        const [before, t] = [h[i] ?? 0, threshold[i] ?? 0];
        const z = sigmoidQ15((p[i] ?? 0) + (q[i] ?? 0));
        const r = sigmoidQ15((p[units + i] ?? 0) + (q[units + i] ?? 0));
        const candidate = Math.imul(r, clampCandidate(q[2 * units + i] ?? 0)) >> 15;
        const g = tanhQ15((p[2 * units + i] ?? 0) + candidate);
        const mixed = g + (Math.imul(z, before - g) >> 15);
        const c = mixed + (Math.imul(zoneout, before - mixed) >> 15);
        const event = fires(c, t, false);
        const sent = event ? c : 0;
        y[i] = sent;
        h[i] = event ? subtractThreshold(c, t) : c;
        trace[i] = (trace[i] ?? 0) + (Math.imul(TRACE_SHARE, sent - (trace[i] ?? 0)) >> 15);
      }
    },
  };
}

function clampCandidate(a: number): number {
  return Math.max(-CANDIDATE_LIMIT, Math.min(a, CANDIDATE_LIMIT));
}

/** bias + weights u, to the nearest in Q12. Fits int32 by the compiler's proof (byteOverflow). */
function product({ shift, weights, bias }: ByteMatrix, u: Int32Array, acc: Int32Array): void {
  const width = bias.length;
  acc.set(bias);
  for (let column = 0; column < u.length; column++) {
    const value = u[column] ?? 0;
    if (value === 0) continue;
    for (let i = 0, at = column * width; i < width; i++, at++) {
      acc[i] = ((acc[i] ?? 0) + Math.imul(weights[at] ?? 0, value)) | 0;
    }
  }
  const down = shift + 3;
  for (let i = 0; i < width; i++) acc[i] = ((acc[i] ?? 0) + (1 << (down - 1))) >> down;
}
