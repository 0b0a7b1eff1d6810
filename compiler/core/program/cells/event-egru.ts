// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from '../../base/json.ts';
import { SOFTSIGN_MAX } from '../../fixed/fixed.ts';
import type { Layer, Matrix } from '../program.ts';
import type { Range } from '../range.ts';
import type { Cell } from './cell.ts';
import { readThresholds } from './thresholds.ts';

/** What a unit sends: "pulse" the state at an event and otherwise 0, "hold" the state of its last event. */
export type EventOutput = 'pulse' | 'hold';

export interface EventEgruSettings {
  readonly output: EventOutput;
  /** Whether states below the negative threshold are events, too; true where the output is "hold". */
  readonly signed: boolean;
  /** What an event takes from the state: the threshold, or nothing; "none" where the output is "hold". */
  readonly reset: 'subtract' | 'none';
  /** Q15, 0 .. 32767, one per unit; null until they are read from their tensor. */
  readonly threshold: Int16Array | null;
}

/** Event-based eGRU cell (docs/NUMERICS.md). Columns of both matrices: inputs first, then the outputs before. */
export interface EventEgruLayer extends Layer, EventEgruSettings {
  readonly type: 'event-egru';
  readonly threshold: Int16Array;
  /** Update gate, units x (inputs + units). */
  readonly z: Matrix;
  /** Candidate, units x (inputs + units). */
  readonly g: Matrix;
}

/** Bits of egru_layer.activation, twins of egru_event_option (runtime-c/network/egru_packed.h). */
const OPTIONS = { hold: 1, signed: 2, keep: 4 } as const;

export const eventEgruCell: Cell<EventEgruSettings, EventEgruLayer> = {
  type: 'event-egru',
  gates: [
    { name: 'z', tensor: '.weight_zx' },
    { name: 'g', tensor: '.weight_hx' },
  ],
  recurrent: true,
  softsign: true,

  modelKeys: ['output', 'signed', 'reset', 'threshold'],
  readSettings(item, units) {
    const stated = item.optional('threshold');
    return { ...readOutput(item), threshold: stated === null ? null : readThresholds(stated, units) };
  },
  propose: () => ({
    settings: { output: 'pulse' },
    assumed:
      'event-egru: "output" is "pulse", unsigned, less the threshold; "hold", "signed", "reset" where trained so',
  }),
  build({ name, inputs, units }, { output, signed, reset, threshold }, matrices) {
    const [z, g] = matrices;
    if (z === undefined || g === undefined) throw new Error('an event-based eGRU layer has two matrices');
    if (threshold === null) throw new Error('thresholds are read before a layer is built');
    return { type: 'event-egru', name, inputs, units, output, signed, reset, threshold, z, g };
  },
  matrices: ({ z, g }) => [z, g],

  programKeys: ['output', 'signed', 'reset', 'threshold', 'z', 'g'],
  toJson: ({ output, signed, reset, threshold, z, g }, matrix) => ({
    ...{ output, signed, reset },
    threshold: [...threshold],
    z: matrix(z),
    g: matrix(g),
  }),
  fromJson(item, { name, inputs, units }, matrix) {
    item.get('signed').boolean();
    item.get('reset');
    const threshold = new Int16Array(units);
    item.get('threshold').integersInto(threshold, 0, units, 0, 32767);
    const settings = readOutput(item);
    return {
      type: 'event-egru',
      name,
      inputs,
      units,
      ...settings,
      threshold,
      z: matrix('z'),
      g: matrix('g'),
    };
  },

  states: outputRanges,
  outputs: outputRanges,
  givesLogits: () => false,
  initialState: () => null,
  pulses: ({ output }) => output === 'pulse',
  // Of a kernel that follows events: states, inputs and outputs before, kept sums, accumulators and softsigns before.
  // The unrolled kernel has states, kept sums, their softsigns, and a list of events (codegen/kernels/events/state.ts).
  hidden: ({ output }, { inputs, units }) =>
    even(units) +
    Math.max(even(inputs + units) + 10 * units, 8 * units + (output === 'hold' ? 8 : 4) * units + 12),
  thresholdTensor: ({ threshold }) => (threshold === null ? '.threshold' : null),
  withThresholds: (settings, threshold) => ({ ...settings, threshold }),
  thresholds: ({ threshold }) => threshold,
  // An event of a pulse is beyond a threshold of at least 0, and one of a held output moves it.
  isEvent: ({ output }, y, before) => y !== (output === 'hold' ? before : 0),
  options: ({ output, signed, reset }) =>
    (output === 'hold' ? OPTIONS.hold : 0) |
    (signed ? OPTIONS.signed : 0) |
    (reset === 'none' ? OPTIONS.keep : 0),
  activation: ({ output }) => output,
  kind: ({ output, signed }) =>
    `event-based eGRU (${signed && output === 'pulse' ? 'signed ' : ''}${output})`,
};

/** With "hold" there is nothing to choose besides: only the values of signed and reset that it implies are accepted. */
function readOutput(item: JsonObject): Omit<EventEgruSettings, 'threshold'> {
  const output = item.get('output').choice(['pulse', 'hold']);
  const signed = item.optional('signed')?.boolean() ?? output === 'hold';
  const reset =
    item.optional('reset')?.choice(['subtract', 'none']) ?? (output === 'hold' ? 'none' : 'subtract');
  if (output === 'hold' && !signed) item.fail('"signed" may be false where the output is "pulse" only');
  if (output === 'hold' && reset === 'subtract')
    item.fail('"reset" may be "subtract" where the output is "pulse" only');
  return { output, signed, reset };
}

/**
 * The state starts at 0, and c lies between it and a softsign (egru.ts). An event of a pulse takes t from a c with
 * |c| > t, towards 0. So states and what is sent stay in the range of softsign; a pulse without sign is positive, and
 * none goes beyond a threshold that c does not reach.
 */
function outputRanges({ output, signed, threshold }: EventEgruSettings): Range[] {
  return Array.from(threshold ?? [], (t) => {
    const max = t < SOFTSIGN_MAX || output === 'hold' ? SOFTSIGN_MAX : 0;
    return { min: signed && max > 0 ? -max : 0, max };
  });
}

function even(count: number): number {
  return count + (count & 1);
}
