// SPDX-License-Identifier: Apache-2.0
import type { JsonValue } from '../../base/json.ts';
import type { Json } from '../json-text.ts';
import type { Layer } from '../program.ts';
import { INT32_LIMIT } from '../range.ts';
import type { Cell, OwnTensor, Shape } from './cell.ts';

/** What the next layer gets: "last" what is sent, "trace" its decaying mean, "mean" what is sent, to be summed. */
export const READOUTS = ['last', 'trace', 'mean'] as const;

export interface EventGruSettings {
  readonly readout: (typeof READOUTS)[number];
  /** Q15, 0 .. 32767, one per unit; null until they are read from their tensor. */
  readonly threshold: Int16Array | null;
}

/** Settings of model.json that the quantizer uses up. */
export interface EventGruModelSettings extends EventGruSettings {
  /** Share of the state before that stays, in [0, 1). */
  readonly zoneout: number;
  /** What stands before the names of its tensors. */
  readonly prefix: string;
}

/** Weights of int8: value / 2^shift. For each column 3 x units: z, r, g. */
export interface ByteMatrix {
  /** 0 .. 12. */
  readonly shift: number;
  readonly weights: Int8Array;
  /** 3 x units, in units of 2^-(15 + shift). */
  readonly bias: Int32Array;
}

/** Event-based GRU (docs/NUMERICS.md). */
export interface EventGruLayer extends Layer, EventGruSettings {
  readonly type: 'event-gru';
  /** Q15, 0 .. 32767. */
  readonly zoneout: number;
  readonly threshold: Int16Array;
  /** One column per input. */
  readonly kernel: ByteMatrix;
  /** One column per unit. */
  readonly recurrent: ByteMatrix;
}

export const GATES = 3;
export const MAX_BYTE_SHIFT = 12;
/** Twin of EGRU_EVENT_TRACE (runtime-c/network/egru_packed.h). */
const TRACE = 8;

export const eventGruCell: Cell<EventGruSettings, EventGruLayer> = {
  type: 'event-gru',
  gates: [],
  recurrent: true,
  softsign: false,

  modelKeys: ['readout', 'zoneout', 'prefix'],
  readSettings(item): EventGruModelSettings {
    const zoneout = item.optional('zoneout');
    const share = zoneout?.number(0, 1) ?? 0;
    if (share === 1) zoneout?.fail('must be below 1, found 1');
    const prefix = item.optional('prefix');
    return {
      readout: item.optional('readout')?.choice(READOUTS) ?? 'last',
      threshold: null,
      zoneout: share,
      prefix: prefix === null ? `${item.get('name').text()}.` : prefix.value === '' ? '' : prefix.text(),
    };
  },
  readoutRule: ({ readout }) => (readout === 'mean' ? 'sum' : null),
  ownTensors: tensorsOf,
  recognise(tensor, [inputs = 0, columns = 0]) {
    const [, prefix] = /^(|.*\.)kernel$/.exec(tensor) ?? [];
    return prefix === undefined || columns % GATES > 0 ? null : { prefix, inputs, units: columns / GATES };
  },
  propose: (prefix) => ({
    settings: { prefix, readout: 'last' },
    assumed:
      'event-gru: "readout" is "last", what a step sends; "trace" or "mean" where what follows reads those',
  }),
  weights: ({ inputs, units }) => GATES * units * (inputs + units),
  build() {
    throw new Error('core/quant/event-gru.ts builds these layers');
  },
  matrices: () => [],

  programKeys: ['readout', 'zoneout', 'threshold', 'kernel', 'recurrent'],
  toJson: ({ units, readout, zoneout, threshold, kernel, recurrent }) => ({
    ...{ readout, zoneout },
    threshold: [...threshold],
    kernel: matrixToJson(kernel, units),
    recurrent: matrixToJson(recurrent, units),
  }),
  fromJson(item, shape) {
    const threshold = new Int16Array(shape.units);
    item.get('threshold').integersInto(threshold, 0, shape.units, 0, 32767);
    const layer: EventGruLayer = {
      ...{ type: 'event-gru', name: shape.name, inputs: shape.inputs, units: shape.units },
      readout: item.get('readout').choice(READOUTS),
      zoneout: item.get('zoneout').integer(0, 32767),
      threshold,
      kernel: matrixFromJson(item.get('kernel'), shape.inputs, shape.units),
      recurrent: matrixFromJson(item.get('recurrent'), shape.units, shape.units),
    };
    const reach = byteOverflow(layer);
    if (reach !== null) return item.fail(`an accumulator could reach ${reach}, beyond ±${INT32_LIMIT}`);
    return layer;
  },

  states: () => [],
  // What is sent lies above a threshold of at least 0 and below 1, and so does a mean of it.
  outputs: ({ threshold }) => Array.from(threshold ?? [], () => ({ min: 0, max: 32767 })),
  givesLogits: () => false,
  initialState: () => null,
  // h, and what is sent where the outputs are its trace.
  pulses: ({ readout }) => readout !== 'trace',
  hidden: ({ readout }, { units }) => (readout === 'trace' ? 2 * units : units),
  thresholds: ({ threshold }) => threshold,
  isEvent: (_, output) => output !== 0,
  options: ({ readout }) => (readout === 'trace' ? TRACE : 0),
  activation: ({ readout }) => readout,
  kind: ({ readout }) => (readout === 'trace' ? 'event-based GRU (trace)' : 'event-based GRU'),
};

/** EvNN's names; of the thresholds those of version 0.2, or of 0.1, whose sigmoid they are. */
function tensorsOf({ name, inputs, units }: Shape, settings: EventGruSettings): OwnTensor[] {
  const { prefix } = { prefix: `${name}.`, ...settings } as EventGruModelSettings;
  const columns = GATES * units;
  return [
    { name: `${prefix}kernel`, shape: [inputs, columns] },
    { name: `${prefix}recurrent_kernel`, shape: [units, columns] },
    { name: `${prefix}bias`, shape: [columns] },
    { name: `${prefix}recurrent_bias`, shape: [columns] },
    { name: `${prefix}thr`, or: `${prefix}thr_reparam`, shape: [units] },
  ];
}

function matrixToJson({ shift, weights, bias }: ByteMatrix, units: number): Json {
  const width = GATES * units;
  const columns = Array.from({ length: weights.length / width }, (_, column) => [
    ...weights.subarray(column * width, (column + 1) * width),
  ]);
  return { shift, columns, bias: [...bias] };
}

function matrixFromJson(value: JsonValue, columns: number, units: number): ByteMatrix {
  const matrix = value.object(['shift', 'columns', 'bias']);
  const width = GATES * units;
  const weights = new Int8Array(columns * width);
  matrix
    .get('columns')
    .array(columns, columns)
    .forEach((column, i) => {
      column.integersInto(weights, i * width, width, -128, 127);
    });
  const bias = new Int32Array(width);
  matrix.get('bias').integersInto(bias, 0, width, -INT32_LIMIT, INT32_LIMIT);
  return { shift: matrix.get('shift').integer(0, MAX_BYTE_SHIFT), weights, bias };
}

/** What an accumulator could reach beyond ±INT32_LIMIT over all Q15 inputs and outputs; null: none leaves it. */
export function byteOverflow({
  kernel,
  recurrent,
}: Pick<EventGruLayer, 'kernel' | 'recurrent'>): number | null {
  for (const { shift, weights, bias } of [kernel, recurrent]) {
    const width = bias.length;
    for (let row = 0; row < width; row++) {
      let reach = Math.abs(bias[row] ?? 0) + (1 << (shift + 2)); // what rounding adds
      for (let at = row; at < weights.length; at += width) reach += 32768 * Math.abs(weights[at] ?? 0);
      if (reach > INT32_LIMIT) return reach;
    }
  }
  return null;
}
