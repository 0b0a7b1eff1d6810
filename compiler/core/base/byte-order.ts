// SPDX-License-Identifier: Apache-2.0

/**
 * Sorted by the bytes of a text's UTF-8 form, which is the order of code points; that of JavaScript strings differs where
 * there are surrogates.
 */
export function byByteOrder<T>(items: Iterable<T>, textOf: (item: T) => string): T[] {
  const keyed = Array.from(items, (item) => ({ item, text: textOf(item) }));
  const native = !keyed.some(({ text }) => /[\ud800-\udfff]/.test(text));
  keyed.sort(({ text: a }, { text: b }) =>
    native ? (a < b ? -1 : a === b ? 0 : 1) : compareCodePoints(a, b),
  );
  return keyed.map(({ item }) => item);
}

function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for what comes behind every other unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
