// SPDX-License-Identifier: Apache-2.0
import { blend, fires, gate, moved, softsign, subtractThreshold } from '../../fixed/fixed.ts';
import type { EventEgruLayer } from '../../program/cells/event-egru.ts';
import type { Runner, RunnerEntry } from './runner.ts';
import { multiplierOf } from './sparse.ts';

export const eventEgruRunner: RunnerEntry<EventEgruLayer> = { type: 'event-egru', runner };

/** Computes everything anew at every step: kernels that follow events give the same integers. */
function runner(layer: EventEgruLayer): Runner {
  const { inputs, units, threshold, signed } = layer;
  const u = new Int32Array(inputs + units);
  const rowZ = new Int32Array(units);
  const rowG = new Int32Array(units);
  const h = new Int32Array(units);
  const y = new Int32Array(units);
  const [multiplyZ, multiplyG] = [multiplierOf(layer.z), multiplierOf(layer.g)];
  const hold = (i: number, c: number, t: number) => {
    if (moved(c, y[i] ?? 0, t)) y[i] = c;
    h[i] = c;
  };
  const pulse = (i: number, c: number, t: number) => {
    const event = fires(c, t, signed);
    y[i] = event ? c : 0;
    h[i] = event && layer.reset === 'subtract' ? subtractThreshold(c, t) : c;
  };
  const send = layer.output === 'hold' ? hold : pulse;
  return {
    outputs: y,
    accumulators: [rowZ, rowG],
    reset() {
      h.fill(0);
      y.fill(0);
    },
    step(x) {
      u.set(x, 0);
      u.set(y, inputs);
      multiplyZ(u, rowZ);
      multiplyG(u, rowG);
      for (let i = 0; i < units; i++) {
        send(i, blend(h[i] ?? 0, gate(rowZ[i] ?? 0), softsign(rowG[i] ?? 0)), threshold[i] ?? 0);
      }
    },
  };
}
