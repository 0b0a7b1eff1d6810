// SPDX-License-Identifier: Apache-2.0
import type { GruShape } from '../shapes.ts';
import type { TrainedCell } from './cell.ts';

/** As in torch.nn.GRU, rows r, z, n. */
export const gruTrained: TrainedCell<GruShape> = {
  type: 'gru',
  recurrent: true,
  randomStates: true,
  events: false,
  compiled: false,
  tensors: ({ name, inputs, units }) => [
    [`${name}.weight_ih_l0`, 'weight', [3 * units, inputs]],
    [`${name}.weight_hh_l0`, 'weight', [3 * units, units]],
    [`${name}.bias_ih_l0`, 'bias', [3 * units]],
    [`${name}.bias_hh_l0`, 'bias', [3 * units]],
  ],
  spread: ({ units }) => units,
  shape: (sizes) => ({ type: 'gru', ...sizes }),
  forwardShape: (sizes) => ({ type: 'gru', ...sizes }),
  modelKeys: () => ({}),
};
