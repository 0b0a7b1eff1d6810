// SPDX-License-Identifier: Apache-2.0
/**
 * How alike two strings of phonemes sound: edit distance in which phonemes of one kind are cheaper to exchange.
 * Phonemes are those of the CMU dictionary (ARPAbet) without stress.
 */

const KINDS: readonly (readonly [cost: number, phonemes: string])[] = [
  [0.6, 'AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW'],
  [0.6, 'P B T D K G'],
  [0.6, 'F V TH DH S Z SH ZH HH CH JH'],
  [0.5, 'M N NG'],
  [0.6, 'L R W Y'],
];
/** Pairs that many listeners confuse. */
const CLOSE = 'AH-IH AH-UH AA-AO AA-AH EH-AE EH-IH IH-IY UH-UW OW-AO P-B T-D K-G F-V S-Z SH-ZH TH-DH CH-JH';
const CLOSE_COST = 0.3;
const OTHER_COST = 1;
const VOWEL_FOR_CONSONANT = 1.5;
const GAP = 0.8;

const kindOf = new Map(
  KINDS.flatMap(([, list], kind) => list.split(' ').map((each) => [each, kind] as const)),
);
const close = new Set(CLOSE.split(' ').flatMap((pair) => [pair, pair.split('-').reverse().join('-')]));

/** By pair, as they come. */
const exchanges = new Map<string, Map<string, number>>();

function exchange(a: string, b: string): number {
  let row = exchanges.get(a);
  if (row === undefined) exchanges.set(a, (row = new Map()));
  let cost = row.get(b);
  if (cost === undefined) row.set(b, (cost = exchangeCost(a, b)));
  return cost;
}

function exchangeCost(a: string, b: string): number {
  if (a === b) return 0;
  if (close.has(`${a}-${b}`)) return CLOSE_COST;
  const [first, second] = [kindOf.get(a), kindOf.get(b)];
  if (first === second) return KINDS[first ?? 0]?.[0] ?? OTHER_COST;
  return first === 0 || second === 0 ? VOWEL_FOR_CONSONANT : OTHER_COST;
}

/** 0: the same; about 0.8 for each phoneme more or less, 0.3 to 1.5 for each other one. */
export function distance(a: readonly string[], b: readonly string[]): number {
  return align(a, b, GAP);
}

/** Distance of `word` from what of `speech` is nearest to it: 0 where it contains the word. */
export function distanceWithin(speech: readonly string[], word: readonly string[]): number {
  return align(speech, word, 0);
}

/** @param edge what a phoneme of `long` costs before and behind all of `short` */
function align(long: readonly string[], short: readonly string[], edge: number): number {
  const length = short.length;
  let row = Float64Array.from({ length: length + 1 }, (_, j) => j * GAP);
  let next = new Float64Array(length + 1);
  let best = (row[length] ?? 0) + edge * long.length;
  for (let i = 0; i < long.length; i++) {
    next[0] = edge * (i + 1);
    for (let j = 0; j < length; j++) {
      const kept = (row[j] ?? 0) + exchange(long[i] ?? '', short[j] ?? '');
      next[j + 1] = Math.min(kept, (row[j + 1] ?? 0) + GAP, (next[j] ?? 0) + GAP);
    }
    [row, next] = [next, row];
    best = Math.min(best, (row[length] ?? 0) + edge * (long.length - 1 - i));
  }
  return best;
}
