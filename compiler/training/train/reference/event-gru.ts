// SPDX-License-Identifier: Apache-2.0
/**
 * Event-based GRU as the EvNN library computes it, in double precision: what events and gradients are compared with.
 *
 *   p = x K + b      q = y R + rb      (column blocks z, r, g)
 *   z = s(p_z + q_z)      r = s(p_r + q_r)      g = tanh(p_g + r q_g)
 *   c = zoneout h + (1 - zoneout) (z h + (1 - z) g)
 *   o = 1 where c > thr      y = o c      h' = c - o thr      trace' = 0.9 trace + 0.1 y
 *
 * The products with y visit its events alone. Backward, d o / d (c - thr) is dampening max(0, 1 - support |c - thr|), so
 * that only units that fired or lie within the support need a derivative by their y, and only those that fired add to
 * the gradient of R: `sparse` visits no others, and gives the same numbers.
 */
import { at } from '../arrays.ts';
import { sigmoid } from './gru.ts';
import { rowsOf, type SparseRows } from './sparse-rows.ts';

/** Matrices are row-major with 3 x units columns: z, r, g. */
export interface EventGruNet {
  readonly inputs: number;
  readonly units: number;
  /** Share of the state before that stays, in [0, 1). */
  readonly zoneout: number;
  /** inputs rows. */
  readonly kernel: Float64Array;
  /** units rows. */
  readonly recurrent: Float64Array;
  readonly bias: Float64Array;
  readonly recurrentBias: Float64Array;
  /** One per unit, in [0, 1]. */
  readonly threshold: Float64Array;
  /** By weight of `recurrent`: 0 where it is pruned; absent: all count. */
  readonly mask?: Uint8Array;
}

/** steps x units each, but q: steps x 3 units. */
export interface EventGruRun {
  readonly steps: number;
  readonly c: Float64Array;
  readonly o: Float64Array;
  readonly y: Float64Array;
  readonly h: Float64Array;
  readonly trace: Float64Array;
  readonly z: Float64Array;
  readonly r: Float64Array;
  readonly g: Float64Array;
  readonly q: Float64Array;
}

/** Derivatives of the loss by what every step gives: steps x units each. */
export interface EventGruDerivatives {
  readonly y: Float64Array;
  readonly h: Float64Array;
  readonly o: Float64Array;
  readonly trace: Float64Array;
}

export interface Surrogate {
  readonly dampening: number;
  readonly support: number;
}

export interface EventGruGradients {
  readonly kernel: Float64Array;
  readonly recurrent: Float64Array;
  readonly bias: Float64Array;
  readonly recurrentBias: Float64Array;
  readonly threshold: Float64Array;
  readonly x: Float64Array;
  /** Products with non-zero recurrent weights: of dy = R dq, and of the gradient of R. */
  readonly macs: { readonly dy: number; readonly dR: number };
  /** Derivatives by a y that were computed. */
  readonly unitVisits: number;
}

const TRACE = 0.1;

/**
 * @param x steps x inputs
 * @param sparse false visits every unit and every weight: the same numbers, to compare time with
 */
export function forwardEventGru(net: EventGruNet, x: Float64Array, sparse = true): EventGruRun {
  const { inputs, units, zoneout, kernel, recurrent, bias, recurrentBias, threshold } = net;
  const columns = 3 * units;
  const steps = x.length / inputs;
  const states = () => new Float64Array(steps * units);
  const run = { steps, c: states(), o: states(), y: states(), h: states(), trace: states() };
  const gates = { z: states(), r: states(), g: states(), q: new Float64Array(steps * columns) };
  const recurrentRows = rowsOf(recurrent, units, columns, sparse ? net.mask : undefined);
  const kernelRows = rowsOf(kernel, inputs, columns);
  const p = new Float64Array(columns);
  for (let t = 0; t < steps; t++) {
    const now = t * units;
    const q = gates.q.subarray(t * columns, (t + 1) * columns);
    p.set(bias);
    q.set(recurrentBias);
    for (let j = 0; j < inputs; j++) addRow(kernelRows, j, at(x, t * inputs + j), p, sparse);
    for (let j = 0; t > 0 && j < units; j++) addRow(recurrentRows, j, at(run.y, now - units + j), q, sparse);
    for (let i = 0; i < units; i++) {
      const before = t === 0 ? 0 : at(run.h, now - units + i);
      const z = sigmoid(at(p, i) + at(q, i));
      const r = sigmoid(at(p, units + i) + at(q, units + i));
      const g = Math.tanh(at(p, 2 * units + i) + r * at(q, 2 * units + i));
      const c = zoneout * before + (1 - zoneout) * (z * before + (1 - z) * g);
      const thr = at(threshold, i);
      const o = c > thr ? 1 : 0;
      const y = o * c;
      gates.z[now + i] = z;
      gates.r[now + i] = r;
      gates.g[now + i] = g;
      run.c[now + i] = c;
      run.o[now + i] = o;
      run.y[now + i] = y;
      run.h[now + i] = c - o * thr;
      run.trace[now + i] = (1 - TRACE) * (t === 0 ? 0 : at(run.trace, now - units + i)) + TRACE * y;
    }
  }
  return { ...run, ...gates };
}

/** target += value * row; sparse: where the value is none of the many zeros. */
function addRow(rows: SparseRows, row: number, value: number, target: Float64Array, sparse: boolean): void {
  if (value !== 0 || !sparse) rows.addTo(row, value, target);
}

/** @param sparse false visits every unit at every step and every weight: the same numbers, to compare time with */
export function backEventGru(
  net: EventGruNet,
  x: Float64Array,
  run: EventGruRun,
  d: EventGruDerivatives,
  { dampening, support }: Surrogate,
  sparse = true,
): EventGruGradients {
  const { inputs, units, zoneout, recurrent, threshold } = net;
  const columns = 3 * units;
  const result = {
    kernel: new Float64Array(inputs * columns),
    recurrent: new Float64Array(units * columns),
    bias: new Float64Array(columns),
    recurrentBias: new Float64Array(columns),
    threshold: new Float64Array(units),
    x: new Float64Array(x.length),
  };
  const mask = sparse ? net.mask : undefined;
  const weights = rowsOf(recurrent, units, columns, mask);
  const gradients = rowsOf(result.recurrent, units, columns, mask);
  const kernelWeights = rowsOf(net.kernel, inputs, columns);
  const kernelGradients = rowsOf(result.kernel, inputs, columns);
  const carryH = new Float64Array(units);
  const carryY = new Float64Array(units);
  const carryTrace = new Float64Array(units);
  const dp = new Float64Array(columns);
  const dq = new Float64Array(columns);
  const macs = { dy: 0, dR: 0 };
  let unitVisits = 0;

  for (let t = run.steps - 1; t >= 0; t--) {
    const now = t * units;
    for (let i = 0; i < units; i++) {
      const k = now + i;
      const [z, r, g, c, o] = [at(run.z, k), at(run.r, k), at(run.g, k), at(run.c, k), at(run.o, k)];
      const before = t === 0 ? 0 : at(run.h, k - units);
      const dTrace = at(d.trace, k) + at(carryTrace, i);
      const dy = at(d.y, k) + at(carryY, i) + TRACE * dTrace;
      const dh = at(d.h, k) + at(carryH, i);
      const thr = at(threshold, i);
      const slope = dampening * Math.max(0, 1 - support * Math.abs(c - thr));
      const dEvent = (at(d.o, k) + dy * c - dh * thr) * slope;
      const dc = dy * o + dh + dEvent;
      result.threshold[i] = at(result.threshold, i) - dh * o - dEvent;
      const dMixed = (1 - zoneout) * dc;
      const dCandidate = dMixed * (1 - z) * (1 - g * g);
      const qg = at(run.q, t * columns + 2 * units + i);
      dp[i] = dq[i] = dMixed * (before - g) * z * (1 - z);
      dp[units + i] = dq[units + i] = dCandidate * qg * r * (1 - r);
      dp[2 * units + i] = dCandidate;
      dq[2 * units + i] = dCandidate * r;
      carryH[i] = zoneout * dc + dMixed * z;
      carryTrace[i] = (1 - TRACE) * dTrace;
      carryY[i] = 0;
    }
    for (let i = 0; i < columns; i++) {
      result.bias[i] = at(result.bias, i) + at(dp, i);
      result.recurrentBias[i] = at(result.recurrentBias, i) + at(dq, i);
    }
    for (let j = 0; j < inputs; j++) {
      const value = at(x, t * inputs + j);
      result.x[t * inputs + j] = kernelWeights.dot(j, dp);
      if (value !== 0 || !sparse) kernelGradients.addTo(j, value, dp, true);
    }
    for (let j = 0; j < units; j++) {
      const k = now - units + j;
      const y = t === 0 ? 0 : at(run.y, k);
      const fired = t > 0 && at(run.o, k) === 1;
      if (fired || !sparse) {
        gradients.addTo(j, y, dq, true);
        macs.dR += gradients.count(j);
      }
      if (t === 0) continue;
      const near = support * Math.abs(at(run.c, k) - at(threshold, j)) < 1;
      if (fired || near || !sparse) {
        carryY[j] = weights.dot(j, dq);
        macs.dy += weights.count(j);
        unitVisits++;
      }
    }
  }
  if (!sparse) {
    net.mask?.forEach((kept, i) => {
      if (kept === 0) result.recurrent[i] = 0;
    });
  }
  return { ...result, macs, unitVisits };
}
