// SPDX-License-Identifier: Apache-2.0
import type { EgruShape } from '../shapes.ts';
import type { TrainedCell } from './cell.ts';

/**
 * PAPER names: zx the update gate, hx the candidate, columns [inputs, previous state]. Both weights, then both biases, so
 * that z and g rows form one matrix of 2 x units rows.
 */
export const egruTrained: TrainedCell<EgruShape> = {
  type: 'egru',
  recurrent: true,
  randomStates: true,
  events: false,
  compiled: true,
  tensors: ({ name, inputs, units }) => [
    [`${name}.weight_zx.weight`, 'weight', [units, inputs + units]],
    [`${name}.weight_hx.weight`, 'weight', [units, inputs + units]],
    [`${name}.weight_zx.bias`, 'bias', [units]],
    [`${name}.weight_hx.bias`, 'bias', [units]],
  ],
  spread: ({ inputs, units }) => inputs + units,
  shape: (sizes) => ({ type: 'egru', ...sizes }),
  forwardShape: (sizes) => ({ type: 'egru', ...sizes }),
  modelKeys: () => ({}),
};
