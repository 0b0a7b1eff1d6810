// SPDX-License-Identifier: Apache-2.0
/** From the paths that a command is given to the program, the clips and the machine it works with. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import type { Model } from '../../core/model/model.ts';
import type { Program } from '../../core/program/program.ts';
import { quantizeFrontend } from '../../core/quant/frontend.ts';
import { quantize } from '../../core/quant/quantize.ts';
import { findClips, type Selection } from '../../host/audio/clips.ts';
import { type SplitRules, splitTest, truthReader } from '../../host/audio/labels.ts';
import { guard } from '../../host/files/files.ts';
import { loadModel, loadModelHead } from '../../host/load/load.ts';
import { loadProgram } from '../../host/load/load-program.ts';
import { type ClipProgram, clipProgram } from '../../machines/batch/clip-input.ts';
import { type SoundProgram, soundProgram } from '../../machines/batch/stream-input.ts';
import { type HearingOptions, hearThrough } from './hearing.ts';

export interface OpenedModel {
  readonly program: Program;
  /** Its weights as they were trained; null: a program.json, which has none. */
  readonly model: Model | null;
  /** null: a program.json, or a model without splits. */
  readonly splits: SplitRules | null;
}

/** A model folder or a program.json. */
export function openModel(path: string): OpenedModel {
  if (!guard(path, () => statSync(path)).isDirectory()) {
    return { program: loadProgram(path), model: null, splits: null };
  }
  const model = loadModel(path);
  return { program: quantize(model), model, splits: model.splits };
}

/** The folder of recordings that a model folder brings with it, if there is one. */
export function ownSamples(model: string): string[] {
  const folder = join(model, 'samples');
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? [folder] : [];
}

export interface OpenedFrontend {
  readonly program: Pick<Program, 'frontend' | 'readout' | 'labels'>;
  readonly splits: SplitRules | null;
}

/** Of a model folder model.json alone, so that there are features before there are weights; or a program.json. */
export function openFrontend(path: string): OpenedFrontend {
  if (!guard(path, () => statSync(path)).isDirectory()) return { program: loadProgram(path), splits: null };
  const { frontend, readout, labels, splits } = loadModelHead(path);
  const program = { frontend: frontend === null ? null : quantizeFrontend(frontend), readout, labels };
  return { program, splits };
}

export interface ClipOptions extends HearingOptions {
  readonly limit?: number;
  readonly filter?: string;
  readonly pattern?: string;
  readonly split?: string;
  readonly stream?: boolean;
}

export interface ClipInput {
  readonly program: ClipProgram;
  readonly model: Model | null;
  readonly files: readonly string[];
  /** Index of a file's true label; null where it is not known. */
  readonly truth: (file: string) => number | null;
}

/** The model and the files of a command that classifies clips. */
export function openClips(path: string, audio: readonly string[], options: ClipOptions): ClipInput {
  const { program, model, splits } = openModel(path);
  const stated = clipProgram(program, path);
  const clips = { ...stated, ...hearThrough(options, stated.frontend, path) };
  const files = findClips(audio, selectionOf(options, splits));
  return { program: clips, model, files, truth: truthReader(program.labels, options.pattern, splits) };
}

/**
 * The true label of every file, as its index.
 * @throws InputError about the first file whose label is not known
 */
export function knownTruths({ files, truth, program: { labels } }: ClipInput): number[] {
  return files.map((file) => {
    const known = truth(file);
    if (known !== null) return known;
    const problem =
      'its true label is not known; give --pattern, or put it into a folder named like its label';
    throw new InputError(file, problem, `labels: ${labels.slice(0, 12).join(', ')}`);
  });
}

export interface StreamInput {
  readonly program: SoundProgram;
  /** Whether the model has "detect"; otherwise every label is a keyword, with default thresholds. */
  readonly stated: boolean;
  readonly files: readonly string[];
  /** Index of a file's true label; null where it is not known. */
  readonly truth: (file: string) => number | null;
}

/** The model and the files of a command that listens to streams. */
export function openStreams(path: string, audio: readonly string[], options: ClipOptions): StreamInput {
  const { program, splits } = openModel(path);
  const listening = soundProgram(program, path);
  const sound = { ...listening, ...hearThrough(options, listening.frontend, path) };
  const files = findClips(audio, selectionOf(options, splits));
  const truth = truthReader(program.labels, options.pattern, splits);
  return { program: sound, stated: program.detect !== undefined, files, truth };
}

/** The selection that --filter, --split and --limit ask for. */
export function selectionOf({ limit, filter, split }: ClipOptions, splits: SplitRules | null): Selection {
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(filter === undefined ? {} : { filter }),
    ...(split === undefined ? {} : { choose: splitTest(splits, split) }),
  };
}
