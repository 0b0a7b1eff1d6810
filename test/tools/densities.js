// SPDX-License-Identifier: Apache-2.0
// `node test/tools/densities.js`: cycles and bytes of sparse tables, and of unrolled columns in pairs and wide ones, for a
// weight that is not zero, by density; and two networks that do not fit the flash unrolled, as mixed steps within 205,000 bytes, and packed. All by the cost model, which is exact
// (test/kernel/tables.test.ts).
import { pathToFileURL } from 'node:url';
import { kernelOf } from '../../build/dist/codegen/kernels/index.js';
import { planMixed } from '../../build/dist/codegen/kernels/mixed/plan.js';
import { planSparse } from '../../build/dist/codegen/kernels/sparse/kernel.js';
import { stepFlash } from '../../build/dist/codegen/kernels/unrolled/kernel.js';
import { generateStep, planVariants } from '../../build/dist/codegen/kernels/unrolled/unrolled.js';
import { dense, egru, networks, programOf, randomNumbers, weightsOf } from './networks.js';

const sum = (list, value) => list.reduce((total, one) => total + value(one), 0);
const print = (...cells) => process.stdout.write(`${cells.join('  ')}\n`);

const DENSITIES = [0.05, 0.1, 0.15, 0.2, 0.3, 0.5];
const SIZES = [
  [64, 30],
  [128, 128],
  [64, 256],
];

/** Sparse tables of random layers, for a weight that is not zero: cycles, bytes, and bytes with the rows' starts. */
export function sparseEach() {
  const random = randomNumbers(1);
  return SIZES.flatMap(([inputs, units]) =>
    DENSITIES.map((density) => {
      const layer = egru(random, inputs, units, density);
      const program = programOf([layer]);
      const [planned] = planSparse(program);
      const { sections } = generateStep(program, [planned]);
      const nonZero = sum([layer.z, layer.g], ({ codes }) => codes.filter((code) => code !== 7).length);
      const cycles = sum(
        sections.filter(({ kind }) => kind === 'table'),
        ({ max }) => max,
      );
      const bytes = planned.tables[0].data.byteLength;
      return {
        ...{ inputs, units, density },
        ...{ cycles: cycles / nonZero, bytes: (bytes - 8 * units) / nonZero, all: bytes / nonZero },
      };
    }),
  );
}

/** Blocks of a layer 128 -> 256 for a weight that is not zero: cycles and bytes, and the cycles of its inputs. */
function unrolledEach(density) {
  const layer = dense(randomNumbers(5), 128, 256, density, 'none');
  const program = programOf([layer]);
  const nonZero = layer.matrix.codes.filter((code) => code !== 7).length;
  const { pairs, wide } = planVariants(program);
  for (const [name, planned] of Object.entries(wide[0] === pairs[0] ? { pairs } : { pairs, wide })) {
    const { sections } = generateStep(program, planned);
    const of = (wanted) => sections.filter(({ kind }) => kind === wanted);
    const each = ['max', 'bytes'].map((key) => sum(of('matrix'), (section) => section[key]) / nonZero);
    const inputs = sum(of('inputs'), ({ max }) => max);
    print(
      `128->256 ${name}`,
      `${100 * density} %`,
      ...each.map((value) => value.toFixed(2)),
      `inputs ${inputs}`,
    );
  }
}

function show(name, network) {
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
  const weights = weightsOf(network);
  const cycles = packed.cycles(network);
  const [least, most] = [cycles.min, cycles.max].map((all) => (all / weights).toFixed(2));
  print(
    `  packed: ${least} to ${most} cycles and ${(packed.flash(network) / weights).toFixed(2)} bytes a weight`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  print('layer', 'density', 'cycles', 'bytes', 'bytes with starts');
  for (const { inputs, units, density, cycles, bytes, all } of sparseEach()) {
    const each = [cycles, bytes, all].map((value) => value.toFixed(2));
    print(`${inputs}->${units}`, `${100 * density} %`, ...each);
  }
  for (const density of [0.05, 0.1, 0.2, 0.35, 0.5]) unrolledEach(density);
  for (const [name, network] of Object.entries(networks)) show(name, network());
}
