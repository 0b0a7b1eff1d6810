// SPDX-License-Identifier: Apache-2.0
/** Training of event-based cells: fast passes, reference, finite differences, and what activity costs. */
import { describe, expect, it } from 'vitest';
import { safetensors } from '../../compiler/core/library.ts';
import { readModel } from '../../compiler/core/model/read-model.ts';
import { quantize } from '../../compiler/core/quant/quantize.ts';
import { Network as Integers } from '../../compiler/core/sim/network.ts';
import { modelLayers } from '../../compiler/training/train/config.ts';
import { Engine, newClips } from '../../compiler/training/train/engine/engine.ts';
import { ShardMachine } from '../../compiler/training/train/engine/shard.ts';
import { activityLoss, activityRules, pressuresOf } from '../../compiler/training/train/events.ts';
import { type LayerShape, networkOf } from '../../compiler/training/train/network.ts';
import { quantizeInto } from '../../compiler/training/train/quantizer.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { eventEgruLayer } from '../../compiler/training/train/reference/event-egru.ts';
import { ReferenceTrainer } from '../../compiler/training/train/reference/trainer.ts';
import type { EventEgruShape, Network, PlacedLayer } from '../../compiler/training/train/shapes.ts';
import { weightsFile } from '../../compiler/training/train/weights.ts';
import { randomClips, randomParameters, rulesOf } from '../train/networks.ts';

const surrogate = { support: 2, dampening: 0.7 };
const gru = (name: string, inputs: number, units: number, more: object = {}): LayerShape => ({
  ...{ type: 'event-egru', name, inputs, units, surrogate, threshold: 0.1 },
  ...more,
});
const OUT: LayerShape = { type: 'dense', name: 'out', inputs: 4, units: 3, activation: 'none' };
const DELTA: LayerShape = { type: 'delta', name: 'inputs', inputs: 6, units: 6, threshold: 9000 };
const NETWORK = networkOf([DELTA, gru('gru1', 6, 7), gru('gru2', 7, 4), OUT]);

/** Parameters whose thresholds lie within the states' range, so that units fire now and then. */
function parametersOf(network: Network, random: Random): Float64Array {
  const parameters = randomParameters(network, random).map(Math.fround);
  for (const { kind, offset, size } of network.tensors) {
    if (kind !== 'threshold') continue;
    for (let i = offset; i < offset + size; i++) parameters[i] = Math.fround(random.uniform(0, 0.3));
  }
  return parameters;
}

function q15(features: readonly Float64Array[]): Int16Array {
  return Int16Array.from(
    features.flatMap((one) => [...one]),
    (x) => x * 32768,
  );
}

describe('the fast passes', () => {
  it.each([
    [16, 8],
    [5, 7],
    [1, 1],
  ])('equal the reference within float32, %i clips of %i steps', (count, steps) => {
    const random = new Random(11, count, steps);
    const parameters = parametersOf(NETWORK, random);
    const clips = randomClips(NETWORK, random, count, steps, 1);
    const expected = new ReferenceTrainer(NETWORK, rulesOf('sum')).batch(parameters, clips);
    const machine = new ShardMachine(NETWORK, rulesOf('sum'), steps);
    machine.setParameters(Float32Array.from(parameters));
    const input = {
      clips: Int32Array.from({ length: count }, (_, i) => i),
      initial: new Float32Array(0),
      shares: Float32Array.from(clips, ({ share }) => share),
    };
    const arrays = {
      features: q15(clips.map(({ features }) => features)),
      labels: Int32Array.from(clips.flatMap(({ labels }) => [...labels])),
      labelsPerClip: 1,
    };
    machine.gradient(arrays, input);
    const { loss } = machine.gradient(arrays, input);
    expect(Math.abs(loss - expected.loss)).toBeLessThan(1e-5 * expected.loss);
    const largest = expected.gradients.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    machine.gradients.forEach((g, i) => {
      expect(Math.abs(g - (expected.gradients[i] ?? 0)) / largest, `gradient ${i}`).toBeLessThan(2e-5);
    });
  });

  it('count events, and press every event of a clip alike', () => {
    const [count, steps] = [3, 9];
    const random = new Random(5);
    const network = networkOf([gru('gru1', 6, 4), OUT]);
    const parameters = parametersOf(network, random);
    const clips = randomClips(network, random, count, steps, 1);
    const machine = new ShardMachine(network, rulesOf('sum'), steps);
    machine.setParameters(Float32Array.from(parameters));
    const input = {
      clips: Int32Array.of(0, 1, 2),
      initial: new Float32Array(0),
      // No loss: the pressure alone gives the gradient.
      shares: new Float32Array(3),
      pressures: Float32Array.of(0.25, 0),
    };
    const arrays = {
      features: q15(clips.map((c) => c.features)),
      labels: Int32Array.of(0, 1, 2),
      labelsPerClip: 1,
    };
    machine.gradient(arrays, input);
    const [layer] = network.layers as [PlacedLayer<EventEgruShape>];
    const expected = new Float64Array(network.size);
    let events = 0;
    for (const { features } of clips) {
      const run = eventEgruLayer(layer, 0.25)(parameters, features, new Float64Array(0), steps);
      events += run.outputs.filter((y) => y !== 0).length;
      run.back(new Float64Array(steps * 4), expected);
    }
    expect(machine.events(count)).toEqual([events, 0]);
    expect(events).toBeGreaterThan(5);
    expect(Math.hypot(...expected)).toBeGreaterThan(0.1);
    machine.gradients.forEach((g, i) => {
      expect(g).toBeCloseTo(expected[i] ?? 0, 4);
    });
  });

  it('report the activity of a batch', () => {
    const clips = newClips(20, 6, 6, 1);
    const random = new Random(9);
    clips.features.forEach((_, i, all) => {
      all[i] = random.below(32768);
    });
    clips.labels.fill(1);
    const engine = new Engine(NETWORK, rulesOf('sum'), 6, clips, 32, 1);
    const parameters = Float32Array.from(parametersOf(NETWORK, random));
    const all = Int32Array.from({ length: 20 }, (_, i) => i);
    const { activity } = engine.evaluate(parameters, all);
    const gradient = new Float32Array(NETWORK.size);
    const trained = engine.gradient(parameters, all, new Float32Array(0), gradient).activity;
    trained.forEach((share, i) => {
      expect(share).toBeCloseTo(activity[i] ?? 0, 12);
    });
    expect(activity[0]).toBeGreaterThan(0.2);
    expect(activity[1]).toBeGreaterThan(0);
    expect(activity[3]).toBe(0);
    engine.gradient(parameters, all, new Float32Array(0), gradient, [0, 5, 5, 0]);
    const pressed = gradient.slice();
    engine.gradient(parameters, all, new Float32Array(0), gradient);
    expect(pressed).not.toEqual(gradient);
  });
});

describe('the reference', () => {
  it('has the slope of finite differences where no event moves and no surrogate acts', () => {
    const silent = { surrogate: { support: 1, dampening: 0 } };
    const network = networkOf([gru('gru1', 6, 7, silent), gru('gru2', 7, 4, silent), OUT]);
    const random = new Random(3);
    const parameters = parametersOf(network, random);
    const clips = randomClips(network, random, 2, 6, 1);
    const trainer = new ReferenceTrainer(network, rulesOf('sum'));
    const { gradients } = trainer.batch(parameters, clips);
    const step = 1e-6;
    for (let i = 0; i < network.size; i++) {
      const moved = (by: number) => {
        const copy = parameters.slice();
        copy[i] = (copy[i] ?? 0) + by;
        return trainer.batch(copy, clips).loss;
      };
      expect(Math.abs((moved(step) - moved(-step)) / (2 * step) - (gradients[i] ?? 0))).toBeLessThan(1e-8);
    }
  });

  it('gives an event the slope of the surrogate by its threshold', () => {
    const network = networkOf([{ ...DELTA, inputs: 1, units: 1, threshold: 0 }, gru('gru1', 1, 1)]);
    const layer = network.layers[1] as PlacedLayer<EventEgruShape>;
    // z = 1/2 and g = 1/2: c = 1/4 at the first step.
    const run = (threshold: number) => {
      const parameters = Float64Array.of(0, 0, 0, 0, 0, 1, threshold);
      const gradients = new Float64Array(7);
      const forward = eventEgruLayer(layer)(parameters, Float64Array.of(0), new Float64Array(0), 1);
      forward.back(Float64Array.of(1), gradients);
      return { y: forward.outputs[0], slope: gradients[6] };
    };
    expect(run(0.2)).toEqual({ y: 0.25, slope: -0.25 * 0.7 * (1 - 2 * Math.abs(0.25 - 0.2)) });
    expect(run(0.3).y).toBe(0);
    expect(run(0.3).slope).toBeCloseTo(-0.25 * 0.7 * 0.9, 12);
    expect(run(0.25)).toEqual({ y: 0, slope: -0.25 * 0.7 });
    expect(run(0.9).slope).toBeCloseTo(0, 12);
  });

  it('fires nearly where the integers do, with the weights of the same file', () => {
    const network = networkOf([DELTA, gru('gru1', 6, 24), { ...OUT, inputs: 24 }]);
    const random = new Random(21);
    const parameters = parametersOf(network, random);
    const used = new Float64Array(network.size);
    quantizeInto(used, parameters, network, { quantizer: 'code', bias: 'septenary' });
    const file = weightsFile(network, Float32Array.from(parameters), {});
    const layers = modelLayers(network.layers.map(({ shape }) => shape));
    const json = { format: 1, name: 'events', labels: ['a', 'b', 'c'], weights: 'w.safetensors', layers };
    const program = quantize(readModel('model', JSON.stringify(json), () => file, safetensors));
    const integers = new Integers(program);
    const [clip] = randomClips(network, random, 1, 80, 1);
    if (clip === undefined) throw new Error('there is a clip');
    const { features } = clip;
    const layer = network.layers[1] as PlacedLayer<EventEgruShape>;
    let [sent, agree, fired] = [new Float64Array(6), 0, 0];
    const inputs: number[] = [];
    for (let t = 0; t < 80; t++) {
      integers.step(q15([features.subarray(t * 6, (t + 1) * 6)]));
      sent = Float64Array.from(integers.outputs[0] ?? [], (x) => x / 32768);
      inputs.push(...sent);
    }
    integers.reset();
    const { outputs } = eventEgruLayer(layer)(used, Float64Array.from(inputs), new Float64Array(0), 80);
    for (let t = 0; t < 80; t++) {
      integers.step(q15([features.subarray(t * 6, (t + 1) * 6)]));
      integers.outputs[1]?.forEach((y, i) => {
        if ((y !== 0) === (outputs[t * 24 + i] !== 0)) agree++;
        if (y !== 0) fired++;
      });
    }
    expect(fired).toBeGreaterThan(200);
    expect(fired).toBeLessThan(1700);
    expect(agree / (80 * 24)).toBeGreaterThan(0.98);
  });
});

describe('activity beyond the wanted one', () => {
  const events = {
    support: 3,
    dampening: 0.7,
    threshold: 0.1,
    inputs: 9000,
    activity: [0.1, 0.2],
    weight: 2,
  };
  const rules = activityRules(events, ['gru1', 'gru2'], NETWORK, 64);

  it('is wanted of the recurrent layers, and costs what goes beyond', () => {
    expect(rules.wanted).toEqual([1, 0.1, 0.2, 1]);
    expect(activityLoss(rules, [0.9, 0.15, 0.1, 0])).toBeCloseTo(0.1, 12);
  });

  it('presses on the events of the layers that exceed it', () => {
    expect(pressuresOf(rules, NETWORK, [0.9, 0.15, 0.1, 0])).toEqual([0, 2 / (64 * 7), 0, 0]);
  });
});
