// SPDX-License-Identifier: Apache-2.0
/** How often a model is right: accuracy with its interval, confusion matrix, recall by class. */

export interface Evaluation {
  readonly clips: number;
  readonly correct: number;
  readonly accuracy: number;
  /** 95 % Wilson score interval of the accuracy. */
  readonly interval: readonly [number, number];
  readonly labels: readonly string[];
  /** confusion[truth][predicted]: number of clips. */
  readonly confusion: readonly (readonly number[])[];
  /** Per label: share of its clips that were predicted as it; null where it has none. */
  readonly recall: readonly (number | null)[];
}

/** Quantile of the standard normal distribution for a two-sided level of 95 %. */
const Z = 1.959963984540054;

/**
 * Wilson score interval of a proportion (E. B. Wilson, 1927, "Probable inference, the law of succession, and
 * statistical inference"): it stays within [0, 1] and is right for proportions near the ends, too.
 */
export function wilson(correct: number, n: number): readonly [number, number] {
  if (n === 0) return [0, 1];
  const p = correct / n;
  const z2 = Z * Z;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  // At 0 and n correct, rounding would leave the ends a hair off.
  return [correct === 0 ? 0 : centre - half, correct === n ? 1 : centre + half];
}

/** @param pairs [truth, predicted] as indices of the labels */
export function evaluate(
  labels: readonly string[],
  pairs: readonly (readonly [number, number])[],
): Evaluation {
  const confusion = labels.map(() => labels.map(() => 0));
  for (const [truth, predicted] of pairs) {
    const row = confusion[truth];
    if (row?.[predicted] === undefined) throw new RangeError(`no label ${truth} or ${predicted}`);
    row[predicted]++;
  }
  const hits = confusion.map((row, i) => row[i] ?? 0);
  const correct = hits.reduce((sum, n) => sum + n, 0);
  const recall = confusion.map((row, i) => {
    const clips = row.reduce((sum, n) => sum + n, 0);
    return clips === 0 ? null : (hits[i] ?? 0) / clips;
  });
  const clips = pairs.length;
  return {
    clips,
    correct,
    accuracy: correct / clips,
    interval: wilson(correct, clips),
    labels,
    confusion,
    recall,
  };
}
