// SPDX-License-Identifier: Apache-2.0
/** What every form of RTRL computes on trained nets: products and time of a step, and whether savings multiply. */
import { performance } from 'node:perf_hooks';
import { FORMS } from '../../../build/dist/training/rtrl/rtrl.js';
import { percent, table } from '../bench/folded.js';
import { learnerOf, SETUP, spirals } from './spirals-net.js';
import { productsOf } from './spirals-task.js';

const SEQUENCES = 200;

/** @returns products and microseconds of a step, and shares: of the live rows, of the entries of J, of the columns */
function measure({ seed, density, parameters }, form) {
  const data = spirals(seed);
  const learner = learnerOf(seed, density, { form });
  learner.parameters.set(parameters);
  learner.load();
  let [rows, best] = [0, Number.POSITIVE_INFINITY];
  for (let s = 0; s < SEQUENCES; s++) {
    learner.reset();
    const start = performance.now();
    for (let step = 0; step < SETUP.steps; step++) {
      learner.step(data.x, (s * SETUP.steps + step) * SETUP.inputs);
      rows += learner.rtrl.live.reduce((sum, live) => sum + live, 0);
    }
    best = Math.min(best, performance.now() - start);
    learner.learn(data.labels[s]);
  }
  const { count, layout } = learner.rtrl;
  return {
    products: productsOf(count) / count.steps,
    microseconds: (1000 * best) / SETUP.steps,
    live: rows / count.steps / SETUP.units,
    entries: layout.entries.which.length / SETUP.units ** 2,
    columns: layout.columns,
  };
}

/** @param runs one training for each density */
export function savingsTable(runs) {
  const rows = runs.map((run) => {
    const [dense, activity, parameters, both] = ['dense', 'activity', 'parameters', 'both'].map((name) =>
      measure(run, FORMS[name]),
    );
    const by = (form) => dense.products / form.products;
    const w = run.density;
    return [
      percent(1 - w, 0),
      percent(activity.live, 0),
      percent(parameters.entries, 0),
      percent(parameters.columns / dense.columns, 0),
      Math.round(dense.products).toLocaleString('en-US'),
      by(activity).toFixed(1),
      by(parameters).toFixed(1),
      (by(activity) * by(parameters)).toFixed(1),
      by(both).toFixed(1),
      (1 / (w * activity.live) ** 2).toFixed(1),
      (dense.microseconds / both.microseconds).toFixed(1),
    ];
  });
  const head = ['sparsity', 'rows that are live', 'entries of J', 'columns', 'products of a dense step'];
  const factors = [
    'fewer by activity',
    'by parameters',
    'their product',
    'by both',
    '1 / (w² b²)',
    'times as fast',
  ];
  return table([...head, ...factors], rows);
}
