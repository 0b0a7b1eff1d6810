// SPDX-License-Identifier: Apache-2.0
import { relu } from '../../fixed/fixed.ts';
import type { DenseLayer } from '../../program/cells/dense.ts';
import { multiply, type Runner, type RunnerEntry } from './runner.ts';

export const denseRunner: RunnerEntry<DenseLayer> = { type: 'dense', runner };

function runner(layer: DenseLayer): Runner {
  const outputs = new Int32Array(layer.units);
  const acc = new Int32Array(layer.units);
  return {
    outputs,
    accumulators: [acc],
    reset: () => outputs.fill(0),
    step(x) {
      multiply(layer.matrix, x, acc);
      for (let i = 0; i < layer.units; i++) {
        const value = acc[i] ?? 0;
        outputs[i] = layer.activation === 'relu' ? relu(value) : value;
      }
    },
  };
}
