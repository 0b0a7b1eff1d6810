// SPDX-License-Identifier: Apache-2.0
/** A stream gives the same events however it is cut, and a gated frame leaves the network alone. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Frontend } from '../../compiler/core/frontend/features.ts';
import type { StreamProgram } from '../../compiler/core/program/program.ts';
import { streamTraceLayout } from '../../compiler/core/program/stream-trace.ts';
import { streamProgram } from '../../compiler/core/quant/detect.ts';
import { Detector, VAD_CLOSED, VAD_OPEN, VAD_RESET } from '../../compiler/core/sim/detector.ts';
import { listen } from '../../compiler/core/sim/listen.ts';
import { Network } from '../../compiler/core/sim/network.ts';
import { Stream, type StreamEvent } from '../../compiler/core/sim/stream.ts';
import { bursts, listener } from '../support/stream-program.ts';
import { toyProgram } from '../support/toy.ts';

const shapes = [
  { frame: 128, hop: 128, seed: 114, last: 'dense' },
  { frame: 64, hop: 40, seed: 67, last: 'egru' },
  { frame: 256, hop: 100, seed: 32, last: 'relu' },
] as const;

function traceOf(program: StreamProgram, samples: Int16Array) {
  return listen(new Stream(program), program, samples, true);
}

describe.each(shapes)('frames of $frame every $hop', (shape) => {
  const program = listener(shape);
  const sound = bursts(150 * shape.hop + 777, shape.seed);
  const whole = new Stream(program).push(sound);

  test('whole, frame by frame and sample by sample give the same events', () => {
    expect(whole.length).toBeGreaterThan(5);
    for (const piece of [1, shape.hop, shape.frame, shape.frame + 1, 1000]) {
      const stream = new Stream(program);
      const events: StreamEvent[] = [];
      for (let at = 0; at < sound.length; at += piece)
        events.push(...stream.push(sound.subarray(at, at + piece)));
      expect(events, `pieces of ${piece}`).toEqual(whole);
    }
  });

  test('so does every split', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: sound.length }), { maxLength: 20 }), (cuts) => {
        const stream = new Stream(program);
        const edges = [0, ...cuts.sort((a, b) => a - b), sound.length];
        const events = edges.slice(1).flatMap((edge, i) => stream.push(sound.subarray(edges[i], edge)));
        return JSON.stringify(events) === JSON.stringify(whole);
      }),
      { numRuns: 20 },
    );
  });

  test('an event has the last sample of its frame; a final partial frame is dropped', () => {
    const { steps, events, trace } = traceOf(program, sound);
    const { width } = streamTraceLayout(program);
    expect(steps).toBe(Math.floor((sound.length - shape.frame) / shape.hop) + 1);
    expect(events).toEqual(whole);
    for (const { sample, label, score } of events) {
      const frame = (sample - (shape.frame - 1)) / shape.hop;
      expect(Number.isInteger(frame)).toBe(true);
      const end = (frame + 1) * width;
      expect([...(trace?.slice(end - 2, end) ?? [])]).toEqual([label, score]);
    }
  });

  test('after a reset the same sound gives the same events', () => {
    const stream = new Stream(program);
    stream.push(bursts(5000, 99));
    stream.reset();
    expect(stream.push(sound)).toEqual(whole);
  });

  test('equals feature extractor, network and detector put together frame by frame', () => {
    const { frontend, detect } = program;
    if (frontend === null) throw new Error('it has one');
    const parts = {
      frontend: new Frontend(frontend),
      network: new Network(program),
      detector: new Detector(detect),
    };
    const features = new Int16Array(frontend.bins);
    const { steps, trace } = traceOf(program, sound);
    const { groups, width } = streamTraceLayout(program);
    const value = (step: number, name: string, i = 0) =>
      trace?.[step * width + (groups.find((group) => group.name === name)?.offset ?? 0) + i];
    const gates = new Set<number>();
    for (let step = 0; step < steps; step++) {
      const frame = sound.subarray(step * shape.hop, step * shape.hop + shape.frame);
      const energy = Math.floor(frame.reduce((sum, s) => sum + s * s, 0) / shape.frame);
      const gate = detect.vad === null ? VAD_OPEN : parts.detector.vad(energy);
      gates.add(gate);
      parts.frontend.frame(frame, 0, features);
      if (gate === VAD_OPEN) parts.network.step(features);
      if (gate === VAD_RESET) parts.network.reset();
      const event = parts.detector.step(gate === VAD_OPEN ? parts.network.logits : null);
      expect(value(step, 'vad')).toBe(detect.vad === null ? 0 : energy);
      expect(value(step, 'vad', 1)).toBe(gate);
      expect(value(step, 'features', 3)).toBe(features[3]); // the feature extractor runs in inactive frames, too
      expect(value(step, 'layer0', 2)).toBe(parts.network.outputs[0]?.[2]);
      expect(value(step, 'sums')).toBe(parts.detector.sums[0]);
      expect(value(step, 'event')).toBe(event?.label ?? -1);
    }
    if (detect.vad !== null) expect(gates.has(VAD_CLOSED) || gates.has(VAD_RESET)).toBe(true);
  });
});

test('while the gate is closed the state is held, and after vad.reset frames it is the initial one', () => {
  const base = listener(shapes[0]);
  const vad = { level: 1000, hangover: 1, reset: 3 };
  const program = { ...base, detect: { ...base.detect, vad } };
  const loud = Int16Array.from({ length: 128 * 4 }, (_, i) => (i % 9) * 3000 - 12000);
  const stream = new Stream(program);
  const states: string[] = [];
  stream.push(Int16Array.of(...loud, ...new Int16Array(128 * 6)), () => {
    states.push(`${stream.vadState} ${stream.network.outputs[0]?.join()}`);
  });
  const initial = new Network(program).outputs[0]?.join();
  const held = states[4]?.slice(2); // the frame of the hang-over: silence is active, the state moves
  expect(states[3]?.slice(2)).not.toBe(held);
  expect(states.slice(4)).toEqual([
    `0 ${held}`,
    `1 ${held}`,
    `1 ${held}`,
    `2 ${initial}`,
    `1 ${initial}`,
    `1 ${initial}`,
  ]);
});

test('a network without feature extractor listens to features', () => {
  const program = streamProgram(toyProgram(), 'toy');
  const features = Int16Array.from({ length: 2 * 90 + 1 }, (_, i) => ((i * 7919) % 65536) - 32768);
  const result = traceOf(program, features);
  expect(result.steps).toBe(90);
  expect(program.detect.vad).toBeNull();
  expect(result.events.every(({ sample }) => sample % 2 === 1)).toBe(true);
});
