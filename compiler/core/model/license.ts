// SPDX-License-Identifier: Apache-2.0
/** `license` of model.json: an SPDX expression (SPDX 2.3, annex D), by its form; whether a name is known is not asked. */
import type { JsonValue } from '../base/json.ts';

const MAX_LENGTH = 100;
const NAME = '[A-Za-z0-9][A-Za-z0-9.:-]*\\+?';
const EXPRESSION = new RegExp(`^\\(*${NAME}\\)*(?: (?:AND|OR|WITH) \\(*${NAME}\\)*)*$`);

/** @throws InputError with the place in the document */
export function readLicense(value: JsonValue): string {
  const text = value.text();
  if (text.length > MAX_LENGTH || !EXPRESSION.test(text) || !balanced(text)) {
    value.fail(`must be an SPDX licence expression of at most ${MAX_LENGTH} characters, as "CC-BY-SA-4.0"`);
  }
  return text;
}

function balanced(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === '(') open++;
    if (character === ')' && --open < 0) return false;
  }
  return open === 0;
}
