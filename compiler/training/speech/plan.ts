// SPDX-License-Identifier: Apache-2.0
/**
 * What is to be spoken, by whom and how: all of it follows from the texts, the engines and a seed. Formants, pitch and
 * speed are drawn on their own: a recording is played `tract` times as fast, and the synthesizer is asked for so much
 * less of speed and pitch.
 */
import { Random } from '../train/random.ts';
import type { Utterance, Voice } from './engines/engine.ts';
import type { Lexicon } from './lexicon.ts';
import { containsAny, type NearTexts, nearTexts } from './near.ts';
import type { Phrase } from './phrase.ts';
import { everyday, pick, sentenceWith } from './sentences.ts';
import type { Shape } from './shape.ts';

export type SpeechKind = 'keyword' | 'near' | 'part' | 'sentence' | 'everyday';

export interface Planned {
  readonly kind: SpeechKind;
  readonly label: string;
  /** Below the folder, with `/`. */
  readonly file: string;
  readonly utterance: Utterance;
  readonly shape: Shape;
  /** As it will sound, by the voice's own. */
  readonly rate: number;
  readonly pitch: number;
}

export interface PlanRules {
  /** Recordings of each keyword, and of what is none of them in all. */
  readonly count: number;
  readonly negatives: number;
  readonly background: string;
  readonly seed: number;
}

/** Streams of chance. */
const KEYWORDS = 101;
const NEGATIVES = 102;
/** Of the negatives; where a keyword has no parts, near words take their place. */
const SHARES: readonly (readonly [SpeechKind, number])[] = [
  ['near', 0.35],
  ['part', 0.1],
  ['sentence', 0.25],
  ['everyday', 0.3],
];
/** Near words are taken from the nearest ones more often: the square of a uniform number. */
const NEAREST = 2;
const ATTEMPTS = 100;

/** @param voices by engine; none is empty */
export function planSpeech(
  phrases: readonly Phrase[],
  voices: readonly (readonly Voice[])[],
  lexicon: Lexicon | null,
  { count, negatives, background, seed }: PlanRules,
): Planned[] {
  const keywords = phrases.flatMap(({ words, label }, which) =>
    Array.from({ length: count }, (_, i) => {
      const random = new Random(seed, KEYWORDS, which, i);
      return planned('keyword', label, words, i, voices, random);
    }),
  );
  if (lexicon === null || negatives === 0) return keywords;
  const texts = phrases.map((phrase) => nearTexts(lexicon, phrase, phrases));
  const others = Array.from({ length: negatives }, (_, i) => {
    const random = new Random(seed, NEGATIVES, i);
    const [kind, text] = negative(random, texts[i % texts.length] ?? { near: [], parts: [] }, (candidate) =>
      containsAny(lexicon, candidate, phrases),
    );
    return planned(kind, background, text.split(' '), i, voices, random);
  });
  return [...keywords, ...others];
}

function negative(
  random: Random,
  { near, parts }: NearTexts,
  isKeyword: (text: string) => boolean,
): [SpeechKind, string] {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const kind = kindBy(random.unit());
    const nearest = near[Math.floor(near.length * random.unit() ** NEAREST)];
    if (kind === 'near' && nearest !== undefined) return [kind, nearest];
    if (kind === 'part' && parts.length > 0) return [kind, pick(parts, random)];
    if (kind === 'sentence' && near.length + parts.length > 0) {
      const text = sentenceWith([...near, ...parts], random);
      if (!isKeyword(text)) return [kind, text];
    }
    if (kind === 'everyday') {
      const text = everyday(random);
      if (!isKeyword(text)) return [kind, text];
    }
  }
  throw new Error('every sentence contains a keyword');
}

function kindBy(unit: number): SpeechKind {
  let sum = 0;
  for (const [kind, share] of SHARES) if (unit < (sum += share)) return kind;
  return 'everyday';
}

/** Engines are drawn by their voices, of which so many count: variants of one voice are not as different as people. */
const COUNTED = 8;

function engineOf(voices: readonly (readonly Voice[])[], random: Random): readonly Voice[] {
  const weights = voices.map(({ length }) => Math.min(length, COUNTED));
  let left = random.unit() * weights.reduce((sum, weight) => sum + weight, 0);
  return voices.find((_, i) => (left -= weights[i] ?? 0) < 0) ?? voices[0] ?? [];
}

/** Octaves of formants and of pitch around the voice's own; a shorter vocal tract mostly has a higher pitch. */
const TRACT = 0.3;
const PITCH = 0.35;
const PITCH_BY_TRACT = 1.3;
const RATE = 0.42;
/** Decibels below full scale; seconds. */
const LEVELS = [-36, -12] as const;
const PAUSES = [0.1, 0.5] as const;
/** How often there is a short pause between two words of a phrase. */
const COMMA = 0.2;
const ENDINGS = ['.', '.', '.', '!', '?', ','] as const;

function planned(
  kind: SpeechKind,
  label: string,
  words: readonly string[],
  index: number,
  voices: readonly (readonly Voice[])[],
  random: Random,
): Planned {
  const voice = pick(engineOf(voices, random), random);
  const octaves = random.uniform(-TRACT, TRACT);
  const tract = 2 ** octaves;
  const wanted = 2 ** (PITCH_BY_TRACT * octaves + random.uniform(-PITCH, PITCH));
  const rate = 2 ** random.uniform(-RATE, RATE);
  const comma = words.length > 1 && words.length < 4 && random.unit() < COMMA;
  const text = `${words.join(comma ? ', ' : ' ')}${pick(ENDINGS, random)}`;
  const number = String(index + 1).padStart(5, '0');
  return {
    kind,
    label,
    file: `${label}/${kind === 'keyword' ? '' : `${kind}-`}${voice.engine}-${number}.wav`,
    utterance: { text, voice, rate: rate / tract, pitch: wanted / tract },
    shape: {
      tract,
      level: random.uniform(...LEVELS),
      before: random.uniform(...PAUSES),
      after: random.uniform(...PAUSES),
    },
    rate,
    pitch: voice.pitch ? wanted : tract,
  };
}
