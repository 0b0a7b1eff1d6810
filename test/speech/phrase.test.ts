// SPDX-License-Identifier: Apache-2.0
/** What can be spoken, and what is refused with a way out. */
import { describe, expect, it } from 'vitest';
import { readPhrase } from '../../compiler/training/speech/phrase.ts';

describe('a text to speak', () => {
  it.each([
    ['hey lamp', 'hey lamp', 'hey_lamp'],
    ['  Hey   LAMP ', 'hey lamp', 'hey_lamp'],
    ['twenty-one', 'twenty one', 'twenty_one'],
    ['don’t stop', "don't stop", 'dont_stop'],
  ])('%j is words and a label', (given, text, label) => {
    expect(readPhrase(given)).toMatchObject({ text, label, words: text.split(' ') });
  });

  it.each([
    ['', 'the text to speak: is empty; write one or more words, such as "hey lamp"'],
    [' \t ', 'the text to speak: is empty'],
    ['lamp 5', 'cannot be spoken: "5"; write numbers as words, such as "five"'],
    ['café', 'cannot be spoken: "é"; write "e" for "é"'],
    ['hey 💡', 'cannot be spoken: "💡"; letters a to z are'],
    ['電気', 'cannot be spoken: "電", "気"; write it in the letters a to z, as an English reader would'],
    ['лампа', 'cannot be spoken: "л", "а", "м", "п"; write it in the letters'],
    ['$(touch x); `id`|&', 'cannot be spoken: "$", "(", ")", ";", "`" and 2 more; letters a to z are'],
    ['a<b>c</b>', 'cannot be spoken: "<", ">", "/"'],
    ['hey\nlamp', 'cannot be spoken: "\\u{a}"'],
    ["'", `"'": `],
    ['a '.repeat(9), 'is longer than 8 words or 60 letters'],
  ])('%j is refused', (given, message) => {
    const refused = () => readPhrase(given);
    if (given === "'") expect(refused).toThrow("' has no letter to be spoken");
    else expect(refused).toThrow(message);
  });
});
