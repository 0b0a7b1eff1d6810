// SPDX-License-Identifier: Apache-2.0
/** Thresholds from words and background, and their way into model.json. */
import { dirname, join } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { quote } from '../../core/base/json.ts';
import { spliceMember } from '../../core/base/json-splice.ts';
import { changedDetect } from '../../core/model/detect-write.ts';
import { DEFAULT_SCALE } from '../../core/program/detect-program.ts';
import type { Program } from '../../core/program/program.ts';
import { posteriorDigest, tuningToJson } from '../../core/program/tuning.ts';
import { readLimited, writeWhole } from '../../host/files/files.ts';
import { withProgress } from '../../host/pool/progress.ts';
import { readRecording, type SoundProgram } from '../../machines/batch/stream-input.ts';
import type { Goal, Tuning } from '../../report/tune/choose.ts';
import { tune } from '../../report/tune/tune.ts';
import type { Frames } from '../../training/background/frames.ts';
import type { SpokenWord } from '../../training/background/word-thresholds.ts';

const MAX_JSON_BYTES = 1024 * 1024;

/** model.json of a folder as it is written; what it has to hold was checked when the model was opened. */
export interface ModelDocument {
  readonly path: string;
  readonly text: string;
  /** As it stands there; undefined: nothing does. */
  readonly detect: unknown;
}

export function readModelDocument(model: string): ModelDocument {
  const path = join(model, 'model.json');
  const text = new TextDecoder().decode(readLimited(path, MAX_JSON_BYTES));
  return { path, text, detect: (JSON.parse(text) as { detect?: unknown }).detect ?? undefined };
}

/** The scale of the logits that stands there, or stands for itself. */
export function scaleOf({ detect }: ModelDocument): number {
  return (detect as { scale?: number } | undefined)?.scale ?? DEFAULT_SCALE;
}

/** `detect` for what was chosen, in the units that stand in model.json. @param scale of the logits */
export function detectFor(
  { detect: written }: ModelDocument,
  { detect }: Tuning,
  { labels, frontend }: SoundProgram,
  scale: number,
): object {
  return changedDetect(written, { ...detect, scale }, labels, frontend.definition);
}

/** Replaces `detect` and nothing else. */
export function writeDetect({ path, text }: ModelDocument, detect: object): void {
  writeWhole(path, spliceMember(text, 'detect', JSON.stringify(detect, null, 2)));
}

/** Puts what was counted at every threshold beside model.json. @param program as the model's files have it */
export function writeTuning(
  { path }: ModelDocument,
  { detect, hours, keywords, curve }: Tuning,
  program: Program,
): void {
  const { window, refractory, vad } = detect;
  const text = tuningToJson({
    ...{ network: posteriorDigest({ ...program, detect }), window, refractory, vad, hours, curve },
    keywords: keywords.map(({ label, words, points }) => ({
      ...{ label: program.labels[label] ?? '', words, points },
    })),
  });
  writeWhole(join(dirname(path), 'tuning.json'), text);
}

/** @param title of the progress @throws InputError where the goal cannot be reached */
export async function tuneShown(
  title: string,
  model: string,
  program: SoundProgram,
  words: readonly SpokenWord[],
  background: Frames,
  goal: Goal,
): Promise<Tuning> {
  return withProgress(title, 100, (onDone) =>
    tune(model, program, words, background, goal, (share) => onDone(Math.floor(100 * share))),
  );
}

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
