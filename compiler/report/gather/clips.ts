// SPDX-License-Identifier: Apache-2.0
/** What a model predicts for labelled clips. */
import { heardRate, hearingOf, readHeard } from '../../host/audio/heard.ts';
import { classifyOnReference } from '../../machines/batch/classify.ts';
import type { ClipProgram } from '../../machines/batch/clip-input.ts';
import { type Evaluation, evaluate } from '../evaluate/evaluation.ts';

export interface ClipFacts {
  readonly file: string;
  /** Indices of labels. */
  readonly truth: number;
  readonly predicted: number;
}

export interface EvaluationFacts {
  readonly evaluation: Evaluation;
  readonly clips: readonly ClipFacts[];
}

/** @param truths of the files, as indices of the program's labels */
export async function gatherClips(
  program: ClipProgram,
  files: readonly string[],
  truths: readonly number[],
  onDone: (done: number) => void,
): Promise<EvaluationFacts> {
  const results = await classifyOnReference(program, files, { onDone });
  const clips = results.map(({ label }, i) => ({
    ...{ file: files[i] ?? '', truth: truths[i] ?? -1, predicted: label },
  }));
  const pairs = clips.map(({ truth, predicted }) => [truth, predicted] as const);
  return { evaluation: evaluate(program.labels, pairs), clips };
}

export interface SoundFacts {
  readonly file: string;
  readonly samples: Int16Array;
  readonly sampleRate: number;
}

/** Of a clip that is played. */
const MOST_SECONDS = 3;

/**
 * Clips that are worth hearing, as the model hears them: first those that a model has wrong, then one of each label,
 * then the others, as far as there is room.
 * @param sets what each model predicted, of the same files in the same order
 * @param room characters, which `length` takes of samples
 */
export async function gatherSounds(
  program: ClipProgram,
  sets: readonly EvaluationFacts[],
  room: number,
  length: (samples: number) => number,
): Promise<SoundFacts[]> {
  const [first] = sets;
  if (first === undefined) return [];
  const isWrong = (at: number) =>
    sets.some(({ clips }) => clips[at] !== undefined && clips[at].truth !== clips[at].predicted);
  const all = first.clips.map((_, i) => i);
  const seen = new Set<number>();
  const rank = new Map(
    all.map((at) => {
      const label = first.clips[at]?.truth ?? -1;
      const isFirst = !isWrong(at) && !seen.has(label);
      if (isFirst) seen.add(label);
      return [at, isWrong(at) ? 0 : isFirst ? 1 : 2];
    }),
  );
  const sounds: SoundFacts[] = [];
  const hearing = hearingOf(program);
  const sampleRate = Math.round(heardRate(hearing));
  let left = room;
  for (const at of all.sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0) || a - b)) {
    // The shortest of recordings would not fit any more.
    if (left < length(0.1 * sampleRate)) break;
    const file = first.clips[at]?.file ?? '';
    const samples = (await readHeard(file, hearing)).slice(0, MOST_SECONDS * sampleRate);
    if (length(samples.length) > left) continue;
    left -= length(samples.length);
    sounds.push({ file, samples, sampleRate });
  }
  return sounds;
}
