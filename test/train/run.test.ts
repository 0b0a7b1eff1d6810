// SPDX-License-Identifier: Apache-2.0
/** Whole runs on a small task: learning, repeating, interrupting, resuming. A few seconds. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint, writeCheckpoint } from '../../compiler/training/train/checkpoint.ts';
import { Engine, newClips } from '../../compiler/training/train/engine/engine.ts';
import { type Network, networkOf } from '../../compiler/training/train/network.ts';
import { ADAM } from '../../compiler/training/train/optimize/optimizer.ts';
import { Random } from '../../compiler/training/train/random.ts';
import {
  newRunState,
  type RunRules,
  type RunState,
  run,
  zeroShare,
} from '../../compiler/training/train/run.ts';
import { rulesOf } from './networks.ts';

const STEPS = 12;
const CLASSES = 3;
const TRAINING = Int32Array.from({ length: 150 }, (_, i) => i);
const VALIDATION = Int32Array.from({ length: 60 }, (_, i) => 150 + i);

function networkFor(type: 'egru' | 'gru'): Network {
  return networkOf([
    { type, name: 'a', inputs: 8, units: 10 },
    { type: 'dense', name: 'b', inputs: 10, units: 8, activation: 'relu' },
    { type: 'dense', name: 'c', inputs: 8, units: CLASSES, activation: 'none' },
  ]);
}

/** Each class is a ridge that moves over the inputs: down, not at all, or up. */
function clipsOf() {
  const random = new Random(6);
  const clips = newClips(210, STEPS, 8, 1);
  for (let clip = 0; clip < 210; clip++) {
    const label = random.below(CLASSES);
    clips.labels[clip] = label;
    const start = random.uniform(2, 5);
    for (let t = 0; t < STEPS; t++) {
      const centre = start + (label - 1) * 0.35 * (t - STEPS / 2);
      for (let i = 0; i < 8; i++) {
        const value = Math.exp(-((i - centre) ** 2)) * 0.9 + random.uniform(0, 0.1);
        clips.features[(clip * STEPS + t) * 8 + i] = Math.floor(value * 32767);
      }
    }
  }
  return clips;
}

const rules: RunRules = {
  seed: 1,
  batch: 32,
  adam: ADAM,
  quantization: { quantizer: 'code', bias: 'septenary' },
  phases: [
    { epochs: 40, quantize: false, schedule: { kind: 'one-cycle', peak: 0.02 } },
    { epochs: 40, quantize: true, schedule: { kind: 'one-cycle', peak: 0.01 } },
  ],
  patience: null,
  keep: 'best',
  prune: null,
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'egru-train-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(type: 'egru' | 'gru' = 'egru') {
  const network = networkFor(type);
  const engine = new Engine(network, rulesOf('sum'), STEPS, clipsOf(), 64, 1);
  const go = (state: RunState, more: Partial<RunRules> = {}, hooks = {}) =>
    run(engine, network, { ...rules, ...more }, TRAINING, VALIDATION, state, hooks);
  return { network, engine, go };
}

describe('a run', () => {
  it('learns, in float and with levels, and is the same to the bit when repeated', async () => {
    const { network, go } = start();
    const [a, b] = [newRunState(network, 1), newRunState(network, 1)];
    expect((await go(a)).reason).toBe('finished');
    await go(b);
    expect(a.records).toHaveLength(80);
    expect(a.records[39]?.validationAccuracy).toBeGreaterThan(0.9);
    expect(a.best?.quantized).toBe(true);
    expect(a.best?.validationAccuracy).toBeGreaterThan(0.85);
    const quantized = a.records.filter((record) => record.quantized);
    const least = Math.min(...quantized.map((record) => record.validationLoss));
    expect(a.best?.validationLoss).toBe(least);
    expect(b.parameters).toEqual(a.parameters);
    const other = newRunState(network, 2);
    await go(other, { seed: 2, phases: rules.phases.slice(0, 1) });
    expect(other.records[0]?.loss).not.toBe(a.records[0]?.loss);
  });

  it('prunes to the wanted share, evaluates only what has it, and is still accurate', async () => {
    const { network, go } = start();
    const state = newRunState(network, 1);
    await go(state, { prune: { penalty: 0, nonZero: 0.3, ramp: 0.5 } });
    const quantized = state.records.filter((record) => record.quantized);
    const shares = quantized.map(({ zeroShare }) => zeroShare);
    expect(shares[0]).toBeLessThan(0.7);
    for (const share of shares.slice(shares.length / 2)) expect(share).toBeGreaterThanOrEqual(0.7);
    const end = (quantized[0]?.epoch ?? 0) + quantized.length / 2 - 1;
    expect(state.best?.epoch).toBeGreaterThanOrEqual(end);
    expect(state.best?.validationAccuracy).toBeGreaterThan(0.85);
    // The weights that are handed on are zero themselves: the compiler knows nothing of the threshold.
    const best = state.best?.parameters ?? new Float32Array();
    expect(zeroShare(network, rules.quantization, best)).toBeGreaterThanOrEqual(0.7);
  });

  it('trains the GRU baseline', async () => {
    const { network, go } = start('gru');
    const state = newRunState(network, 1);
    await go(state, { phases: rules.phases.slice(0, 1) });
    expect(state.best?.validationAccuracy).toBeGreaterThan(0.9);
    expect(state.best?.quantized).toBe(false);
  });

  it('goes on from a checkpoint with the same bits, and only with the same configuration', async () => {
    const { network, go } = start();
    const whole = newRunState(network, 1);
    await go(whole);
    const path = join(folder, 'run.checkpoint');
    const stop = new AbortController();
    const onEpoch = (_: unknown, state: RunState) => {
      writeCheckpoint(path, rules, state);
      if (state.epoch === 50) stop.abort();
    };
    const first = newRunState(network, 1);
    expect((await go(first, {}, { onEpoch, signal: stop.signal })).reason).toBe('interrupted');
    const resumed = readCheckpoint(path, rules, network);
    expect(resumed).toEqual(first);
    expect(resumed.epoch).toBe(50);
    await go(resumed);
    expect(resumed.parameters).toEqual(whole.parameters);
    expect(resumed.best).toEqual(whole.best);
    const timeless = ({ records }: RunState) => records.map((record) => ({ ...record, seconds: 0 }));
    expect(timeless(resumed)).toEqual(timeless(whole));

    const other = { ...rules, phases: [rules.phases[0], { ...rules.phases[1], epochs: 30 }] };
    expect(() => readCheckpoint(path, other, network)).toThrow(
      'the run started with 40, the configuration has 30; continue with the old one or remove the checkpoint (phases[1].epochs)',
    );
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 5));
    expect(() => readCheckpoint(path, rules, network)).toThrow(path);
    expect(() => readCheckpoint(path, rules, networkFor('gru'))).toThrow(path);
  });

  it('leaves the best so far when it is interrupted within an epoch', async () => {
    const { network, go } = start();
    const stop = new AbortController();
    const onBatch = (epoch: number, done: number) => {
      if (epoch === 3 && done === 2) stop.abort();
    };
    const state = newRunState(network, 1);
    expect((await go(state, {}, { onBatch, signal: stop.signal })).reason).toBe('interrupted');
    expect([state.records.length, state.epoch]).toEqual([3, 3]);
    expect(state.best?.parameters).toHaveLength(network.size);
  });

  it('ends early without progress', async () => {
    const { network, go } = start();
    const state = newRunState(network, 1);
    // A rate of nearly zero: nothing gets better.
    const phases = [{ epochs: 50, quantize: true, schedule: { kind: 'constant', peak: 1e-12 } as const }];
    expect((await go(state, { phases, patience: 4 })).reason).toBe('no-progress');
    expect(state.epoch).toBe(5);
  });

  it('stops when the loss is no number, names the step and keeps the best', async () => {
    const { network, go } = start();
    const state = newRunState(network, 1);
    const onBatch = (epoch: number, done: number) => {
      if (epoch === 2 && done === 1) state.parameters[0] = Number.NaN;
    };
    const end = await go(state, {}, { onBatch });
    expect(end).toMatchObject({ reason: 'diverged', failure: { epoch: 2, step: 1 } });
    expect(state.best?.parameters.every(Number.isFinite)).toBe(true);
    expect(state.records).toHaveLength(2);
  });
});
