// SPDX-License-Identifier: Apache-2.0
/** From the arguments of `egru report` to everything that its page shows. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { defaultBoard, findBoard, findMicrophone } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import { firmwareProgram } from '../../core/quant/detect.ts';
import { findClips, spread } from '../../host/audio/clips.ts';
import { truthReader } from '../../host/audio/labels.ts';
import { guard } from '../../host/files/files.ts';
import { withProgress } from '../../host/pool/progress.ts';
import { clipProgram, readClips } from '../../machines/batch/clip-input.ts';
import { soundProgram } from '../../machines/batch/stream-input.ts';
import { findToolchain } from '../../machines/toolchain/arm.ts';
import { type EvaluationFacts, gatherClips, gatherSounds } from '../../report/gather/clips.ts';
import { type CostFacts, gatherCost } from '../../report/gather/cost.ts';
import type { ModelFacts, ReportFacts } from '../../report/gather/facts.ts';
import { gatherRecording } from '../../report/gather/recording.ts';
import { readTrainingRecord } from '../../report/gather/training-record.ts';
import { gatherWeights } from '../../report/gather/weights.ts';
import { soundLength } from '../../report/html/data-url.ts';
import { inspectProgram } from '../../report/inspect/inspection.ts';
import { curveOf, type TuningCurve } from '../../report/tune/choose.ts';
import { hear } from '../../report/tune/tune.ts';
import { withBackground } from '../shared/background.ts';
import {
  type ClipOptions,
  knownTruths,
  type OpenedModel,
  openModel,
  ownSamples,
  selectionOf,
} from '../shared/input.ts';
import { chooseKernel, type KernelChoice } from '../shared/target.ts';
import { checkWords, readWords } from '../shared/tuning.ts';

export interface ReportOptions extends ClipOptions {
  readonly output: string;
  readonly background?: string;
  readonly fileColumn?: string;
  readonly kernel: KernelChoice;
  readonly chipClips: number;
}

/** What the paths of a report are. */
export interface ReportPaths {
  /** One or two. */
  readonly models: readonly string[];
  /** Folders of labelled clips. */
  readonly folders: readonly string[];
  /** Recordings that are drawn; null: the first of the clips in which something is detected. */
  readonly recordings: readonly string[] | null;
}

/** Side by side on the page. */
const MAX_MODELS = 2;
const MAX_RECORDINGS = 4;
/** Characters of sound in a page: with the pictures it stays below 3 MB. */
const SOUND_ROOM = 1_500_000;

/**
 * Without any recording, the samples of the model's folder.
 * @throws InputError where a path does not exist, or there are more than a page shows
 */
export function sortPaths(model: string, paths: readonly string[]): ReportPaths {
  const models = [model, ...paths.filter(isModel)];
  const others = paths.filter((path) => !isModel(path));
  const folders = others.filter(isFolder);
  const recordings = others.filter((path) => !isFolder(path));
  const [, , third] = models;
  if (third !== undefined) throw new InputError(third, `a report shows ${MAX_MODELS} models at most`);
  const fifth = recordings[MAX_RECORDINGS];
  if (fifth !== undefined) {
    const problem = `a report draws ${MAX_RECORDINGS} recordings at most; labelled clips go into a folder`;
    throw new InputError(fifth, problem);
  }
  if (others.length > 0) return { models, folders, recordings };
  return { models, folders: ownSamples(model), recordings: null };
}

function isFolder(path: string): boolean {
  return guard(path, () => statSync(path)).isDirectory();
}

function isModel(path: string): boolean {
  return isFolder(path) ? existsSync(join(path, 'model.json')) : path.endsWith('.json');
}

export async function gatherReport(
  { models: paths, folders, recordings }: ReportPaths,
  options: ReportOptions,
): Promise<{ readonly facts: ReportFacts; readonly audible: ReadonlySet<string> }> {
  const models: ModelFacts[] = [];
  const drawn = recordings ?? (await firstDetected(paths[0] ?? '', folders));
  for (const path of paths) models.push(await gatherModel(path, folders, drawn, options));
  const [first] = models;
  let room = SOUND_ROOM;
  const audible = new Set<string>();
  for (const { file, samples } of first?.recordings ?? []) {
    if (soundLength(samples.length) > room) continue;
    room -= soundLength(samples.length);
    audible.add(file);
  }
  const sets = models.flatMap(({ clips }) => (clips === null ? [] : [clips]));
  const sounds =
    first === undefined || sets.length === 0
      ? []
      : await gatherSounds(clipProgram(first.program, first.path), sets, room, soundLength);
  return { facts: { models, sounds }, audible };
}

/** One recording at most: the first in which something is detected, or the first. */
async function firstDetected(path: string, folders: readonly string[]): Promise<string[]> {
  const files = folders.length === 0 ? [] : findClips(folders);
  const { program } = openModel(path);
  for (const file of files) {
    const { events } = await gatherRecording(soundProgram(program, path), file);
    if (events.length > 0) return [file];
  }
  return files.slice(0, 1);
}

async function gatherModel(
  path: string,
  folders: readonly string[],
  recordings: readonly string[],
  options: ReportOptions,
): Promise<ModelFacts> {
  const opened = openModel(path);
  const { program, model, splits } = opened;
  const files = folders.length === 0 ? [] : findClips(folders, selectionOf(options, splits));
  const clips =
    files.length === 0 || program.readout === null ? null : await clipsOf(path, opened, files, options);
  const drawn = [];
  for (const file of recordings) drawn.push(await gatherRecording(soundProgram(program, path), file));
  const inspection = inspectProgram(program);
  return {
    ...{ path, program, inspection, clips, recordings: drawn },
    weights: gatherWeights(inspection.matrices, model),
    training: model === null ? null : readTrainingRecord(path),
    curve:
      options.background === undefined ? null : await curve(path, opened, files, options.background, options),
    cost: await costOf(path, opened, files.length === 0 ? recordings : files, options),
  };
}

async function clipsOf(
  path: string,
  { program, splits }: OpenedModel,
  files: readonly string[],
  { pattern }: ReportOptions,
): Promise<EvaluationFacts> {
  const clips = clipProgram(program, path);
  const truth = truthReader(program.labels, pattern, splits);
  const truths = knownTruths({ program: clips, model: null, files, truth });
  return withProgress(`Evaluating ${path}`, files.length, (onDone) =>
    gatherClips(clips, files, truths, onDone),
  );
}

/** Words of the clips against the background, at the model's own thresholds and at others. */
async function curve(
  path: string,
  { program, splits }: OpenedModel,
  files: readonly string[],
  background: string,
  options: ReportOptions,
): Promise<TuningCurve> {
  if (program.detect === undefined) {
    throw new InputError(
      path,
      'has no "detect", so it has no thresholds; egru tune chooses them',
      '--background',
    );
  }
  const sound = soundProgram(program, path);
  const words = await readWords(sound, files, truthReader(program.labels, options.pattern, splits));
  if (words.length === 0) throw new InputError('--background', 'also needs a folder of labelled keywords');
  checkWords(sound, words, path);
  return withBackground(sound, { ...options, background }, async (frames) => {
    const { heard, hours } = await withProgress(`Listening with ${path}`, 100, (onDone) =>
      hear(sound, words, frames, (part) => onDone(Math.floor(100 * part))),
    );
    return curveOf(sound.detect, heard, hours);
  });
}

async function costOf(
  path: string,
  { program: stated }: OpenedModel,
  files: readonly string[],
  options: ReportOptions,
): Promise<CostFacts> {
  const board = options.board === undefined ? defaultBoard : findBoard(options.board);
  const microphone = findMicrophone(board, options.mic);
  const program = firmwareProgram(stated);
  const kernel = await chooseKernel(program, options.kernel, board);
  const compiler = hasCompiler();
  const some = stated.readout === null || stated.frontend === null ? [] : spread(files, options.chipClips);
  const clips =
    compiler && options.chipClips > 0 && some.length > 0
      ? await readClips(clipProgram(stated, path), some)
      : [];
  const input = { program, kernel, board, microphone, compiler, clips };
  return withProgress(`On the emulated chip: ${path}`, Math.max(1, clips.length), (onDone) =>
    gatherCost(input, onDone),
  );
}

/** Whether firmware can be built; without it costs are estimates. */
function hasCompiler(): boolean {
  try {
    findToolchain();
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
