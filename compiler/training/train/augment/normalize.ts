// SPDX-License-Identifier: Apache-2.0
/** Normalization of features that were computed before it: of clips, and of windows of background. */
import type { Frontend } from '../../../core/frontend/features.ts';
import type { Random } from '../random.ts';

/** Share of the clips before which something was heard: a stream does not begin with a word. */
const HEARD = 0.5;
/** How much louder than the clip that was at most: 10 dB in octaves. */
const LOUDER = 1.66;

/**
 * Whole frames, in place; without a normalizer nothing.
 * @param random draws where levels start, as an earlier sound in a stream leaves them; null: at their floor
 */
export function normalizeClip(machine: Frontend, features: Int16Array, random: Random | null): void {
  const { normalizer, bins } = machine.program;
  if (normalizer === null) return;
  machine.reset(random === null ? undefined : startLevel(machine, features, random));
  for (let at = 0; at < features.length; at += bins) machine.normalize(features.subarray(at, at + bins));
}

function startLevel({ program }: Frontend, features: Int16Array, random: Random): number | undefined {
  if (random.unit() >= HEARD) return undefined;
  const floor = program.normalizer?.floor ?? 0;
  const loudest = features.reduce((most, feature) => Math.max(most, feature), 0);
  const most = Math.min(32767, loudest + (LOUDER / program.definition.divisor) * 32768);
  return Math.floor(random.uniform(floor, Math.max(floor, most)));
}
