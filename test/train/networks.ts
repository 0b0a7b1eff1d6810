// SPDX-License-Identifier: Apache-2.0
/** Small networks and clips that the tests of compiler/training/train share. */

import { trainedCell } from '../../compiler/training/train/cells/index.ts';
import type { LossRules, TrainingReadout } from '../../compiler/training/train/loss.ts';
import { type LayerShape, type Network, networkOf } from '../../compiler/training/train/network.ts';
import type { Random } from '../../compiler/training/train/random.ts';
import type { ReferenceClip } from '../../compiler/training/train/reference/trainer.ts';

export const PAPER: readonly LayerShape[] = [
  { type: 'egru', name: 'gru1', inputs: 64, units: 30 },
  { type: 'egru', name: 'gru2', inputs: 30, units: 20 },
  { type: 'dense', name: 'fc3', inputs: 20, units: 16, activation: 'relu' },
  { type: 'dense', name: 'fc4', inputs: 16, units: 10, activation: 'none' },
];

/** Wide enough that finite networks learn from silent units. */
const EVENTS = { support: 2, dampening: 0.7, threshold: 0.1, inputs: 4000, activity: [0.2], weight: 1 };

export function rulesOf(readout: TrainingReadout, more: Partial<LossRules> = {}): LossRules {
  return { readout, scale: 4, smoothing: 0.05, classWeights: [], ...more };
}

/** A stack of layers of the given kinds with odd sizes, ended by a dense layer of three logits. */
export function stack(...kinds: readonly LayerShape['type'][]): Network {
  const units = [5, 3, 7, 4];
  let inputs = 6;
  const layers = kinds.map((type, i): LayerShape => {
    const shape = { name: `layer${i}`, inputs, units: units[i] ?? 5 };
    inputs = shape.units;
    return trainedCell({ type }).shape(shape, EVENTS);
  });
  return networkOf([...layers, { type: 'dense', name: 'out', inputs, units: 3, activation: 'none' }]);
}

/** Parameters large enough that every part of an activation's range occurs. */
export function randomParameters(network: Network, random: Random, size = 0.8): Float64Array {
  return Float64Array.from({ length: network.size }, () => random.uniform(-size, size));
}

export function randomClips(
  network: Network,
  random: Random,
  count: number,
  steps: number,
  labelsPerClip: number,
): ReferenceClip[] {
  return Array.from({ length: count }, () => ({
    // Q15, as the feature extractor gives it.
    features: Float64Array.from({ length: steps * network.inputs }, () => random.below(32768) / 32768),
    labels: Int32Array.from({ length: labelsPerClip }, () => random.below(network.outputs)),
    initial: Float64Array.from({ length: network.states }, () => Math.fround(random.uniform(-1, 1))),
    share: 1 / count,
  }));
}
