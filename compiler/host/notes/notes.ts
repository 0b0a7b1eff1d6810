// SPDX-License-Identifier: Apache-2.0
/**
 * What readers of recordings had to assume, gathered over a whole command: one line for each kind at its end. Every
 * thread gathers its own; the pool hands them on. With `strict` an assumption is an error instead.
 */
import { InputError, printable } from '../../core/base/errors.ts';

/** Files of one kind. */
export interface NoteCount {
  readonly kind: string;
  readonly files: number;
  /** The first of them by name, and what was found there. */
  readonly file: string;
  readonly text: string;
}

let strict = false;
const counts = new Map<string, NoteCount>();

export function setStrict(on: boolean): void {
  strict = on;
}

export function isStrict(): boolean {
  return strict;
}

/**
 * Counts what was assumed about a file, a kind once.
 * @throws InputError with `strict`, where there is anything
 */
export function noteFile(
  file: string,
  notes: readonly { readonly kind: string; readonly text: string }[],
): void {
  const [first] = notes;
  if (strict && first !== undefined) throw new InputError(file, first.text, '--strict');
  addNotes(notes.map(({ kind, text }) => ({ kind, text, file, files: 1 })));
}

/** Adds what another thread has gathered. */
export function addNotes(more: readonly NoteCount[]): void {
  for (const note of more) {
    const known = counts.get(note.kind) ?? { ...note, files: 0 };
    const first = note.file < known.file ? note : known;
    counts.set(note.kind, { ...first, files: known.files + note.files });
  }
}

/** All that was gathered, which is forgotten here. */
export function takeNotes(): NoteCount[] {
  const all = [...counts.values()];
  counts.clear();
  return all;
}

/** Longest line, as for errors. */
const LINE = 194;

/** "3 files, e.g. a.wav: its data size 0 was never written back": a line for each kind. */
export function noteLines(notes: readonly NoteCount[]): string[] {
  return notes.map(({ files, file, text }) => {
    const head = files === 1 ? '' : `${files} files, e.g. `;
    const line = `note: ${head}${printable(file)}: ${printable(text)}`;
    // The beginning of a path is what can be spared.
    const over = [...line].length - LINE;
    return over <= 0
      ? line
      : `note: ${head}…${[...printable(file)].slice(over + 1).join('')}: ${printable(text)}`;
  });
}
