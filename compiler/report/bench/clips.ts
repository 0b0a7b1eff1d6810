// SPDX-License-Identifier: Apache-2.0
/** What a benchmark runs on: recordings, the sounds that come with a model, or noise where there are none. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inputsOf, type Program } from '../../core/program/program.ts';
import { findClips, type Selection } from '../../host/audio/clips.ts';
import { clipProgram, readClips } from '../../machines/batch/clip-input.ts';
import { sequence } from './sequence.ts';

export interface BenchClips {
  /** Cut PCM, or features for a program without a feature extractor. */
  readonly clips: readonly Int16Array[];
  /** What they are, for reports. */
  readonly source: string;
}

const NOISE_CLIPS = 4;
const NOISE_STEPS = 64;

/**
 * @param path the model folder or program.json, as the user named it
 * @param audio files and folders; none: the folder `samples` of the model, or noise where it has none
 */
export async function benchClips(
  program: Program,
  path: string,
  audio: readonly string[],
  selection: Selection,
): Promise<BenchClips> {
  const samples = join(path, 'samples');
  const chosen = audio.length > 0 ? audio : existsSync(samples) ? [samples] : [];
  if (chosen.length === 0 || program.frontend === null) return { clips: noise(program), source: 'noise' };
  const listener = clipProgram(program, path);
  const files = findClips(chosen, selection);
  return { clips: await readClips(listener, files), source: `${files.length} recordings` };
}

/** Uniform over int16 (features: over 0 .. 32767), the same on every machine. */
function noise(program: Program): Int16Array[] {
  const { frontend } = program;
  const values =
    frontend === null ? inputsOf(program) * NOISE_STEPS : frontend.frame + (NOISE_STEPS - 1) * frontend.hop;
  const random = sequence(1);
  return Array.from({ length: NOISE_CLIPS }, () =>
    Int16Array.from({ length: values }, () => (frontend === null ? random() >>> 17 : random() >>> 16)),
  );
}
