// SPDX-License-Identifier: Apache-2.0
/**
 * The task of Subramoney et al. (2023) and a net for it: 17 points of a spiral, turning left or right. An offset turns the
 * spiral, so that no single point tells.
 */
import { eventGru } from '../../../build/dist/training/rtrl/event-gru.js';
import { RtrlLearner } from '../../../build/dist/training/rtrl/learner.js';
import { Random } from '../../../build/dist/training/train/random.js';

export const SETUP = { units: 16, inputs: 2, steps: 17, sequences: 10_000, batch: 32, rate: 3e-3 };
/** Events have a slope within a fifth of their threshold: the others have none, and their rows are not visited. */
const SURROGATE = { dampening: 0.7, support: 5 };
/** Thresholds begin between: units that are silent at first are what activity saves. */
const THRESHOLDS = [0.2, 0.8];
/** Weights of so small a net begin larger than by their number, and points come with this amplitude. */
const [WEIGHTS, INPUTS] = [3, 3];

/** @returns points, sequences x steps x 2, and the direction of each sequence */
export function spirals(seed, { sequences, steps } = SETUP) {
  const random = new Random(seed, 1);
  const x = new Float64Array(sequences * steps * 2);
  const labels = new Uint8Array(sequences);
  for (let s = 0, i = 0; s < sequences; s++) {
    labels[s] = random.below(2);
    const offset = random.uniform(0, 2 * Math.PI);
    for (let step = 0; step < steps; step++) {
      const t = (2 * Math.PI * step) / (steps - 1);
      const radius = INPUTS / (1 + t);
      x[i++] = (labels[s] === 1 ? -1 : 1) * radius * Math.sin(t + offset);
      x[i++] = radius * Math.cos(t + offset);
    }
  }
  return { x, labels };
}

/** @param density share of the weights that are kept; the others never come back */
export function learnerOf(seed, density, { form } = {}) {
  const random = new Random(seed, 2);
  const { units } = SETUP;
  // As large a sum of fewer weights.
  const gain = density ** -0.5;
  const cell = eventGru();
  const tensors = cell.tensors(SETUP.inputs, units);
  const mask = [];
  const values = [];
  for (const { name, size, prunable } of tensors) {
    for (let i = 0; i < size; i++) {
      const kept = !prunable || random.unit() < density;
      const value = (WEIGHTS * gain * random.uniform(-1, 1)) / Math.sqrt(units);
      mask.push(kept ? 1 : 0);
      values.push(!kept ? 0 : prunable ? value : name === 'threshold' ? random.uniform(...THRESHOLDS) : 0);
    }
  }
  const net = { cell, inputs: SETUP.inputs, units, surrogate: SURROGATE, mask: Uint8Array.from(mask) };
  const learner = new RtrlLearner(net, { classes: 2, ...(form === undefined ? {} : { form }) });
  const readout = learner.parameters.length - values.length;
  for (let i = 0; i < readout - 2; i++) values.push(random.uniform(-1, 1) / Math.sqrt(units));
  learner.parameters.set(values);
  learner.load();
  return learner;
}
