// SPDX-License-Identifier: Apache-2.0
// `node test/tools/densities.js`: cycles and bytes of sparse tables for a weight that is not zero, by density; and two
// networks that do not fit the flash unrolled, as mixed steps within 205,000 bytes, and packed. All by the cost model, which is exact
// (test/kernel/tables.test.ts).
import { kernelOf } from '../../build/dist/codegen/kernels/index.js';
import { planMixed } from '../../build/dist/codegen/kernels/mixed/plan.js';
import { planSparse } from '../../build/dist/codegen/kernels/sparse/kernel.js';
import { stepFlash } from '../../build/dist/codegen/kernels/unrolled/kernel.js';
import { generateStep } from '../../build/dist/codegen/kernels/unrolled/unrolled.js';

let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes, ch. 7
  return state / 2 ** 32;
};

function matrix(rows, columns, density) {
  const code = () => (random() < density ? [0, 1, 2, 4, 5, 6][Math.floor(6 * random())] : 7);
  const codes = Uint8Array.from({ length: rows * columns }, code);
  const zeros = () => new Int32Array(rows);
  return { rows, columns, codes, bias: zeros(), min: zeros(), max: zeros() };
}

function egru(inputs, units, density) {
  const [z, g] = [0, 1].map(() => matrix(units, inputs + units, density));
  return { type: 'egru', name: `egru${units}`, inputs, units, z, g, initialState: new Int16Array(units) };
}

function dense(inputs, units, density, activation) {
  return {
    type: 'dense',
    name: `dense${units}`,
    inputs,
    units,
    activation,
    matrix: matrix(units, inputs, density),
  };
}

const program = (layers) => ({ version: 1, name: 'x', labels: [], layers, frontend: null, readout: null });
const sum = (list, value) => list.reduce((total, one) => total + value(one), 0);
const print = (...cells) => process.stdout.write(`${cells.join('  ')}\n`);

print('layer', 'density', 'cycles', 'bytes', 'bytes with starts');
for (const [inputs, units] of [
  [64, 30],
  [128, 128],
  [64, 256],
]) {
  for (const density of [0.05, 0.1, 0.15, 0.2, 0.3, 0.5]) {
    const layer = egru(inputs, units, density);
    const [planned] = planSparse(program([layer]));
    const { sections } = generateStep(program([layer]), [planned]);
    const nonZero = sum([layer.z, layer.g], ({ codes }) => codes.filter((code) => code !== 7).length);
    const tables = sections.filter(({ kind }) => kind === 'table');
    const bytes = planned.tables[0].data.byteLength;
    const each = (value) => (value / nonZero).toFixed(2);
    print(
      `${inputs}->${units}`,
      `${100 * density} %`,
      each(sum(tables, ({ max }) => max)),
      each(bytes - 8 * units),
      each(bytes),
    );
  }
}

const networks = {
  '64-256-128-64-35 at 20 %': (d = 0.2) => [
    egru(64, 256, d),
    egru(256, 128, d),
    dense(128, 64, d, 'relu'),
    dense(64, 35, d, 'none'),
  ],
  '64-128-128-32-12, all weights': (d = 1) => [
    egru(64, 128, d),
    egru(128, 128, d),
    dense(128, 32, d, 'relu'),
    dense(32, 12, d, 'none'),
  ],
};
for (const [name, layers] of Object.entries(networks)) {
  const network = program(layers());
  const start = process.cpuUsage();
  const planned = planMixed(network, 205_000);
  const { user, system } = process.cpuUsage(start);
  const { min, max } = generateStep(network, planned);
  const parts = planned.map(({ blocks, tables }) =>
    [`${blocks.length} blocks`, ...tables.map((table) => `${table.order.length} ${table.name} rows`)].join(
      ' + ',
    ),
  );
  print(
    name,
    `${min} to ${max} cycles`,
    `${stepFlash(network, planned)} bytes`,
    `${((user + system) / 1e6).toFixed(1)} s of CPU`,
  );
  print(' ', parts.join('; '));
  const packed = kernelOf('packed');
  const weights = sum(network.layers, ({ z, g, matrix }) =>
    sum(matrix === undefined ? [z, g] : [matrix], ({ codes }) => codes.length),
  );
  const cycles = packed.cycles(network);
  const [least, most] = [cycles.min, cycles.max].map((all) => (all / weights).toFixed(2));
  print(
    `  packed: ${least} to ${most} cycles and ${(packed.flash(network) / weights).toFixed(2)} bytes a weight`,
  );
}
