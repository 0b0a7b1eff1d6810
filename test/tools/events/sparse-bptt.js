// SPDX-License-Identifier: Apache-2.0
/**
 * Time of back-propagation through an event-based GRU that visits events alone, against the same code that visits all:
 *
 *     node test/tools/events/sparse-bptt.js
 *
 * prints the table of docs/events/SPARSITY.md. One clip of 50 steps of 40 inputs, forward and back, the fastest of five runs.
 */
import { performance } from 'node:perf_hooks';
import { Random } from '../../../build/dist/training/train/random.js';
import { backEventGru, forwardEventGru } from '../../../build/dist/training/train/reference/event-gru.js';

const [INPUTS, STEPS, RUNS] = [40, 50, 5];
const UNITS = [64, 128, 256, 512];
const ACTIVITIES = [0.05, 0.1, 0.2, 0.5, 1];
/** Units within 1 / support of their threshold need a derivative, too. */
const SURROGATE = { dampening: 0.7, support: 20 };

const random = new Random(2026);
const numbers = (n, size) => Float64Array.from({ length: n }, () => random.uniform(-size, size));

function netOf(units) {
  return {
    ...{ inputs: INPUTS, units, zoneout: 0 },
    kernel: numbers(INPUTS * 3 * units, 1),
    recurrent: numbers(units * 3 * units, 1 / Math.sqrt(units)),
    bias: numbers(3 * units, 1),
    recurrentBias: numbers(3 * units, 1),
    threshold: new Float64Array(units),
  };
}

function activityOf(net, x) {
  const { o } = forwardEventGru(net, x);
  return o.reduce((sum, event) => sum + event, 0) / o.length;
}

/** The net with one threshold for all units at which so many fire; below 0 where all have to. */
function withActivity(net, x, wanted) {
  let [low, high] = [-2, 1];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    const more = activityOf({ ...net, threshold: net.threshold.map(() => middle) }, x) > wanted;
    if (more) low = middle;
    else high = middle;
  }
  return { ...net, threshold: net.threshold.map(() => (wanted === 1 ? -2 : high)) };
}

function timeOf(net, x, sparse) {
  const d = numbers(STEPS * net.units, 1);
  const derivatives = { y: d, h: new Float64Array(d.length), o: new Float64Array(d.length), trace: d };
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    const forward = forwardEventGru(net, x, sparse);
    backEventGru(net, x, forward, derivatives, SURROGATE, sparse);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

console.log('| units | activity | dense, ms | sparse, ms | times as fast |');
console.log('|--:|--:|--:|--:|--:|');
for (const units of UNITS) {
  const x = numbers(STEPS * INPUTS, 1);
  const net = netOf(units);
  for (const wanted of ACTIVITIES) {
    const one = withActivity(net, x, wanted);
    const activity = (100 * activityOf(one, x)).toFixed(0);
    const [dense, sparse] = [timeOf(one, x, false), timeOf(one, x, true)];
    const ratio = (dense / sparse).toFixed(1);
    console.log(`| ${units} | ${activity} % | ${dense.toFixed(1)} | ${sparse.toFixed(1)} | ${ratio} |`);
  }
}
