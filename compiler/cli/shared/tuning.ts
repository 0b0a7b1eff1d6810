// SPDX-License-Identifier: Apache-2.0
/** Thresholds from words and background, and their way into model.json. */
import { join } from 'node:path';
import { readLimited, writeWhole } from '../../host/files/files.ts';
import { Progress } from '../../host/pool/progress.ts';
import type { SoundProgram } from '../../machines/batch/stream-input.ts';
import type { Goal, Tuning } from '../../report/tune/choose.ts';
import { tune } from '../../report/tune/tune.ts';
import type { Frames } from '../../training/background/frames.ts';
import type { SpokenWord } from '../../training/background/word-thresholds.ts';

const MAX_JSON_BYTES = 1024 * 1024;

/** model.json of a folder as it is written; what it has to hold was checked when the model was opened. */
export interface ModelDocument {
  readonly path: string;
  readonly document: { readonly detect?: { readonly scale?: number } };
}

export function readModelDocument(model: string): ModelDocument {
  const path = join(model, 'model.json');
  return { path, document: JSON.parse(new TextDecoder().decode(readLimited(path, MAX_JSON_BYTES))) };
}

export function writeDetect({ path, document }: ModelDocument, detect: object): void {
  writeWhole(path, `${JSON.stringify({ ...document, detect }, null, 2)}\n`);
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
  const progress = new Progress(title);
  try {
    return await tune(model, program, words, background, goal, (share) =>
      progress.update(Math.floor(100 * share), 100),
    );
  } finally {
    progress.finish();
  }
}
