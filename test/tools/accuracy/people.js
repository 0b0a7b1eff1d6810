// SPDX-License-Identifier: Apache-2.0
/** Recordings of people saying a wake word, by what they are for, and folders of links to them. */
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { nameHash, splitByShare } from '../../../build/dist/host/audio/shares.js';

export const WORDS = ['computer', 'jarvis', 'smart mirror', 'snowboy', 'view glass'];

/** Of the recordings of people, as in models/training/wake-words.json. */
const SHARES = { by: 'rank', validation: 0.1, test: 0.25 };

export function emptied(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** In the order of their hashes: 10 are among 30 are among 100. */
export function peopleOf(data, label) {
  const names = readdirSync(join(data, 'wake-words', label)).sort();
  const entries = names.map((name) => ({ name: `${label}/${name}`, label }));
  const places = splitByShare(
    entries,
    SHARES,
    ({ name }) => name,
    (entry) => entry.label,
  );
  const byHash = (a, b) => Buffer.compare(nameHash(a.name), nameHash(b.name));
  const of = (split) => entries.filter((entry) => (places.get(entry) ?? 'train') === split).sort(byHash);
  return { train: of('train'), validation: of('validation'), test: of('test') };
}

export function link(data, folder, people) {
  for (const { name, label } of people) {
    mkdirSync(join(folder, label), { recursive: true });
    const file = `person-${name.slice(label.length + 1)}`;
    symlinkSync(join(data, 'wake-words', name), join(folder, label, file));
  }
}
