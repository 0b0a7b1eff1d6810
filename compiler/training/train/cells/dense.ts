// SPDX-License-Identifier: Apache-2.0
import type { DenseShape } from '../shapes.ts';
import type { TrainedCell } from './cell.ts';

export const denseTrained: TrainedCell<DenseShape> = {
  type: 'dense',
  recurrent: false,
  compiled: true,
  tensors: ({ name, inputs, units }) => [
    [`${name}.weight`, 'weight', [units, inputs]],
    [`${name}.bias`, 'bias', [units]],
  ],
  spread: ({ inputs }) => inputs,
};
