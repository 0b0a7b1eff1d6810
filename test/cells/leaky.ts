// SPDX-License-Identifier: Apache-2.0
/** A cell from outside of the compiler: a leaky integrator with septenary weights, h' = h + ((W x + b - h) >> 2). */
import { readFileSync } from 'node:fs';
import { registerPackedCell } from '../../compiler/codegen/kernels/packed/cells.ts';
import type { Cell } from '../../compiler/core/program/cells/cell.ts';
import { registerCell } from '../../compiler/core/program/cells/index.ts';
import type { Layer, Matrix } from '../../compiler/core/program/program.ts';
import { registerRunner } from '../../compiler/core/sim/runners/index.ts';
import { multiply } from '../../compiler/core/sim/runners/runner.ts';

interface LeakySettings {
  /** Q15 outputs before the first step, the same for every unit. */
  readonly start: number;
}

interface LeakyLayer extends Layer, LeakySettings {
  readonly type: 'leaky';
  readonly w: Matrix;
}

const cell: Cell<LeakySettings, LeakyLayer> = {
  type: 'leaky',
  gates: [{ name: 'w', tensor: '.sum' }],
  recurrent: false,
  softsign: false,

  modelKeys: ['start'],
  readSettings: (item) => ({ start: item.optional('start')?.integer(-32768, 32767) ?? 0 }),
  build({ name, inputs, units }, { start }, [w]) {
    if (w === undefined) throw new Error('a leaky layer has a matrix');
    return { type: 'leaky', name, inputs, units, start, w };
  },
  matrices: ({ w }) => [w],

  programKeys: ['start', 'w'],
  toJson: ({ start, w }, matrix) => ({ start, w: matrix(w) }),
  fromJson: (item, { name, inputs, units }, matrix) => ({
    type: 'leaky',
    name,
    inputs,
    units,
    start: item.get('start').integer(-32768, 32767),
    w: matrix('w'),
  }),

  states: () => [],
  // h lies between its start and clamped sums.
  outputs: (_, [sums = []]) => sums.map(() => ({ min: -32768, max: 32767 })),
  givesLogits: () => false,
  initialState: ({ start }, units) => new Int16Array(units).fill(start),
  activation: () => null,
  kind: () => 'leaky integrator',
};

registerCell(cell);
registerRunner<LeakyLayer>({
  type: 'leaky',
  runner(layer) {
    const h = new Int32Array(layer.units);
    const sums = new Int32Array(layer.units);
    return {
      outputs: h,
      accumulators: [sums],
      reset: () => h.fill(layer.start),
      step(x) {
        multiply(layer.w, x, sums);
        sums.forEach((sum, i) => {
          const target = Math.max(-32768, Math.min(sum, 32767));
          h[i] = (h[i] ?? 0) + ((target - (h[i] ?? 0)) >> 2);
        });
      },
    };
  },
});
registerPackedCell<LeakyLayer>({
  type: 'leaky',
  finish: 'leaky_finish',
  files: (runtime) => [
    {
      path: 'leaky.c',
      text: readFileSync(new URL('leaky.c', import.meta.url), 'utf8').replace(
        '#include "',
        `#include "${runtime}`,
      ),
    },
  ],
  flash: 76,
  unitCycles: () => 30,
});
