// SPDX-License-Identifier: Apache-2.0
// `node test/tools/bench/codegen.js`: seconds that the unrolled kernel's schedule and code take for 100,200 weights.
import { generateUnrolled } from '../../../build/dist/codegen/kernels/unrolled/unrolled.js';

const inputs = 184;
const units = 150;
let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes, ch. 7
  return state / 2 ** 32;
};
// 34 % zeros; the other weights spread over the six levels.
const code = () => (random() < 0.34 ? 7 : ([0, 1, 2, 4, 5, 6][Math.floor(6 * random())] ?? 7));
const matrix = () => ({
  rows: units,
  columns: inputs + units,
  codes: Uint8Array.from({ length: units * (inputs + units) }, code),
  bias: new Int32Array(units),
  min: new Int32Array(units).fill(-(2 ** 26)),
  max: new Int32Array(units).fill(2 ** 26),
});
const layer = {
  type: 'egru',
  name: 'cell',
  inputs,
  units,
  z: matrix(),
  g: matrix(),
  initialState: new Int16Array(units),
};
const start = performance.now();
const { flash } = generateUnrolled({
  version: 1,
  name: 'large',
  labels: Array.from({ length: units }, (_, i) => String(i)),
  source: { file: 'none', sha256: '' },
  quantizer: 'code',
  bias: 'septenary',
  frontend: null,
  layers: [layer],
  readout: null,
});
const seconds = (performance.now() - start) / 1000;
process.stdout.write(
  `${2 * units * (inputs + units)} weights: ${seconds.toFixed(1)} s, ${flash} bytes of code\n`,
);
