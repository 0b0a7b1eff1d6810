// SPDX-License-Identifier: Apache-2.0
/** Tensors of an event-based GRU as EvNN saves them -> its integers. */
import { InputError } from '../base/errors.ts';
import type { ModelLayer, Tensor } from '../model/model.ts';
import {
  type ByteMatrix,
  byteOverflow,
  type EventGruLayer,
  type EventGruModelSettings,
  MAX_BYTE_SHIFT,
} from '../program/cells/event-gru.ts';
import { INT32_LIMIT } from '../program/range.ts';
import { roundHalfUp, thresholdOf } from './levels.ts';

/** Biases stay below this: products have the rest of an int32. */
const BIAS_ROOM = 2 ** 30;

/**
 * @param path of the weights file, for messages
 * @throws InputError where a weight is too large for a byte, or an accumulator could leave int32
 */
export function quantizeEventGru(path: string, layer: ModelLayer): EventGruLayer {
  const { name, inputs, units } = layer;
  const { readout, zoneout } = layer.settings as EventGruModelSettings;
  const [kernel, recurrent, bias, recurrentBias, thresholds] = layer.own ?? [];
  if (!kernel || !recurrent || !bias || !recurrentBias || !thresholds)
    throw new Error('an event-based GRU has five tensors');
  const quantized: EventGruLayer = {
    ...{ type: 'event-gru', name, inputs, units, readout },
    zoneout: thresholdOf(zoneout),
    threshold: Int16Array.from(thresholds.values, (value) => thresholdOf(effective(thresholds.name, value))),
    kernel: bytesOf(path, kernel, bias),
    recurrent: bytesOf(path, recurrent, recurrentBias),
  };
  const reach = byteOverflow(quantized);
  if (reach !== null) {
    const problem = `an accumulator could reach ${reach}, beyond ±${INT32_LIMIT}; use fewer inputs or units`;
    throw new InputError(path, problem, `layer ${name}`);
  }
  return quantized;
}

/** EvNN 0.2 clamps its thresholds to [0, 1], 0.1 has what a sigmoid brings there. */
function effective(tensor: string, value: number): number {
  return tensor.endsWith('thr_reparam') ? 1 / (1 + Math.exp(-value)) : Math.max(0, Math.min(value, 1));
}

/** The finest power of two with which every weight is a byte and every bias leaves room for the products. */
function bytesOf(path: string, weights: Tensor, bias: Tensor): ByteMatrix {
  const largest = (values: Float64Array) =>
    values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const [weight, offset] = [largest(weights.values), largest(bias.values)];
  const fits = (shift: number) =>
    Math.round(weight * 2 ** shift) <= 127 && offset * 2 ** (15 + shift) < BIAS_ROOM;
  let shift = MAX_BYTE_SHIFT;
  while (shift > 0 && !fits(shift)) shift--;
  if (!fits(shift)) {
    const problem = `tensor "${weights.name}" holds ${weight} and "${bias.name}" ${offset}; 127 and 32767 are possible`;
    throw new InputError(path, problem);
  }
  return {
    shift,
    weights: Int8Array.from(weights.values, (value) => Math.max(-127, roundHalfUp(value * 2 ** shift))),
    bias: Int32Array.from(bias.values, (value) => roundHalfUp(value * 2 ** (15 + shift))),
  };
}
