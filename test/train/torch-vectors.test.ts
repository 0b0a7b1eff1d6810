// SPDX-License-Identifier: Apache-2.0
/** Against an independent implementation: PyTorch's autograd, its GRU, its cross entropy, its one-cycle rate. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TrainingReadout } from '../../compiler/training/train/loss.ts';
import { type LayerShape, networkOf } from '../../compiler/training/train/network.ts';
import { rateAt } from '../../compiler/training/train/optimize/schedule.ts';
import { ReferenceTrainer } from '../../compiler/training/train/reference/trainer.ts';
import { rulesOf } from './networks.ts';

interface Case {
  readonly kind: 'egru' | 'gru';
  readonly units: readonly [number, number];
  readonly parameters: readonly number[];
  readonly features: readonly (readonly number[])[];
  readonly initial: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly losses: Readonly<Record<string, { readonly loss: number; readonly gradients: readonly number[] }>>;
}

interface Vectors {
  readonly inputs: number;
  readonly classes: number;
  readonly cases: readonly Case[];
  readonly oneCycle: { readonly peak: number; readonly rates: readonly number[] };
}

const vectors: Vectors = JSON.parse(readFileSync(new URL('./torch-vectors.json', import.meta.url), 'utf8'));

describe.each(vectors.cases)('$kind', ({ kind, units, parameters, features, initial, labels, losses }) => {
  const shapes: readonly LayerShape[] = [
    { type: kind, name: 'a', inputs: vectors.inputs, units: units[0] },
    { type: kind, name: 'b', inputs: units[0], units: units[1] },
    { type: 'dense', name: 'c', inputs: units[1], units: 6, activation: 'relu' },
    { type: 'dense', name: 'd', inputs: 6, units: vectors.classes, activation: 'none' },
  ];
  it.each<TrainingReadout>(['sum', 'last'])('loss and gradients, readout %s', (readout) => {
    const clips = labels.map((label, i) => ({
      features: Float64Array.from(features[i] ?? []),
      labels: Int32Array.of(label),
      initial: Float64Array.from(initial[i] ?? []),
      share: 1 / labels.length,
    }));
    const trainer = new ReferenceTrainer(networkOf(shapes), rulesOf(readout));
    const { loss, gradients } = trainer.batch(Float64Array.from(parameters), clips);
    const expected = losses[readout];
    expect(loss).toBeCloseTo(expected?.loss ?? Number.NaN, 12);
    expect(gradients).toHaveLength(expected?.gradients.length ?? 0);
    gradients.forEach((g, i) => {
      expect(g, `parameter ${i}`).toBeCloseTo(expected?.gradients[i] ?? Number.NaN, 12);
    });
  });
});

it('the one-cycle rate', () => {
  const { peak, rates } = vectors.oneCycle;
  rates.forEach((rate, step) => {
    expect(rateAt({ kind: 'one-cycle', peak }, step, rates.length)).toBeCloseTo(rate, 12);
  });
});
