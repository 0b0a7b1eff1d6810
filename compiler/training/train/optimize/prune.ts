// SPDX-License-Identifier: Apache-2.0
/**
 * Pruning, two ways that go together. A penalty on the sum of the magnitudes (L1) draws weights that are of little use
 * to zero. A schedule makes the smallest weights of the whole network zero, so many that the wanted share is left; that
 * share falls along a cubic ramp, fast while many weights are of no use and slowly towards the end (Zhu and Gupta,
 * "To prune, or not to prune", 2017). A weight that is zero goes on learning straight through, and may come back.
 */
import { addAt, at, type Floats } from '../arrays.ts';
import type { Network } from '../network.ts';

export interface PruneRules {
  /** Times the sum of the weights' magnitudes: what is added to the loss; 0: nothing. */
  readonly penalty: number;
  /** Share of the weights, biases apart, that may be non-zero in the end: 0 .. 1. */
  readonly nonZero: number;
  /** Part of the first quantized phase over which the share falls there: 0 .. 1. */
  readonly ramp: number;
}

/**
 * Share of the weights that may be non-zero.
 * @param progress of the first quantized phase, 0 .. 1; the ramp is over in later ones
 */
export function shareAt({ nonZero, ramp }: PruneRules, progress: number): number {
  const rest = Math.max(0, 1 - progress / ramp);
  return nonZero + (1 - nonZero) * rest ** 3;
}

/** Magnitude below which weights are zero, so that at most `share` of them are not; 0 where all may stay. */
export function pruneThreshold(network: Network, parameters: Floats, share: number): number {
  if (share >= 1) return 0;
  const weights = network.tensors.filter(({ kind }) => kind === 'weight');
  const magnitudes = new Float32Array(weights.reduce((sum, { size }) => sum + size, 0));
  let filled = 0;
  for (const { offset, size } of weights) {
    for (let i = offset; i < offset + size; i++) magnitudes[filled++] = Math.abs(at(parameters, i));
  }
  const kept = Math.floor(share * filled);
  if (kept >= filled) return 0;
  magnitudes.sort();
  // The next float32 above the largest that has to go, so that equals go with it.
  return at(magnitudes, filled - kept - 1) * (1 + 2 ** -23);
}

/** A copy whose weights below the threshold are zero: what the compiler gets to see. */
export function pruned(network: Network, parameters: Float32Array, threshold: number): Float32Array {
  const copy = parameters.slice();
  for (const { kind, offset, size } of network.tensors) {
    if (kind !== 'weight') continue;
    for (let i = offset; i < offset + size; i++) if (Math.abs(at(copy, i)) < threshold) copy[i] = 0;
  }
  return copy;
}

/** Adds the penalty's derivative by the weights to the gradient, in place. */
export function addPenalty(network: Network, parameters: Floats, gradient: Floats, penalty: number): void {
  if (penalty === 0) return;
  for (const { kind, offset, size } of network.tensors) {
    if (kind !== 'weight') continue;
    for (let i = offset; i < offset + size; i++) addAt(gradient, i, penalty * Math.sign(at(parameters, i)));
  }
}
