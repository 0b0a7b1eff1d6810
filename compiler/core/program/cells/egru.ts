// SPDX-License-Identifier: Apache-2.0
import { SOFTSIGN_MAX } from '../../fixed/fixed.ts';
import type { Layer, Matrix } from '../program.ts';
import type { Range } from '../range.ts';
import type { Cell } from './cell.ts';

export interface EgruSettings {
  /** Q15 state before the first step, one per unit. */
  readonly initialState: Int16Array;
}

/** eGRU cell (paper Table 1a). Columns of both matrices: inputs first, then the previous state. */
export interface EgruLayer extends Layer, EgruSettings {
  readonly type: 'egru';
  /** Update gate, units x (inputs + units). */
  readonly z: Matrix;
  /** Candidate, units x (inputs + units). */
  readonly g: Matrix;
}

/** Tensors as the paper's code names them: zx is the update gate, hx the candidate. */
export const egruCell: Cell<EgruSettings, EgruLayer> = {
  type: 'egru',
  gates: [
    { name: 'z', tensor: '.weight_zx' },
    { name: 'g', tensor: '.weight_hx' },
  ],
  recurrent: true,
  softsign: true,

  modelKeys: ['initialState'],
  readSettings(item, units) {
    const initialState = new Int16Array(units);
    item.optional('initialState')?.integersInto(initialState, 0, units, -32768, 32767);
    return { initialState };
  },
  build({ name, inputs, units }, { initialState }, matrices) {
    const [z, g] = matrices;
    if (z === undefined || g === undefined) throw new Error('an eGRU layer has two matrices');
    return { type: 'egru', name, inputs, units, z, g, initialState };
  },
  matrices: ({ z, g }) => [z, g],

  programKeys: ['z', 'g', 'initialState'],
  toJson: ({ z, g, initialState }, matrix) => ({
    z: matrix(z),
    g: matrix(g),
    initialState: [...initialState],
  }),
  fromJson(item, { name, inputs, units }, matrix) {
    const initialState = new Int16Array(units);
    item.get('initialState').integersInto(initialState, 0, units, -32768, 32767);
    return { type: 'egru', name, inputs, units, z: matrix('z'), g: matrix('g'), initialState };
  },

  states: stateRanges,
  outputs: stateRanges,
  givesLogits: () => false,
  initialState: ({ initialState }) => initialState,
  activation: () => null,
  kind: () => 'eGRU',
};

/**
 * With 0 < z < 32768 the increment (z (g - h)) >> 15 lies between 0 and g - h: where g >= h it is at least 0 and at most
 * g - h; where g < h it is below 0 and, as a floor, at least g - h. So h' lies between h and g, and h never leaves the
 * hull of its start and the range of softsign.
 */
function stateRanges({ initialState }: EgruSettings): Range[] {
  return Array.from(initialState, (start) => ({
    min: Math.min(start, -SOFTSIGN_MAX),
    max: Math.max(start, SOFTSIGN_MAX),
  }));
}
