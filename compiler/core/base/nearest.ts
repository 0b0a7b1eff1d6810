// SPDX-License-Identifier: Apache-2.0

/** Names longer than this are not compared: hostile ones must not cost quadratic time. */
const LONGEST = 100;

/** The candidate that needs the fewest single-character edits (Levenshtein), the first among equals; null if none. */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = editDistance(name.slice(0, LONGEST), candidate.slice(0, LONGEST));
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replace = (above[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      row.push(Math.min(replace, (above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    above = row;
  }
  return above[b.length] ?? 0;
}
