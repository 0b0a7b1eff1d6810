// SPDX-License-Identifier: Apache-2.0
import type { DeltaShape } from '../../shapes.ts';
import { ROW } from '../../wasm/matrix.ts';
import type { EngineCell } from './cell.ts';

/** Only as the first layer: nobody asks for the derivatives by its inputs. */
export const deltaEngine: EngineCell<DeltaShape> = {
  type: 'delta',
  matrices: 0,
  stateProduct: false,
  heldOutputs: true,
  settings: ({ threshold }) => ({ support: 0, dampening: 0, threshold: threshold / 32768 }),
  forward({ kernels }, plan, t, out) {
    const { inputs, units } = plan.layer.shape;
    const x = plan.input + t * plan.inputStep;
    const sent = x + inputs * ROW;
    kernels.deltaForward(x, sent, sent + plan.inputStep, out, plan.settings, units);
  },
  back(_pass, _plan, _t, into) {
    if (into !== null) throw new Error('thresholded inputs are the first layer');
  },
  gradients() {},
};
