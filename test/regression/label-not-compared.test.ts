// SPDX-License-Identifier: Apache-2.0
/** `egru verify` passed a machine with the right scores and the wrong label: the label was not compared. */
import { expect, it } from 'vitest';
import { Simulator } from '../../compiler/core/sim/simulator.ts';
import type { ClipResult, Executor } from '../../compiler/machines/execute/executor.ts';
import { verify } from '../../compiler/machines/verify/verify.ts';
import { bursts, listener } from '../support/stream-program.ts';

const { detect: _, ...program } = listener({ frame: 128, hop: 128, seed: 3, last: 'dense' });

function machine(name: 'reference' | 'host', spoil: (result: ClipResult) => ClipResult): Executor {
  const simulator = new Simulator(program);
  return {
    name,
    kernel: name === 'host' ? 'packed' : null,
    run: async (clips, trace) => clips.map((clip) => spoil(simulator.run(clip, trace))),
    listen: async () => [],
    close: async () => {},
  };
}

it('a wrong label with right scores is a difference', async () => {
  const clips = [{ file: 'a.wav', samples: bursts(2048, 8) }];
  const reference = machine('reference', (result) => result);
  const wrong = machine('host', (result) => ({ ...result, label: result.label + 1 }));
  expect((await verify(program, clips, reference, [wrong])).differences).toBe(1);
  const right = machine('host', (result) => result);
  expect((await verify(program, clips, reference, [right])).differences).toBe(0);
});
