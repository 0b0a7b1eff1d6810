// SPDX-License-Identifier: Apache-2.0
/** The reference of learning: scores with and without it, undo, and which programs cannot. */
import { describe, expect, test } from 'vitest';
import { Learner, learnBytes, learnDefect, MAX_LEARN_BYTES } from '../../compiler/core/sim/learner.ts';
import { Simulator } from '../../compiler/core/sim/simulator.ts';
import { bursts, listener } from '../support/stream-program.ts';

const spec = { frame: 64, hop: 64, seed: 31, last: 'dense' } as const;
const program = (rule: 'sum' | 'last') => ({ ...listener(spec), readout: { steps: 32, rule } });
const traced = (rule: 'sum' | 'last', seed: number) => {
  const clip = new Simulator(program(rule)).run(bursts(64 * 20, seed), true);
  if (clip.trace === null) throw new Error('no trace');
  return { trace: clip.trace, scores: clip.scores, label: clip.label };
};

describe.each(['sum', 'last'] as const)('with readout %s', (rule) => {
  test('scores are those of the program before anything is learnt, and the example is right after it', () => {
    const learner = new Learner(program(rule));
    const one = traced(rule, 5);
    expect(learner.clip(one.trace)).toEqual({ scores: one.scores, label: one.label });
    const wanted = (one.label + 1) % 4;
    for (let i = 0; i < 40; i++) learner.learn(one.trace, wanted);
    expect(learner.clip(one.trace).label).toBe(wanted);
    expect(learner.examples).toBe(40);
  });

  test('undo goes back to the bit, once', () => {
    const learner = new Learner(program(rule));
    expect(learner.undo()).toBe(false);
    learner.learn(traced(rule, 5).trace, 1);
    const before = learner.learnt.slice();
    learner.learn(traced(rule, 6).trace, 2);
    expect(learner.learnt).not.toEqual(before);
    expect(learner.undo()).toBe(true);
    expect([learner.learnt, learner.examples, learner.undo()]).toEqual([before, 1, false]);
  });
});

test('programs whose output layer does not fit, or is none, are refused with the reason', () => {
  expect(learnDefect(listener(spec))).toContain('readout');
  expect(
    learnDefect({ ...listener({ ...spec, last: 'egru' }), readout: { steps: 9, rule: 'sum' } }),
  ).toContain('no activation');
  const wide = { ...listener({ ...spec, labels: 200 }), readout: { steps: 9, rule: 'sum' } as const };
  expect(learnBytes(5, 200)).toBeGreaterThan(MAX_LEARN_BYTES);
  expect(learnDefect(wide)).toContain(`takes ${learnBytes(5, 200)} bytes`);
  expect(() => new Learner(wide)).toThrow('bytes of RAM');
});
