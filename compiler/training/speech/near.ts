// SPDX-License-Identifier: Apache-2.0
/** Words and phrases that sound like a keyword, and parts of it; never what sounds the same or contains it. */
import { distance, distanceWithin } from './distance.ts';
import type { Lexicon, Phonemes } from './lexicon.ts';
import type { Phrase } from './phrase.ts';

/** Below this distance two texts sound the same: one vowel that is reduced, one consonant that is voiced. */
const SAME = 0.55;
/** By the number of a word's phonemes: what is further away does not sound like it. */
const FAR = 0.45;
/** Near words of each word of a phrase. */
const MOST = 60;
/** A part has at least so many phonemes, and this share of the keyword's. */
const LEAST_PART = 2;
const PART_SHARE = 0.3;

export interface NearTexts {
  /** The nearest first. */
  readonly near: readonly string[];
  readonly parts: readonly string[];
}

/** Whether a text has one of the keywords in it, or something that sounds the same. */
export function containsAny(lexicon: Lexicon, text: string, keywords: readonly Phrase[]): boolean {
  const speech = lexicon.phonemes(text.split(' '));
  return keywords.some(
    ({ words, text: keyword }) =>
      ` ${plain(text)} `.includes(` ${plain(keyword)} `) || contains(lexicon, speech, words),
  );
}

/** Spelling without what synthesizers may leave unspoken, whatever the dictionary has: "lampe" is often "lamp". */
function plain(text: string): string {
  return text.replace(/([a-z])\1+/g, '$1').replace(/(?<=[a-z]{2})(?:e|e?s)(?= |$)/g, '');
}

function contains(lexicon: Lexicon, speech: Phonemes, words: readonly string[]): boolean {
  return variants(lexicon, words).some((keyword) => distanceWithin(speech, keyword) < SAME);
}

/** Pronunciations of a phrase: that of each word in turn, the others as usual. */
function variants(lexicon: Lexicon, words: readonly string[]): Phonemes[] {
  const usual = lexicon.phonemes(words);
  const others = words.flatMap((word, i) =>
    lexicon
      .pronunciations(word)
      .slice(1)
      .map((other) => [
        ...lexicon.phonemes(words.slice(0, i)),
        ...other,
        ...lexicon.phonemes(words.slice(i + 1)),
      ]),
  );
  return [usual, ...others];
}

export function nearTexts(lexicon: Lexicon, phrase: Phrase, keywords: readonly Phrase[]): NearTexts {
  const { words } = phrase;
  const whole = lexicon.phonemes(words);
  const ranked = new Map<string, number>();
  const add = (text: string, far: number) => ranked.set(text, Math.min(far, ranked.get(text) ?? far));
  for (const [text, far] of nearWords(lexicon, whole)) add(text, far);
  if (words.length > 1) {
    words.forEach((word, i) => {
      for (const [other, far] of nearWords(lexicon, lexicon.phonemes([word]))) {
        add([...words.slice(0, i), other, ...words.slice(i + 1)].join(' '), far);
      }
    });
  }
  const usable = (text: string) => !containsAny(lexicon, text, keywords);
  return {
    near: [...ranked].sort((a, b) => a[1] - b[1]).flatMap(([text]) => (usable(text) ? [text] : [])),
    parts: [...new Set([...partsOfPhrase(words), ...partsOfSound(lexicon, whole)])].filter(usable),
  };
}

/** Words of the dictionary with their distance, the nearest first. */
function nearWords(lexicon: Lexicon, target: Phonemes): [string, number][] {
  const limit = FAR * target.length + SAME;
  const found: [string, number][] = [];
  for (const [word, pronunciations] of lexicon.plainWords()) {
    const usual = pronunciations[0] ?? [];
    // Each phoneme more or less costs 0.8.
    if (0.8 * Math.abs(usual.length - target.length) > limit) continue;
    const far = distance(usual, target);
    if (far >= SAME && far <= limit) found.push([word, far]);
  }
  return found.sort((a, b) => a[1] - b[1]).slice(0, MOST);
}

/** Beginnings and ends of a phrase by words. */
function partsOfPhrase(words: readonly string[]): string[] {
  const cuts = words.slice(1).map((_, i) => i + 1);
  return cuts.flatMap((at) => [words.slice(0, at).join(' '), words.slice(at).join(' ')]);
}

/** Words whose sound is a part of the keyword's. */
function partsOfSound(lexicon: Lexicon, whole: Phonemes): string[] {
  const least = Math.max(LEAST_PART, PART_SHARE * whole.length);
  const sound = ` ${whole.join(' ')} `;
  const found: [string, number][] = [];
  for (const [word, [usual = []]] of lexicon.plainWords()) {
    if (usual.length < least || usual.length >= whole.length) continue;
    if (sound.includes(` ${usual.join(' ')} `)) found.push([word, usual.length]);
  }
  return found
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST)
    .map(([word]) => word);
}
