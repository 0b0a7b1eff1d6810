// SPDX-License-Identifier: Apache-2.0
/**
 * Text from outside (labels, names, commands) as C: a string literal that no compiler, comment or web page can
 * misread. Everything here returns printable ASCII.
 */
import { InputError } from '../../core/base/errors.ts';

/**
 * A C string literal with its quotes, UTF-8. Octal escapes of three digits end by themselves, so that no digit
 * behind one can run on (C11 6.4.4.4); `??` (trigraphs, 5.2.1.1), `*` + `/`, `/` + `*` and `<` + `/` do not occur
 * in what comes out, so that the literal may also stand in a comment or inside a script.
 * @throws InputError for a NUL character, where every C program would stop reading
 */
export function cString(text: string): string {
  let literal = '';
  let previous = '';
  for (const byte of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(byte);
    if (byte === 0) throw new InputError(text, 'holds a NUL character, which no C string can; remove it');
    if (character === '"' || character === '\\') literal += `\\${character}`;
    else if (byte < 32 || byte > 126 || joins(previous, character)) literal += octal(byte);
    else literal += character;
    previous = character;
  }
  return `"${literal}"`;
}

/** Text inside a comment: the literal without its quotes. */
export function cComment(text: string): string {
  return cString(text).slice(1, -1);
}

/** Whether two characters together begin or end something: a trigraph, a comment, a closing tag. */
function joins(previous: string, character: string): boolean {
  return ['??', '*/', '/*', '</'].includes(previous + character);
}

function octal(byte: number): string {
  return `\\${byte.toString(8).padStart(3, '0')}`;
}

/**
 * One constant's name per label: PREFIX and the label in capitals where that is clear and unique, otherwise
 * PREFIX and the label's index.
 */
export function cConstants(prefix: string, labels: readonly string[]): string[] {
  const words = labels.map((label) =>
    /^[\x20-\x7e]*$/.test(label)
      ? label
          .toUpperCase()
          .replace(/[^A-Z0-9]+/g, '_')
          .replace(/^_+|_+$/g, '')
      : '',
  );
  return words.map((word, index) => {
    const usable = /[A-Z]/.test(word) && words.indexOf(word) === words.lastIndexOf(word);
    return `${prefix}${usable ? word : index}`;
  });
}

/** 8120 -> "8,120". */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}
