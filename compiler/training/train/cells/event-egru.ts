// SPDX-License-Identifier: Apache-2.0
import type { EventEgruSettings } from '../../../core/program/cells/event-egru.ts';
import type { EventEgruShape } from '../shapes.ts';
import type { TrainedCell } from './cell.ts';

/** Tensors as those of the eGRU, and thresholds. */
export const eventEgruTrained: TrainedCell<EventEgruShape> = {
  type: 'event-egru',
  recurrent: true,
  randomStates: false,
  events: true,
  compiled: true,
  tensors: ({ name, inputs, units }) => [
    [`${name}.weight_zx.weight`, 'weight', [units, inputs + units]],
    [`${name}.weight_hx.weight`, 'weight', [units, inputs + units]],
    [`${name}.weight_zx.bias`, 'bias', [units]],
    [`${name}.weight_hx.bias`, 'bias', [units]],
    [`${name}.threshold`, 'threshold', [units]],
  ],
  spread: ({ inputs, units }) => inputs + units,
  shape(sizes, events) {
    if (events === null) throw new Error('an event-based cell needs its rules');
    const { dampening, support, threshold } = events;
    return { type: 'event-egru', ...sizes, surrogate: { dampening, support }, threshold };
  },
  forwardShape(sizes, settings) {
    const { output, signed, reset } = settings as EventEgruSettings;
    if (output !== 'pulse' || signed || reset !== 'subtract') return null;
    return { type: 'event-egru', ...sizes, surrogate: { dampening: 0, support: 0 }, threshold: 0 };
  },
  modelKeys: () => ({ output: 'pulse' }),
};
