// SPDX-License-Identifier: Apache-2.0
import { blend, gate, softsign } from '../../fixed/fixed.ts';
import type { EgruLayer } from '../../program/cells/egru.ts';
import type { Runner, RunnerEntry } from './runner.ts';
import { multiplierOf } from './sparse.ts';

export const egruRunner: RunnerEntry<EgruLayer> = { type: 'egru', runner };

function runner(layer: EgruLayer): Runner {
  const { inputs, units } = layer;
  const u = new Int32Array(inputs + units);
  const rowZ = new Int32Array(units);
  const rowG = new Int32Array(units);
  const h = new Int32Array(units);
  const [multiplyZ, multiplyG] = [multiplierOf(layer.z), multiplierOf(layer.g)];
  return {
    outputs: h,
    accumulators: [rowZ, rowG],
    reset: () => h.set(layer.initialState),
    step(x) {
      u.set(x, 0);
      u.set(h, inputs);
      multiplyZ(u, rowZ);
      multiplyG(u, rowG);
      for (let i = 0; i < units; i++) {
        h[i] = blend(h[i] ?? 0, gate(rowZ[i] ?? 0), softsign(rowG[i] ?? 0));
      }
    },
  };
}
