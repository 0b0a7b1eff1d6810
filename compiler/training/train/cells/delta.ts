// SPDX-License-Identifier: Apache-2.0
import type { DeltaSettings } from '../../../core/program/cells/delta.ts';
import type { DeltaShape } from '../shapes.ts';
import type { TrainedCell } from './cell.ts';

export const deltaTrained: TrainedCell<DeltaShape> = {
  type: 'delta',
  recurrent: true,
  randomStates: false,
  events: true,
  compiled: true,
  tensors: () => [],
  spread: ({ inputs }) => inputs,
  shape: (sizes, events) => ({ type: 'delta', ...sizes, threshold: events?.inputs ?? 0 }),
  forwardShape(sizes, settings) {
    const { threshold } = settings as DeltaSettings;
    const [first = 0] = threshold;
    return threshold.every((one) => one === first) ? { type: 'delta', ...sizes, threshold: first } : null;
  },
  modelKeys: ({ threshold }) => ({ threshold }),
};
