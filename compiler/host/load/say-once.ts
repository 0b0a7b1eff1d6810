// SPDX-License-Identifier: Apache-2.0
/** Notes for the user on stderr, each once however often its file is opened. */
const said = new Set<string>();

/** @param note one line, printable */
export function sayOnce(note: string): void {
  if (said.has(note)) return;
  said.add(note);
  process.stderr.write(`egru: ${note}\n`);
}
