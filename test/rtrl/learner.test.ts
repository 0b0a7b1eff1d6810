// SPDX-License-Identifier: Apache-2.0
/** Learning by RTRL, at every step of a stream: the loss falls, and the bits are the same again. */
import { expect, test } from 'vitest';
import { eventEgru } from '../../compiler/training/rtrl/event-egru.ts';
import { eventGru } from '../../compiler/training/rtrl/event-gru.ts';
import { RtrlLearner } from '../../compiler/training/rtrl/learner.ts';
import { Random } from '../support/random.ts';

const CELLS = {
  'event-gru': eventGru(),
  'event-egru, pulse': eventEgru(),
  'event-egru, hold': eventEgru('hold'),
};

/** Whether the last two inputs had the same sign: one step of memory is needed. */
function stream(name: keyof typeof CELLS, steps: number) {
  const random = new Random(3);
  const net = { cell: CELLS[name], inputs: 1, units: 8, surrogate: { dampening: 0.7, support: 2 } };
  const learner = new RtrlLearner(net, { classes: 2 });
  learner.parameters.forEach((_, i) => {
    learner.parameters[i] = random.between(-1000, 1000) / 1000;
  });
  learner.load();
  let [last, first, end] = [1, 0, 0];
  for (let step = 0; step < steps; step++) {
    const sign = random.pick([-1, 1]);
    learner.step(Float64Array.of(sign));
    const loss = learner.learn(sign === last ? 1 : 0);
    if (step < 500) first += loss / 500;
    if (step >= steps - 500) end += loss / 500;
    learner.update(0.003);
    last = sign;
  }
  return { first, end, parameters: learner.parameters };
}

test.each(Object.keys(CELLS) as (keyof typeof CELLS)[])('%s learns at every step of a stream', (name) => {
  const { first, end, parameters } = stream(name, 6000);
  expect(first).toBeGreaterThan(0.5);
  expect(end).toBeLessThan(0.5 * first);
  expect(stream(name, 6000).parameters).toEqual(parameters);
});

test('nothing moves without a loss', () => {
  const learner = new RtrlLearner(
    { cell: eventGru(), inputs: 1, units: 2, surrogate: { dampening: 0.7, support: 2 } },
    { classes: 2 },
  );
  learner.load();
  learner.step(Float64Array.of(1));
  expect(learner.update(0.1)).toBe(false);
  expect(learner.parameters.every((value) => value === 0)).toBe(true);
  // Equal posteriors of two classes: ln 2.
  expect(learner.learn(1)).toBeCloseTo(Math.LN2, 12);
});
