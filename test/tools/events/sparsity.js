// SPDX-License-Identifier: Apache-2.0
/**
 * What activity and density of the weights cost on the emulated chip: random networks of the size of spoken-digits,
 * with events in the packed kernel, and with the same weights in eGRU layers in both kernels.
 *
 *     node test/tools/events/sparsity.js
 *
 * prints the table of docs/events/SPARSITY.md. At every step the same share of inputs moves as of units that fire.
 */
import { programRanges } from '../../../build/dist/core/program/program-ranges.js';
import { Network } from '../../../build/dist/core/sim/network.js';
import { measureKernel } from '../../../build/dist/report/bench/bench.js';
import { sequence } from '../../../build/dist/report/bench/sequence.js';

const SIZES = [64, 64, 32, 16, 10];
const DENSITIES = [1, 0.5, 0.2];
const ACTIVITIES = [0.05, 0.12, 0.25, 0.5, 1];
const STEPS = 64;
const LEVELS = [0, 1, 2, 4, 5, 6];

const random = sequence(7);
const chance = () => random() / 2 ** 32;

function matrixOf(rows, columns, density) {
  const code = () => (chance() < density ? LEVELS[Math.floor(chance() * LEVELS.length)] : 7);
  const zeros = () => new Int32Array(rows);
  return {
    ...{ rows, columns, bias: zeros(), min: zeros(), max: zeros() },
    codes: Uint8Array.from({ length: rows * columns }, code),
  };
}

function layersOf(density) {
  return SIZES.slice(1).map((units, i) => {
    const shape = { name: `layer${i}`, inputs: SIZES[i], units };
    const draw = (columns) => matrixOf(units, columns, density);
    if (i < 2)
      return {
        type: 'egru',
        ...shape,
        initialState: new Int16Array(units),
        z: draw(SIZES[i] + units),
        g: draw(SIZES[i] + units),
      };
    return { type: 'dense', ...shape, activation: i === 3 ? 'none' : 'relu', matrix: draw(SIZES[i]) };
  });
}

function programOf(layers) {
  for (const { matrix, ranges } of programRanges({ frontend: null, layers }).matrices) {
    matrix.min.set(ranges.map(({ min }) => min));
    matrix.max.set(ranges.map(({ max }) => max));
  }
  return {
    ...{ version: 1, name: 'random', quantizer: 'code', bias: 'septenary', frontend: null, layers },
    labels: Array.from({ length: 10 }, (_, i) => `label ${i}`),
    source: { file: 'random', sha256: '0'.repeat(64) },
    readout: { steps: STEPS, rule: 'sum' },
  };
}

/** Features of which this share takes a new value at a step. */
function featuresOf(share) {
  const features = new Int16Array(STEPS * SIZES[0]);
  for (let i = 0; i < features.length; i++)
    features[i] = i < SIZES[0] || chance() < share ? Math.floor(chance() * 16000) : features[i - SIZES[0]];
  return features;
}

/** Signed pulses: every state other than 0 is an event where the threshold is 0. */
function eventful(layers, thresholds) {
  return layers.map((layer, i) => {
    if (layer.type !== 'egru') return layer;
    const { initialState, ...rest } = layer;
    const threshold = new Int16Array(layer.units).fill(thresholds[i]);
    return { ...rest, type: 'event-egru', output: 'pulse', signed: true, reset: 'subtract', threshold };
  });
}

function activityOf(layers, features, index) {
  const network = new Network(programOf(layers));
  let fired = 0;
  for (let t = 0; t < STEPS; t++) {
    network.step(features.subarray(t * SIZES[0], (t + 1) * SIZES[0]));
    fired += network.outputs[index].filter((y) => y !== 0).length;
  }
  return fired / STEPS / SIZES[index + 1];
}

/** Thresholds, one per layer, at which the wanted share of its units fires. */
function thresholdsFor(layers, features, wanted) {
  const thresholds = [0, 0];
  for (const index of [0, 1]) {
    let [low, high] = [0, 32767];
    while (wanted < 1 && low < high) {
      thresholds[index] = (low + high) >> 1;
      if (activityOf(eventful(layers, thresholds), features, index) > wanted) low = thresholds[index] + 1;
      else high = thresholds[index];
    }
    thresholds[index] = low;
  }
  return thresholds;
}

/** Inputs are passed on where they moved at all. */
const inputs = { type: 'delta', name: 'inputs', inputs: SIZES[0], units: SIZES[0] };
const moved = { ...inputs, threshold: new Int16Array(SIZES[0]) };

const whole = (value) => Math.round(value).toLocaleString('en');
const percent = (share) => `${(100 * share).toFixed(0)} %`;
console.log('| density | activity | mean cycles | worst | of dense, packed | of dense, unrolled | flash |');
console.log('|--:|--:|--:|--:|--:|--:|--:|');
for (const density of DENSITIES) {
  const layers = layersOf(density);
  const all = featuresOf(1);
  const measure = async (own, kernel, features) =>
    (await measureKernel(programOf(own), kernel, [features], () => {})).kernel;
  const packed = await measure(layers, 'packed', all);
  const unrolled = await measure(layers, 'unrolled', all);
  for (const [name, one] of [
    ['dense, packed', packed],
    ['dense, unrolled', unrolled],
  ]) {
    const cells = [one.cyclesPerStep, one.cyclesPerStepMax].map(whole);
    const parts = [packed, unrolled].map(({ cyclesPerStep }) => percent(one.cyclesPerStep / cyclesPerStep));
    console.log(`| ${[percent(density), name, ...cells, ...parts, whole(one.flash)].join(' | ')} |`);
  }
  for (const wanted of ACTIVITIES) {
    const features = featuresOf(wanted);
    const own = eventful(layers, thresholdsFor(layers, features, wanted));
    const active = [0, 1].map((index) => percent(activityOf(own, features, index)));
    for (const kernel of ['packed', 'unrolled']) {
      const { cyclesPerStep, cyclesPerStepMax, flash } = await measure([moved, ...own], kernel, features);
      const parts = [packed, unrolled].map((one) => percent(cyclesPerStep / one.cyclesPerStep));
      const cells = [whole(cyclesPerStep), whole(cyclesPerStepMax), ...parts, whole(flash)];
      console.log(`| ${[percent(density), `${active.join(', ')}, ${kernel}`, ...cells].join(' | ')} |`);
    }
  }
}
