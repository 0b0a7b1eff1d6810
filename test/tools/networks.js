// SPDX-License-Identifier: Apache-2.0
/** Layers and networks with random weights, each from a seed of its own: what tools measure where no model is as large. */
import { programRanges } from '../../build/dist/core/program/program-ranges.js';

/** @returns numbers from 0 to 1, the same on every machine */
export function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes, ch. 7
    return state / 2 ** 32;
  };
}

function matrix(random, rows, columns, density) {
  const code = () => (random() < density ? [0, 1, 2, 4, 5, 6][Math.floor(6 * random())] : 7);
  const codes = Uint8Array.from({ length: rows * columns }, code);
  const zeros = () => new Int32Array(rows);
  return { rows, columns, codes, bias: zeros(), min: zeros(), max: zeros() };
}

/** @param density share of the weights that are not zero */
export function egru(random, inputs, units, density) {
  const [z, g] = [0, 1].map(() => matrix(random, units, inputs + units, density));
  return { type: 'egru', name: `egru${units}`, inputs, units, z, g, initialState: new Int16Array(units) };
}

export function dense(random, inputs, units, density, activation) {
  const own = matrix(random, units, inputs, density);
  return { type: 'dense', name: `dense${units}`, inputs, units, activation, matrix: own };
}

/** A program without a feature extractor: its clips are features. */
export function programOf(layers) {
  const program = {
    ...{ version: 1, name: 'random', source: { file: 'none', sha256: '' }, quantizer: 'code' },
    ...{ bias: 'septenary', frontend: null, readout: null, layers },
    labels: Array.from({ length: layers.at(-1).units }, (_, i) => String(i)),
  };
  for (const { matrix, ranges } of programRanges(program).matrices) {
    ranges.forEach(({ min, max }, row) => {
      matrix.min[row] = min;
      matrix.max[row] = max;
    });
  }
  return program;
}

/** Networks that do not fit the flash unrolled. */
export const networks = {
  '64-256-128-64-35 at 20 %': () => {
    const random = randomNumbers(901310148);
    const d = 0.2;
    const hidden = [egru(random, 64, 256, d), egru(random, 256, 128, d)];
    return programOf([...hidden, dense(random, 128, 64, d, 'relu'), dense(random, 64, 35, d, 'none')]);
  },
  '64-128-128-32-12, all weights': () => {
    const random = randomNumbers(1271072553);
    const hidden = [egru(random, 64, 128, 1), egru(random, 128, 128, 1)];
    return programOf([...hidden, dense(random, 128, 32, 1, 'relu'), dense(random, 32, 12, 1, 'none')]);
  },
};

/** Number of a program's weights, zeros included. */
export function weightsOf({ layers }) {
  const codes = layers.flatMap(({ z, g, matrix }) => (matrix === undefined ? [z, g] : [matrix]));
  return codes.reduce((sum, one) => sum + one.codes.length, 0);
}
