// SPDX-License-Identifier: Apache-2.0
import { relu } from '../../fixed/fixed.ts';
import type { DenseLayer } from '../../program/cells/dense.ts';
import type { Runner, RunnerEntry } from './runner.ts';
import { multiplierOf } from './sparse.ts';

export const denseRunner: RunnerEntry<DenseLayer> = { type: 'dense', runner };

function runner(layer: DenseLayer): Runner {
  const outputs = new Int32Array(layer.units);
  const acc = new Int32Array(layer.units);
  const multiply = multiplierOf(layer.matrix);
  return {
    outputs,
    accumulators: [acc],
    reset: () => outputs.fill(0),
    step(x) {
      multiply(x, acc);
      for (let i = 0; i < layer.units; i++) {
        const value = acc[i] ?? 0;
        outputs[i] = layer.activation === 'relu' ? relu(value) : value;
      }
    },
  };
}
