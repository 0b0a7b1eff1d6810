// SPDX-License-Identifier: Apache-2.0
import type { DenseSettings } from '../../../core/program/cells/dense.ts';
import type { DenseShape } from '../shapes.ts';
import type { TrainedCell } from './cell.ts';

export const denseTrained: TrainedCell<DenseShape> = {
  type: 'dense',
  recurrent: false,
  randomStates: false,
  events: false,
  compiled: true,
  tensors: ({ name, inputs, units }) => [
    [`${name}.weight`, 'weight', [units, inputs]],
    [`${name}.bias`, 'bias', [units]],
  ],
  spread: ({ inputs }) => inputs,
  shape: (sizes) => ({ type: 'dense', ...sizes, activation: 'relu' }),
  forwardShape: (sizes, settings) => ({ type: 'dense', ...sizes, ...(settings as DenseSettings) }),
  modelKeys: ({ activation }) => ({ activation }),
};
