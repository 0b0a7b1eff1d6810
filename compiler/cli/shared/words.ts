// SPDX-License-Identifier: Apache-2.0
/** Recordings of keywords, which thresholds are chosen and judged by. */
import { InputError } from '../../core/base/errors.ts';
import { quote } from '../../core/base/json.ts';
import { readRecording, type SoundProgram } from '../../machines/batch/stream-input.ts';
import type { SpokenWord } from '../../training/background/word-thresholds.ts';

/** Those of the files that are a keyword. @param truth index of a file's label; null where it is not known */
export async function readWords(
  sound: SoundProgram,
  files: readonly string[],
  truth: (file: string) => number | null,
): Promise<SpokenWord[]> {
  const words: SpokenWord[] = [];
  for (const file of files) {
    const label = truth(file);
    const isKeyword = label !== null && sound.detect.keywords.some((keyword) => keyword.label === label);
    if (isKeyword) words.push({ samples: await readRecording(sound, file), label });
  }
  return words;
}

/** A threshold that rests on no recording of its keyword would be the highest: it would never fire. */
export function checkWords(
  { detect, labels }: SoundProgram,
  words: readonly SpokenWord[],
  folder: string,
): void {
  const missing = detect.keywords.find(({ label }) => !words.some((word) => word.label === label));
  if (missing === undefined || words.length === 0) return;
  const name = quote(labels[missing.label] ?? '');
  throw new InputError(
    folder,
    `holds no recording of ${name}, so its threshold cannot be chosen`,
    '--keywords',
  );
}
