// SPDX-License-Identifier: Apache-2.0
/** Damage of the kinds that break readers of text: numbers, words, brackets, lines, encodings; the seed names the input. */
import { Random } from '../random.ts';

const NUMBERS = ['0', '-1', '1', '-0', '1.5', '1e999', '1e-999', '-1e308', '2147483647', '2147483648'].concat(
  ['4294967296', '9007199254740993', '99999999999999999999', '0x10', '00', '1e2', 'NaN'],
);
const WORDS = [
  'null',
  'true',
  '{}',
  '[]',
  '""',
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"\\u0000"',
].concat([
  '"\\ud800"',
  '"../x"',
  '"a/b"',
  '"\\u202e"',
  'sum',
  'ok',
  'error',
  ',',
  ';',
  ':',
  '\t',
  '"',
  '\\',
  ' ',
]);
const CHARACTERS = [
  '\0',
  '\n',
  '\r',
  '\r\n',
  '\u0085',
  '\u2028',
  '\u202e',
  '\ufeff',
  '\x1b[2J',
  'é',
  '😀',
  '\x7f',
  'ſ',
];

/** One to four changes; what comes out is UTF-8, or nearly. */
export function mutateText(bytes: Uint8Array, seed: number): Uint8Array {
  const random = new Random(seed);
  let text = Buffer.from(bytes).toString('utf8');
  for (let n = random.between(1, 4); n > 0; n--) text = change(text, random);
  const out = Buffer.from(text, 'utf8');
  // Bytes that are no characters.
  if (random.chance(0.05) && out.length > 0)
    out[random.between(0, out.length - 1)] = random.between(128, 255);
  if (random.chance(0.02)) return Buffer.from(`\ufeff${text}`, 'utf16le');
  return out;
}

function change(text: string, random: Random): string {
  const at = random.between(0, text.length);
  const to = Math.min(text.length, at + random.pick([1, 2, 5, 20, 200]));
  const put = (piece: string, end = at) => text.slice(0, at) + piece + text.slice(end);
  switch (random.between(0, 8)) {
    case 0:
      return put('', to);
    case 1:
      return put(text.slice(at, to).repeat(random.pick([2, 2, 3, 50])), to);
    case 2:
      return put(random.pick(CHARACTERS));
    case 3:
      return put(random.pick(WORDS), random.chance(0.5) ? at : to);
    case 4:
      return replaced(text, /-?\d+(?:\.\d+)?/g, random.pick(NUMBERS), random);
    case 5:
      return replaced(text, /"[^"\n]{0,60}"|\b[a-z]+\b/gi, random.pick([...WORDS, ...NUMBERS]), random);
    case 6:
      return put(random.pick(['[', '{"a":', '(', '"', 'x', '-', ' ']).repeat(random.pick([2, 70, 5000])));
    case 7: {
      // A piece of elsewhere.
      const from = random.between(0, text.length);
      return put(text.slice(from, from + random.pick([3, 30, 300])), random.chance(0.5) ? at : to);
    }
    default:
      return text.slice(0, at);
  }
}

/** One of the places that the pattern finds becomes `value`. */
function replaced(text: string, pattern: RegExp, value: string, random: Random): string {
  const places = [...text.matchAll(pattern)];
  if (places.length === 0) return text + value;
  const { index, 0: found } = random.pick(places);
  return text.slice(0, index) + value + text.slice(index + found.length);
}
