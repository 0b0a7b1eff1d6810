// SPDX-License-Identifier: Apache-2.0
/**
 * make spirals: the spirals of Subramoney et al. (2023) by exact RTRL, nets of 0 to 90 % sparsity, and learning on an
 * endless stream. Writes docs/learning/RTRL.md's tables and its two pictures; half an hour on two cores.
 *
 *     node test/tools/learning/spirals.js [--seeds 5] [--iterations 1700] [--online 1000000] [-o docs/learning]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mapParallel } from '../../../build/dist/host/pool/pool.js';
import { table } from '../bench/folded.js';
import { replaceSection } from '../bench/section.js';
import { savingsTable } from './savings.js';
import { SETUP } from './spirals-net.js';
import { curves, learntTable } from './spirals-report.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    iterations: { type: 'string', default: '1700' },
    online: { type: 'string', default: '1000000' },
    output: { type: 'string', short: 'o', default: join(root, 'docs/learning') },
  },
});
const [seeds, iterations, online] = [values.seeds, values.iterations, values.online].map(Number);
const densities = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
/** Sparsities that have a line in the pictures. */
const drawn = [1, 0.5, 0.3, 0.2, 0.1];
/** Also trained at the plain rate. */
const plain = [0.2, 0.1];

const numbers = Array.from({ length: seeds }, (_, i) => i + 1);
const groups = [
  ...densities.map((density) => ({ density, relative: true })),
  ...plain.map((density) => ({ density, relative: false })),
];
const jobs = groups.flatMap((group) => numbers.map((seed) => ({ ...group, seed, iterations })));
const task = new URL('./spirals-task.js', import.meta.url);
const shown = process.stderr.isTTY;
const results = await mapParallel(task, null, jobs, (done) => {
  if (shown) process.stderr.write(`\r${done} of ${jobs.length} trainings`);
});
if (shown) process.stderr.write('\n');
const runs = results.map((result, i) => ({ ...jobs[i], ...result }));
const of = (density, relative) => runs.filter((run) => run.density === density && run.relative === relative);
const trained = groups.map(({ density, relative }) => of(density, relative));
const dense = SETUP.batch * SETUP.steps * SETUP.units ** 2 * 976;

console.log('trained; now the forms, then the endless stream, twice');
const savings = savingsTable(densities.map((density) => of(density, true)[0]));
const endless = fileURLToPath(new URL('./endless.js', import.meta.url));
const [first, second] = [1, 2].map(() =>
  JSON.parse(execFileSync(process.execPath, ['--expose-gc', endless, String(online)], { encoding: 'utf8' })),
);

mkdirSync(values.output, { recursive: true });
const pictures = drawn.map((density) => of(density, true));
writeFileSync(
  join(values.output, 'spirals-iterations.svg'),
  curves('iterations', pictures, 'iterations', Math.min(iterations, 400)),
);
writeFileSync(
  join(values.output, 'spirals-operations.svg'),
  curves('products, in iterations of dense RTRL', pictures, dense, Math.min(iterations, 60)),
);

const file = join(values.output, 'RTRL.md');
let page = existsSync(file) ? readFileSync(file, 'utf8') : '# Real-time recurrent learning\n';
const section = (title, lines) => {
  page = replaceSection(page, `### ${title}`, [`### ${title}`, '', ...lines].join('\n'));
};
section('Iterations and operations', learntTable(trained));
section('Savings', savings);
const whole = (value) => value.toLocaleString('en-US');
section(`Endless stream`, [
  `${whole(online)} steps, weights moved at every one; ${whole(first.influence)} bytes of influence matrices.`,
  '',
  ...table(
    ['', ...first.losses.map((_, i) => `${10 * (i + 1)} %`)],
    [
      ['mean loss, nats', ...first.losses.map((loss) => loss.toFixed(3))],
      ['bytes of arrays', ...first.bytes.slice(-10).map(whole)],
    ],
  ),
  '',
  `After the first thousand steps: ${whole(first.bytes[0])} bytes. Again from the start: ${
    first.sha256 === second.sha256 ? 'the same weights' : 'OTHER WEIGHTS'
  } (sha256 ${first.sha256.slice(0, 16)}...).`,
]);
writeFileSync(file, page);
console.log(file);
