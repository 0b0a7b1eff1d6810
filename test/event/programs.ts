// SPDX-License-Identifier: Apache-2.0
/** Random programs with cells that send events, and inputs for them: thresholds at their ends, silent, firing, and met. */
import type { DeltaLayer } from '../../compiler/core/program/cells/delta.ts';
import type { DenseLayer } from '../../compiler/core/program/cells/dense.ts';
import type { EventEgruLayer } from '../../compiler/core/program/cells/event-egru.ts';
import type { Layer, Program } from '../../compiler/core/program/program.ts';
import { runnerOf } from '../../compiler/core/sim/runners/index.ts';
import { Random } from '../support/random.ts';
import { fillRanges, matrixOf, type WeightKind } from '../support/random-program.ts';

/** How thresholds are drawn. `met`: what the first step reaches exactly, or one below it, in every unit. */
export const THRESHOLDS = ['random', 'ends', 'firing', 'silent', 'met'] as const;
/** What an event-based eGRU sends, and what an event takes. */
export const OUTPUTS = [
  { output: 'pulse', signed: false, reset: 'subtract' },
  { output: 'pulse', signed: true, reset: 'subtract' },
  { output: 'pulse', signed: false, reset: 'none' },
  { output: 'pulse', signed: true, reset: 'none' },
  { output: 'hold', signed: true, reset: 'none' },
] as const;

export interface EventSpec {
  readonly seed: number;
  readonly inputs: number;
  readonly units: readonly number[];
  readonly delta: boolean;
  readonly thresholds: (typeof THRESHOLDS)[number];
  /** Of the layers in turn. */
  readonly outputs: readonly (typeof OUTPUTS)[number][];
  readonly weights: WeightKind;
  /** Whether a dense layer comes last; otherwise the cell's outputs are the logits. */
  readonly dense: boolean;
  readonly steps: number;
}

export interface EventCase {
  readonly program: Program;
  /** steps x inputs, Q15. */
  readonly features: Int16Array;
  readonly steps: number;
}

/** Every output with every kind of thresholds `rounds` times, with sizes of their own; the same for the same seed. */
export function eventSpecs(rounds: number, seed: number, maxWidth = 24): EventSpec[] {
  const random = new Random(seed);
  return Array.from({ length: rounds }, () => 0).flatMap(() =>
    OUTPUTS.flatMap((first) =>
      THRESHOLDS.map((thresholds): EventSpec => {
        const width = () => random.between(1, maxWidth);
        return {
          seed: random.between(1, 1 << 30),
          inputs: width(),
          units: random.chance(0.5) ? [width()] : [width(), width()],
          delta: random.chance(0.5),
          thresholds,
          outputs: [first, random.pick(OUTPUTS)],
          weights: random.chance(0.8) ? 'mixed' : random.pick(['all one', 'all minus one']),
          dense: random.chance(0.7),
          steps: 8,
        };
      }),
    ),
  );
}

export function eventCase(spec: EventSpec): EventCase {
  const random = new Random(spec.seed);
  const features = slowFeatures(random, spec);
  const layers: Layer[] = spec.delta ? [deltaLayer(random, spec)] : [];
  let x = Int32Array.from(features.subarray(0, spec.inputs));
  spec.units.forEach((units, index) => {
    const output = spec.outputs[index % spec.outputs.length] ?? OUTPUTS[0];
    const layer = eventLayer(random, spec, output, x.length, units, `gru${index}`);
    const first = firstSent(layer, x);
    if (spec.thresholds === 'met')
      layer.threshold.set(first.map((c) => Math.max(0, Math.abs(c) - (random.chance(0.5) ? 1 : 0))));
    layers.push(layer);
    x = firstOutputs(layer, x);
  });
  if (spec.dense) layers.push(denseLayer(random, x.length));
  fillRanges(layers);
  const outputs = layers.at(-1)?.units ?? 0;
  const program: Program = {
    version: 1,
    name: `events-${spec.seed}`,
    labels: Array.from({ length: outputs }, (_, i) => `label ${i}`),
    source: { file: 'random', sha256: spec.seed.toString(16).padStart(64, '0') },
    quantizer: 'code',
    bias: 'septenary',
    frontend: null,
    layers,
    readout: { steps: spec.steps, rule: 'sum' },
  };
  return { program, features, steps: spec.steps };
}

/** Features of which some stay, some move a little and some jump from step to step. */
function slowFeatures(random: Random, { inputs, steps }: EventSpec): Int16Array {
  const features = new Int16Array(steps * inputs);
  for (let i = 0; i < features.length; i++) {
    const before = i < inputs ? 0 : (features[i - inputs] ?? 0);
    const value = random.pick([
      before,
      before + random.between(-3, 3),
      random.between(-32768, 32767),
      random.pick([-32768, 32767, 0]),
    ]);
    features[i] = Math.max(-32768, Math.min(value, 32767));
  }
  return features;
}

function deltaLayer(random: Random, { inputs }: EventSpec): DeltaLayer {
  const threshold = Int16Array.from({ length: inputs }, () =>
    random.pick([0, 1, 2, 32767, random.between(0, 32767)]),
  );
  return { type: 'delta', name: 'inputs', inputs, units: inputs, threshold };
}

function eventLayer(
  random: Random,
  { thresholds, weights }: EventSpec,
  output: (typeof OUTPUTS)[number],
  inputs: number,
  units: number,
  name: string,
): EventEgruLayer {
  const draw = () => matrixOf(random, { units, weights, zeros: 40 }, inputs + units, 'septenary', 1);
  const kinds: Record<EventSpec['thresholds'], () => number> = {
    random: () => random.between(0, 12000),
    ends: () => random.pick([0, 1, 32767]),
    firing: () => 0,
    silent: () => 32767,
    met: () => 0,
  };
  const threshold = Int16Array.from({ length: units }, kinds[thresholds]);
  return { type: 'event-egru', name, inputs, units, ...output, threshold, z: draw(), g: draw() };
}

function denseLayer(random: Random, inputs: number): DenseLayer {
  const units = random.between(1, 6);
  const matrix = matrixOf(random, { units, weights: 'mixed', zeros: 40 }, inputs, 'septenary', 8);
  return { type: 'dense', name: 'out', inputs, units, activation: 'none', matrix };
}

/** The states after one step: what a signed pulse with thresholds of 0 sends. */
function firstSent(layer: EventEgruLayer, x: Int32Array): Int32Array {
  return firstOutputs(
    { ...layer, output: 'pulse', signed: true, reset: 'none', threshold: new Int16Array(layer.units) },
    x,
  );
}

function firstOutputs(layer: EventEgruLayer, x: Int32Array): Int32Array<ArrayBuffer> {
  const runner = runnerOf(layer);
  runner.reset();
  runner.step(x);
  return Int32Array.from(runner.outputs);
}
