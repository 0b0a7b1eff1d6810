// SPDX-License-Identifier: Apache-2.0
/**
 * The layout of Speech Commands: a folder per word, files named SPEAKER_nohash_N.wav, and lists of the recordings that
 * validate and test beside the folders (Warden 2018, arXiv:1804.03209, section 7).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readLimited } from '../../host/files/files.ts';

const MAX_LIST_BYTES = 64 * 1024 * 1024;
const LISTS = [
  ['validation', 'validation_list.txt'],
  ['testing', 'testing_list.txt'],
] as const;

/** Name of the field that holds "training", "validation" or "testing" where a dataset has lists. */
export const LIST_FIELD = 'list';

/** A recording's further fields by its name (WORD/FILE.wav); null where the dataset has no lists. */
export function listReader(root: string): ((name: string) => [string, string][]) | null {
  const present = LISTS.map(([list, file]) => [list, join(root, file)] as const).filter(([, path]) =>
    existsSync(path),
  );
  if (present.length === 0) return null;
  const places = new Map<string, string>();
  for (const [list, path] of present) {
    const text = new TextDecoder().decode(readLimited(path, MAX_LIST_BYTES));
    for (const line of text.split(/[\r\n]+/)) {
      const name = line
        .trim()
        .replaceAll('\\', '/')
        .replace(/^(?:\.\/)+/, '');
      if (name !== '') places.set(name, list);
    }
  }
  return (name) => {
    const speaker = /([^/]+)_nohash_/.exec(name)?.[1];
    return [
      [LIST_FIELD, places.get(name) ?? 'training'],
      ...(speaker === undefined ? [] : [['speaker', speaker] as [string, string]]),
    ];
  };
}
