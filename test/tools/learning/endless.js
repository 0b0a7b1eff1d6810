// SPDX-License-Identifier: Apache-2.0
/**
 * Learning on a stream that does not end, its weights moved at every step: spirals without a pause or a reset between
 * them, the label given at each of their points.
 *
 *     node --expose-gc test/tools/learning/endless.js [STEPS]
 *
 * prints JSON: the mean loss of each tenth, bytes of typed arrays after a thousand steps and after each tenth, digest of the
 * weights. Nothing of it depends on the machine.
 */
import { createHash } from 'node:crypto';
import { learnerOf, SETUP, spirals } from './spirals-net.js';

const [DENSITY, RATE, SETTLED, STEPS] = [0.2, 1e-4, 1000, 1_000_000];

function arrayBytes() {
  globalThis.gc?.();
  return process.memoryUsage().arrayBuffers;
}

export function learnEndlessly(steps) {
  const data = spirals(1);
  const points = data.labels.length * SETUP.steps;
  const learner = learnerOf(1, DENSITY);
  const tenth = Math.ceil(steps / 10);
  const losses = Array.from({ length: 10 }, () => 0);
  const bytes = [];
  for (let step = 0; step < steps; step++) {
    const point = step % points;
    learner.step(data.x, point * SETUP.inputs);
    losses[Math.floor(step / tenth)] += learner.learn(data.labels[Math.floor(point / SETUP.steps)]) / tenth;
    learner.update(RATE);
    if (step + 1 === SETTLED || (step + 1) % tenth === 0) bytes.push(arrayBytes());
  }
  return {
    steps,
    losses,
    bytes,
    influence: learner.rtrl.memory.bytes,
    sha256: createHash('sha256').update(new Uint8Array(learner.parameters.buffer)).digest('hex'),
  };
}

if (process.argv[1] === new URL(import.meta.url).pathname)
  console.log(JSON.stringify(learnEndlessly(Number(process.argv[2] ?? STEPS))));
