// SPDX-License-Identifier: Apache-2.0
import type { Layer, Matrix } from '../program.ts';
import type { Range } from '../range.ts';
import type { Cell } from './cell.ts';

export type Activation = 'relu' | 'none';

export interface DenseSettings {
  readonly activation: Activation;
}

/** Dense layer; with activation "none" the int32 accumulators are its output (only as the last layer). */
export interface DenseLayer extends Layer, DenseSettings {
  readonly type: 'dense';
  readonly matrix: Matrix;
}

export const denseCell: Cell<DenseSettings, DenseLayer> = {
  type: 'dense',
  gates: [{ name: '', tensor: '' }],
  recurrent: false,
  softsign: false,

  modelKeys: ['activation'],
  readSettings(item, _units, last) {
    const activation = item.get('activation').choice(['relu', 'none']);
    if (activation === 'none' && !last) item.fail('"activation" may be "none" in the last layer only');
    return { activation };
  },
  build({ name, inputs, units }, { activation }, matrices) {
    const [matrix] = matrices;
    if (matrix === undefined) throw new Error('a dense layer has a matrix');
    return { type: 'dense', name, inputs, units, activation, matrix };
  },
  matrices: ({ matrix }) => [matrix],

  programKeys: ['activation', 'matrix'],
  toJson: ({ activation, matrix }, write) => ({ activation, matrix: write(matrix) }),
  fromJson(item, { name, inputs, units }, matrix) {
    const activation = item.get('activation').choice(['relu', 'none']);
    return { type: 'dense', name, inputs, units, activation, matrix: matrix('matrix') };
  },

  states: () => [],
  outputs({ activation }, [accumulators = []]) {
    return activation === 'relu' ? reluRanges(accumulators) : [...accumulators];
  },
  givesLogits: ({ activation }) => activation === 'none',
  initialState: () => null,
  activation: ({ activation }) => activation,
  kind: ({ activation }) => `dense (${activation === 'relu' ? 'ReLU' : 'no activation'})`,
};

/** The lower end is 0 so that the range holds 0. */
function reluRanges(accumulators: readonly Range[]): Range[] {
  return accumulators.map(({ max }) => ({ min: 0, max: Math.min(Math.max(max, 0), 32767) }));
}
