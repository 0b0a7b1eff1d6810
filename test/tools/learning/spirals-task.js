// SPDX-License-Identifier: Apache-2.0
/** One training on spirals: loss and products of every iteration. */
import { learnerOf, SETUP, spirals } from './spirals-net.js';

/** Products of two numbers that RTRL computed. */
export const productsOf = ({ macs, decays, immediate, kept, gradient }) =>
  macs + decays + immediate + kept + gradient;

/** A sequence from the start. @returns its loss after the last step, in nats */
export function learnOne(learner, { x, labels }, sequence) {
  learner.reset();
  for (let step = 0; step < SETUP.steps; step++)
    learner.step(x, (sequence * SETUP.steps + step) * SETUP.inputs);
  return learner.learn(labels[sequence]);
}

/** @param relative whether a step of Adam has the size of the weights, which are larger where they are few */
export function train({ seed, density, relative, iterations, form }) {
  const data = spirals(seed);
  const learner = learnerOf(seed, density, { form });
  const rate = SETUP.rate * (relative ? density ** -0.5 : 1);
  const [losses, products] = [new Float64Array(iterations), new Float64Array(iterations)];
  for (let i = 0, next = 0; i < iterations; i++) {
    for (let n = 0; n < SETUP.batch; n++, next++)
      losses[i] += learnOne(learner, data, next % SETUP.sequences) / SETUP.batch;
    learner.update(rate);
    products[i] = productsOf(learner.rtrl.count);
  }
  return { losses, products, parameters: learner.parameters };
}

export default () => train;
