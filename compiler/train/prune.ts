// SPDX-License-Identifier: Apache-2.0
/**
 * Pruning: the smallest weights of the whole network are zero, so many that the wanted share is left. What is left of
 * them falls along a cubic ramp, fast while many weights are of no use and slowly towards the end (Zhu and Gupta,
 * "To prune, or not to prune", 2017). A weight that is zero goes on learning straight through, and may come back.
 */
import { at, type Floats } from './arrays.ts';
import type { Network } from './network.ts';

export interface PruneRules {
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
