// SPDX-License-Identifier: Apache-2.0

/**
 * Something the user gave cannot be used: a file, a flag, a missing tool. Ends the program with exit code 2
 * and one line, `egru: SUBJECT: what is wrong (where)`. Everything else that is thrown is a defect of ours.
 */
export class InputError extends Error {
  /** @param subject file, flag or tool; @param problem what is wrong with it; @param where place inside it */
  constructor(
    readonly subject: string,
    readonly problem: string,
    readonly where?: string,
  ) {
    super(
      `${printable(subject)}: ${printable(problem)}${where === undefined ? '' : ` (${printable(where)})`}`,
    );
    this.name = 'InputError';
  }
}

/** Hostile names must not move the cursor or fake a second line: every control character becomes an escape. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}
