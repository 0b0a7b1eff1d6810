// SPDX-License-Identifier: Apache-2.0
/** What can be spoken: English words in plain letters. Everything else is refused by name, with what to write. */
import { InputError } from '../../core/base/errors.ts';
import { checkLabel } from '../data/labels.ts';

export interface Phrase {
  /** Lower case, a blank between words. */
  readonly text: string;
  readonly words: readonly string[];
  /** Name of its folder: words joined by `_`. */
  readonly label: string;
}

const MAX_WORDS = 8;
const MAX_LETTERS = 60;
const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
/** Characters that a message shows. */
const SHOWN = 5;

/** @throws InputError for an empty text, one too long, or characters that are not spoken */
export function readPhrase(given: string): Phrase {
  const text = given.replaceAll('’', "'").trim().toLowerCase();
  const subject = given.trim() === '' ? 'the text to speak' : given;
  if (text === '') throw new InputError(subject, 'is empty; write one or more words, such as "hey lamp"');
  const foreign = [...new Set(text.match(/[^a-z' -]/gu) ?? [])];
  if (foreign.length > 0) throw new InputError(subject, cannotSpeak(foreign));
  const words = text.split(/[ -]+/).filter((word) => word !== '');
  const silent = words.find((word) => !/[a-z]/.test(word));
  if (words.length === 0 || silent !== undefined) {
    throw new InputError(subject, `${silent ?? 'it'} has no letter to be spoken`);
  }
  if (words.length > MAX_WORDS || text.length > MAX_LETTERS) {
    throw new InputError(subject, `is longer than ${MAX_WORDS} words or ${MAX_LETTERS} letters`);
  }
  const label = checkLabel(words.join('_').replaceAll("'", ''), subject);
  return { text: words.join(' '), words, label };
}

function cannotSpeak(characters: readonly string[]): string {
  const shown = characters.slice(0, SHOWN).map((character) => `"${character}"`);
  const more = characters.length > SHOWN ? ` and ${characters.length - SHOWN} more` : '';
  return `cannot be spoken: ${shown.join(', ')}${more}; ${instead(characters)}`;
}

function instead(characters: readonly string[]): string {
  const digit = characters.find((character) => /[0-9]/.test(character));
  if (digit !== undefined) return `write numbers as words, such as "${DIGITS[Number(digit)]}"`;
  const plain = characters.map((character) => [character, character.normalize('NFD').charAt(0)] as const);
  const accented = plain.find(([character, letter]) => character !== letter && /[a-z]/.test(letter));
  if (accented !== undefined) return `write "${accented[1]}" for "${accented[0]}"`;
  const script = characters.some((character) => /\p{L}/u.test(character));
  return script ? 'write it in the letters a to z, as an English reader would' : 'letters a to z are';
}
