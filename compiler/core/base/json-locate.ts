// SPDX-License-Identifier: Apache-2.0
/**
 * Where a text stops being JSON (RFC 8259). JSON.parse reports it only for some errors and engines; this runs after it
 * has failed, without recursion.
 */
const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a string may not hold them (RFC 8259, section 7)
const STRING = /"(?:[^"\\\0-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'end of file';

/** Index of the first character that cannot stand there, or the text's length where it ends too early. */
export function locateJsonError(text: string): number {
  const open: string[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const afterValue = (): Expected => (open.length === 0 ? 'end of file' : ', or end');
  for (;;) {
    skip(SPACE);
    const c = text[at];
    if (c === undefined) return at;
    if (expected === ':') {
      if (c !== ':') return at;
      at++;
      expected = 'value';
    } else if (expected === 'key' || expected === 'key or }') {
      if (c === '}' && expected === 'key or }') {
        open.pop();
        at++;
        expected = afterValue();
      } else {
        if (!skip(STRING)) return at;
        expected = ':';
      }
    } else if (expected === ', or end') {
      const close = open.at(-1) === '{' ? '}' : ']';
      if (c !== ',' && c !== close) return at;
      at++;
      if (c === close) open.pop();
      expected = c === close ? afterValue() : close === '}' ? 'key' : 'value';
    } else if (expected === 'end of file') {
      return at;
    } else if (c === ']' && expected === 'value or ]') {
      open.pop();
      at++;
      expected = afterValue();
    } else if (c === '{' || c === '[') {
      open.push(c);
      at++;
      expected = c === '{' ? 'key or }' : 'value or ]';
    } else {
      if (!skip(STRING) && !skip(SCALAR)) return at;
      expected = afterValue();
    }
  }
}
