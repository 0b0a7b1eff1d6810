// SPDX-License-Identifier: Apache-2.0

/**
 * Something the user gave cannot be used: a file, a flag, a missing tool. Ends the program with exit code 2 and one line,
 * `egru: SUBJECT: what is wrong (where)`, of at most 200 characters behind "egru: ". Everything else that is thrown is a
 * defect of ours.
 */
export class InputError extends Error {
  /** @param subject file, flag or tool; @param problem what is wrong with it; @param where place inside it */
  constructor(
    readonly subject: string,
    readonly problem: string,
    readonly where?: string,
  ) {
    super(oneLine(printable(subject), printable(problem), where === undefined ? null : printable(where)));
    this.name = 'InputError';
  }
}

/** What a line may have, and what it keeps of its subject and of the place where it has more. */
const MAX_MESSAGE = 200;
const KEPT_SUBJECT = 80;
const KEPT_PLACE = 50;

/** "SUBJECT: PROBLEM (PLACE)", of which each part gives way where the whole is too long: a path its beginning. */
function oneLine(subject: string, problem: string, place: string | null): string {
  const join = (a: string, b: string, c: string | null) => `${a}: ${b}${c === null ? '' : ` (${c})`}`;
  const whole = join(subject, problem, place);
  if (whole.length <= MAX_MESSAGE) return whole;
  const shortPlace = place === null ? null : cut(place, KEPT_PLACE);
  const others = join('', problem, shortPlace).length;
  const kept = Math.max(KEPT_SUBJECT, MAX_MESSAGE - others);
  const shortSubject = subject.length <= kept ? subject : `…${mended(subject.slice(1 - kept))}`;
  const left = MAX_MESSAGE - join(shortSubject, '', shortPlace).length;
  return join(shortSubject, cut(problem, left), shortPlace);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${mended(text.slice(0, length - 1))}…`;
}

/** Without the half of a character that a cut leaves. */
function mended(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
}

/** Hostile names must not move the cursor or fake a second line: every control character becomes an escape. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}
