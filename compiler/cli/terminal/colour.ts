// SPDX-License-Identifier: Apache-2.0
/** Colour on the terminal: it repeats what the text has, and is left out where it is not wanted. */
import { takesEscapes } from '../../host/pool/progress.ts';
import type { Tone } from '../../report/table/table.ts';

/** SGR parameters (ECMA-48, 8.3.117): green, red, bold. */
const CODES: Readonly<Record<Tone, string>> = { good: '32', bad: '31', chosen: '1' };

/** Whether standard output shows colour: a terminal, and neither NO_COLOR nor --no-color nor TERM=dumb. */
export function hasColour(
  stream: { readonly isTTY?: boolean } = process.stdout,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  return stream.isTTY === true && takesEscapes(env);
}

export function paint(text: string, tone: Tone | null, colour = hasColour()): string {
  return tone === null || !colour || text === '' ? text : `\x1b[${CODES[tone]}m${text}\x1b[0m`;
}
