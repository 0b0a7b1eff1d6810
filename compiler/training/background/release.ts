// SPDX-License-Identifier: Apache-2.0
const RELEASE = 0.8;

/** A keyword's release by its threshold, both in Q15, where thresholds are chosen: it fires again once it was well below. */
export function releaseOf(threshold: number): number {
  return Math.max(1, Math.floor(RELEASE * threshold));
}
