// SPDX-License-Identifier: Apache-2.0
/** Adam (Kingma and Ba, 2015) with the two clips that keep recurrent training in bounds. */
import { at } from '../arrays.ts';

export interface AdamRules {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Gradients longer than this are shortened to it. */
  readonly gradientNorm: number;
  /** Parameters are clamped to ± this: the largest level is 1, and a weight far beyond it could not come back. */
  readonly weightClip: number;
}

export const ADAM: AdamRules = {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  gradientNorm: 1,
  weightClip: 1.2,
};

/** What goes on from step to step, and into checkpoints: float32, arithmetic in double. */
export interface AdamState {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  steps: number;
}

export function newAdamState(size: number): AdamState {
  return { mean: new Float32Array(size), variance: new Float32Array(size), steps: 0 };
}

/** Euclidean length, summed in index order. */
export function lengthOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/**
 * One step, in place.
 * @param rate learning rate
 * @returns the gradient's length before it was shortened; not finite where the gradient is not, and then nothing moved
 */
export function adamStep(
  rules: AdamRules,
  state: AdamState,
  parameters: Float32Array,
  gradient: Float32Array,
  rate: number,
): number {
  const norm = lengthOf(gradient);
  if (!Number.isFinite(norm)) return norm;
  const scale = norm > rules.gradientNorm ? rules.gradientNorm / norm : 1;
  const { mean, variance } = state;
  const { beta1, beta2, epsilon, weightClip } = rules;
  state.steps++;
  const stepSize = rate / (1 - beta1 ** state.steps);
  const correction = 1 / Math.sqrt(1 - beta2 ** state.steps);
  for (let i = 0; i < parameters.length; i++) {
    const g = at(gradient, i) * scale;
    const m = at(mean, i) + (1 - beta1) * (g - at(mean, i));
    const v = beta2 * at(variance, i) + (1 - beta2) * g * g;
    mean[i] = m;
    variance[i] = v;
    const moved = at(parameters, i) - (stepSize * m) / (Math.sqrt(v) * correction + epsilon);
    parameters[i] = Math.max(-weightClip, Math.min(moved, weightClip));
  }
  return norm;
}
