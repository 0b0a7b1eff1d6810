// SPDX-License-Identifier: Apache-2.0
/** Public recordings: where they are, and how they become a dataset. */
import { lstatSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { byByteOrder } from '../../../core/base/byte-order.ts';
import { InputError } from '../../../core/base/errors.ts';
import { guard } from '../../../host/files/files.ts';
import { writeWholeFolder } from '../../../host/files/whole-folder.ts';
import { type Conversion, type ConvertFile, convertInto } from '../convert.ts';
import { checkLabel } from '../labels.ts';
import { isFolder, isRepository, shallowClone } from './git.ts';

interface PublicRecordings {
  readonly address: string;
  readonly licence: string;
  /** The form of the result, for `--pattern`; null: a folder per label. */
  readonly pattern: string | null;
  /** Seconds around the word; null: recordings stay whole. */
  readonly margin: number | null;
  /** Name in the dataset of a file of the repository; null: it is something else. */
  readonly nameOf: (path: string) => string | null;
}

const SAMPLE_RATE = 8000;
/** More files than this in a repository are taken for a mistake. */
const MAX_FILES = 200_000;

export const PUBLIC = {
  'spoken-digits': {
    address: 'https://github.com/Jakobovski/free-spoken-digit-dataset',
    licence: 'CC BY-SA 4.0',
    pattern: '{label}_{speaker}_{index}.wav',
    margin: null,
    nameOf: (path) => /^recordings\/(\d_[A-Za-z0-9]+_\d+\.wav)$/.exec(path)?.[1] ?? null,
  },
  'wake-words': {
    address: 'https://github.com/Picovoice/wake-word-benchmark',
    licence: 'Apache-2.0',
    pattern: null,
    margin: 0.1,
    nameOf: (path) => {
      const [, keyword, file] = /^audio\/([^/]+)\/([^/]+\.wav)$/i.exec(path) ?? [];
      if (keyword === undefined || file === undefined) return null;
      return `${checkLabel(keyword.replaceAll(' ', '_'), path)}/${file}`;
    },
  },
} as const satisfies Record<string, PublicRecordings>;

export type PublicName = keyof typeof PUBLIC;

export interface Fetched extends Conversion {
  /** Address or folder that they came from. */
  readonly source: string;
  /** null: the folder is no repository. */
  readonly commit: string | null;
  /** Folders of the repository with sound that is no WAV, and the number of such files. */
  readonly leftOut: readonly { readonly folder: string; readonly files: number }[];
}

export interface FetchHooks {
  /** The clone is there, and so many files are to be converted. */
  readonly onDone?: (done: number, total: number) => void;
}

/**
 * Clones the repository beside the target, writes its recordings as 8 kHz mono WAV files, and puts the folder in its
 * place once it is complete.
 * @param from another address, a repository on this machine or a folder with its files; null: the public one
 */
export function fetchRecordings(
  name: PublicName,
  target: string,
  from: string | null,
  { onDone = () => {} }: FetchHooks = {},
): Promise<Fetched> {
  const recordings: PublicRecordings = PUBLIC[name];
  const source = from ?? recordings.address;
  return writeWholeFolder(target, async (folder) => {
    const clone = join(folder, '.clone');
    const inPlace = isFolder(source) && !isRepository(source);
    const commit = inPlace ? null : await shallowClone(source, clone);
    const root = inPlace ? source : clone;
    const paths = regularFiles(root);
    const files = paths.flatMap((path): ConvertFile[] => {
      const name = recordings.nameOf(path);
      return name === null ? [] : [{ from: join(root, path), name }];
    });
    if (files.length === 0) {
      throw new InputError(source, `holds no recordings of ${name}`, 'is it the repository that was meant?');
    }
    const rules = { sampleRate: SAMPLE_RATE, margin: recordings.margin };
    const done = await convertInto(folder, files, rules, (count) => onDone(count, files.length));
    rmSync(clone, { recursive: true, force: true });
    const note = join(folder, 'SOURCE.txt');
    guard(note, () => writeFileSync(note, sourceNote(recordings, source, commit)), 'while writing');
    return { ...done, source, commit, leftOut: otherSound(paths) };
  });
}

/** Paths of regular files below a folder, with `/`, in the order of their bytes. Symbolic links are not followed. */
function regularFiles(root: string): string[] {
  const found: string[] = [];
  const visit = (folder: string, path: string) => {
    for (const name of readdirSync(folder)) {
      if (path === '' && name === '.git') continue;
      const stat = lstatSync(join(folder, name));
      if (stat.isDirectory()) visit(join(folder, name), `${path}${name}/`);
      else if (stat.isFile()) found.push(`${path}${name}`);
      if (found.length > MAX_FILES) throw new InputError(root, `holds over ${MAX_FILES} files`);
    }
  };
  guard(root, () => visit(root, ''));
  return byByteOrder(found, (path) => path);
}

function otherSound(paths: readonly string[]): Fetched['leftOut'] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const folder = /^(.*)\/[^/]+\.(flac|mp3|ogg|opus|m4a)$/i.exec(path)?.[1];
    if (folder !== undefined) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].map(([folder, files]) => ({ folder, files }));
}

/** Licences ask for the origin and for what was changed. */
function sourceNote(
  { licence, address, margin }: PublicRecordings,
  source: string,
  commit: string | null,
): string {
  const changes = margin === null ? '' : `, cut to the word with ${margin} s before and after it`;
  return [
    `Recordings: ${address}`,
    ...(source === address ? [] : [`Fetched from: ${source}`]),
    `Commit: ${commit ?? 'not known'}`,
    `Licence: ${licence}`,
    `Changes: 16-bit mono WAV files at ${SAMPLE_RATE} Hz${changes}`,
    '',
  ].join('\n');
}
