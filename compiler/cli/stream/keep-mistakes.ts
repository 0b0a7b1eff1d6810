// SPDX-License-Identifier: Apache-2.0
/** Mistakes as WAV files that can be listened to, and a table of them. */
import { basename, join } from 'node:path';
import { wavBytes } from '../../core/audio/wav/wav-bytes.ts';
import { InputError } from '../../core/base/errors.ts';
import { type Data, writeWhole } from '../../host/files/files.ts';
import type { WholeFolder } from '../../host/files/whole-folder.ts';
import type { Mistake } from '../../report/evaluate/mistakes.ts';

/** Mistakes that are kept. */
export const KEPT_MISTAKES = 10;

/** A mistake as it is listed. */
export interface KeptMistake {
  /** In the folder. */
  readonly clip: string;
  readonly label: string;
  /** The keyword that was spoken; null: none. */
  readonly truth: string | null;
  readonly score: number;
  readonly file: string;
  readonly source: string;
  readonly seconds: number;
}

/**
 * Fills the folder and puts it in its place.
 * @param path of that place, for messages
 */
export function keepMistakes(
  path: string,
  folder: WholeFolder,
  mistakes: readonly Mistake[],
  labels: readonly string[],
  sources: readonly string[],
  sampleRate: number,
): KeptMistake[] {
  const kept = mistakes.map(({ label, truth, score, file, source, seconds, pcm }, i): KeptMistake => {
    const name = labels[label] ?? '';
    const place = `${seconds.toFixed(2)}s`;
    const clip = `${String(i + 1).padStart(2, '0')}_${safe(name)}_${safe(basename(file))}_${place}.wav`;
    write(path, folder, clip, wavBytes(pcm, sampleRate));
    const spoken = truth === null ? null : (labels[truth] ?? '');
    return { clip, label: name, truth: spoken, score, file, source: sources[source] ?? '', seconds };
  });
  const head = 'file\tdetected\tspoken\tscore\trecording\tsource\tseconds';
  const rows = kept.map(({ clip, label, truth, score, file, source, seconds }) =>
    [clip, label, truth ?? '', score, file, source, seconds.toFixed(2)]
      .map((field) => String(field).replace(/[\t\r\n]/g, ' '))
      .join('\t'),
  );
  write(path, folder, 'mistakes.tsv', `${[head, ...rows].join('\n')}\n`);
  folder.commit();
  return kept;
}

/** An error names the file where it would have come to be. */
function write(path: string, { temporary }: WholeFolder, name: string, data: Data): void {
  try {
    writeWhole(join(temporary, name), data);
  } catch (error) {
    throw error instanceof InputError ? new InputError(join(path, name), error.problem, error.where) : error;
  }
}

/** Letters, digits, dots, - and _ of a text that may hold anything; without its ending where it has one. */
function safe(text: string): string {
  const plain = text.replace(/\.[A-Za-z0-9]{1,5}$/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-');
  return [...plain].slice(0, 40).join('') || 'sound';
}
