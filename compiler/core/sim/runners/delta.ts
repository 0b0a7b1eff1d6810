// SPDX-License-Identifier: Apache-2.0
import { moved } from '../../fixed/fixed.ts';
import type { DeltaLayer } from '../../program/cells/delta.ts';
import type { RunnerEntry } from './runner.ts';

export const deltaRunner: RunnerEntry<DeltaLayer> = {
  type: 'delta',
  runner({ units, threshold }) {
    const sent = new Int32Array(units);
    return {
      outputs: sent,
      accumulators: [],
      reset: () => sent.fill(0),
      step(x) {
        for (let i = 0; i < units; i++) {
          const value = x[i] ?? 0;
          if (moved(value, sent[i] ?? 0, threshold[i] ?? 0)) sent[i] = value;
        }
      },
    };
  },
};
