// SPDX-License-Identifier: Apache-2.0
/** Streams through generated C on the host against the reference, integer by integer; about 25 s, mostly compilation. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Program } from '../../compiler/core/program/program.ts';
import { streamTraceLayout } from '../../compiler/core/program/stream-trace.ts';
import { HostExecutor, type HostOptions } from '../../compiler/machines/execute/host.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { featuresOf, programOf, specs } from '../support/random-program.ts';
import { bursts, type ListenerSpec, listener, withDetect } from '../support/stream-program.ts';

const open: HostExecutor[] = [];
afterEach(async () => {
  for (const executor of open.splice(0)) await executor.close();
});

async function host(program: Program, options: Partial<HostOptions> = {}): Promise<HostExecutor> {
  const executor = await HostExecutor.create(program, { kernel: 'packed', sanitize: true, ...options });
  open.push(executor);
  return executor;
}

const listeners: ListenerSpec[] = [
  { frame: 128, hop: 128, seed: 114, last: 'dense' },
  { frame: 64, hop: 40, seed: 67, last: 'egru' },
  { frame: 256, hop: 100, seed: 32, last: 'relu', over: 'band' },
  { frame: 128, hop: 64, seed: 114, last: 'dense', over: 'frame' },
];

describe.each(compilersAmong(['gcc', 'clang']))('streams on the host, %s', (compiler) => {
  test.each(listeners)('sound: frame $frame, hop $hop, last layer $last, level over $over', async (spec) => {
    const program = listener(spec);
    const recordings = [
      bursts(150 * spec.hop + 777, spec.seed),
      bursts(spec.frame - 1, 1),
      new Int16Array(0),
    ];
    const executor = await host(program, { compiler: [compiler] });
    const expected = await new ReferenceExecutor(program).listen(recordings, true);
    expect(await executor.listen(recordings, true)).toEqual(expected);
    const events = expected.map((result) => ({ ...result, trace: null }));
    expect(await executor.listen(recordings, false)).toEqual(events);
  });
});

test('features of random programs', async () => {
  let events = 0;
  for (const spec of specs(4, 77, { maxSteps: 200, maxWidth: 40 })) {
    const program = withDetect(programOf({ ...spec, steps: 200 }), spec.seed);
    const features = featuresOf({ ...spec, steps: 200 });
    const expected = await new ReferenceExecutor(program).listen([features], true);
    expect(await (await host(program)).listen([features], true)).toEqual(expected);
    events += expected[0]?.events.length ?? 0;
  }
  expect(events).toBeGreaterThan(0);
});

test('the sounds of these tests open and close the gate, reset the network and fire', async () => {
  const seen = { gates: new Set<number>(), events: 0 };
  for (const spec of listeners) {
    const program = listener(spec);
    const [result] = await new ReferenceExecutor(program).listen(
      [bursts(150 * spec.hop + 777, spec.seed)],
      true,
    );
    const { groups, width } = streamTraceLayout(program);
    const vad = groups.find(({ name }) => name === 'vad')?.offset ?? 0;
    for (let at = vad + 1; at < (result?.trace?.length ?? 0); at += width) {
      seen.gates.add(result?.trace?.[at] ?? -1);
    }
    seen.events += result?.events.length ?? 0;
  }
  expect([...seen.gates].sort()).toEqual([0, 1, 2]);
  expect(seen.events).toBeGreaterThan(5);
});
