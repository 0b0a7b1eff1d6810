// SPDX-License-Identifier: Apache-2.0
/**
 * Quantization inside training. The optimizer keeps full-precision parameters; forward and backward passes use the
 * values that the chip will use. The gradient passes straight through: the gradient of a quantized value is
 * used for the value before (straight-through estimator: the derivative of the staircase counts as 1 everywhere).
 */

import type { BiasRule, QuantizerRule } from '../../core/program/program.ts';
import { biasOf, codeOf, thresholdOf } from '../../core/quant/levels.ts';
import { at, type Floats } from './arrays.ts';
import type { Network } from './network.ts';

export interface Quantization {
  readonly quantizer: QuantizerRule;
  readonly bias: BiasRule;
}

/** By code: 0 .. 2 positive, 4 .. 6 negative, 7 zero (docs/NUMERICS.md); 3 does not occur. */
const VALUES = [1, 0.5, 0.25, Number.NaN, -1, -0.5, -0.25, 0];

/** What the chip computes with in place of this weight: 0, ±1/4, ±1/2 or ±1. */
export function levelOf(weight: number, rule: QuantizerRule): number {
  return VALUES[codeOf(weight, rule)] ?? Number.NaN;
}

/**
 * Writes into `target` what the passes use: every value quantized, or with null a copy; thresholds in [0, 1].
 * Both arrays hold network.size values.
 * @param threshold quantized weights below it become zero (prune.ts)
 */
export function quantizeInto(
  target: Floats,
  parameters: Floats,
  network: Network,
  rules: Quantization | null,
  threshold = 0,
): void {
  target.set(parameters);
  clampThresholds(target, network);
  if (rules === null) return;
  for (const { kind, offset, size } of network.tensors) {
    for (let i = offset; i < offset + size; i++) {
      const value = at(target, i);
      target[i] =
        kind === 'weight'
          ? Math.abs(value) < threshold
            ? 0
            : levelOf(value, rules.quantizer)
          : kind === 'bias'
            ? biasOf(value, rules.bias, rules.quantizer) / 32768
            : thresholdOf(value) / 32768;
    }
  }
}

/** Thresholds to [0, 1], in place. */
export function clampThresholds(values: Floats, { tensors }: Network): void {
  for (const { kind, offset, size } of tensors) {
    if (kind !== 'threshold') continue;
    for (let i = offset; i < offset + size; i++) values[i] = Math.max(0, Math.min(at(values, i), 1));
  }
}
