// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { locateJsonError } from '../../compiler/core/base/json-locate.ts';
import { Random } from '../support/random.ts';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('where a text stops being JSON', () => {
  it.each([
    ['{"a": 1,}', 8],
    ['{"a" 1}', 5],
    ['{a: 1}', 1],
    ['[1 2]', 3],
    ['[1, ]', 4],
    ['[01]', 1],
    ['[1.]', 1],
    ['[-]', 1],
    ['["\\x"]', 1],
    ['["a\nb"]', 1],
    ['[}', 1],
    ['[] []', 3],
    ['nul', 0],
    ['{"a": [1, {"b": null}]', 22],
  ])('%j: at %i', (text, at) => {
    expect(parses(text)).toBe(false);
    expect(locateJsonError(text)).toBe(at);
  });

  it('agrees with JSON.parse on what is JSON, for texts of many characters', () => {
    const random = new Random(5);
    const whole = '{"a": [1.5e3, -0, "x\\u00e9\\n", {}], "b": {"c": [true, null, []]}, "d": ""}';
    const seen = { valid: 0, invalid: 0 };
    for (let i = 0; i < 5000; i++) {
      const at = random.between(0, whole.length - 1);
      const text =
        whole.slice(0, at) +
        random.pick([...'0 1.-eE+,:[]{}"\\ntu\t']) +
        whole.slice(at + random.between(0, 1));
      const stop = locateJsonError(text);
      if (parses(text)) {
        seen.valid++;
        expect(stop, text).toBe(text.length);
      } else {
        // Nothing is wrong before the change; the longest token that it can lie in has 11 characters.
        seen.invalid++;
        expect(stop, text).toBeGreaterThan(at - 12);
      }
    }
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(500);
  });
});
