// SPDX-License-Identifier: Apache-2.0
/** How a model does in a stream: misses against false alarms, at its own thresholds and over a sweep (DET curve). */
import { statSync } from 'node:fs';
import { heardRate, hearingOf } from '../../host/audio/heard.ts';
import { guard } from '../../host/files/files.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { SoundProgram } from '../../machines/batch/stream-input.ts';
import type { Executor } from '../../machines/execute/executor.ts';
import { type Mistake, Witness, worst } from './mistakes.ts';
import type { Surroundings } from './play.ts';
import { poissonLimit } from './poisson-limit.ts';
import type { GroupResult, StreamEvaluationInit } from './stream-evaluation-task.ts';
import { readGroup, tellGroup } from './stream-group.ts';
import { type LabelledFile, type StreamCounts, StreamTally, type Tally } from './stream-tally.ts';

export interface DetPoint {
  /** For all keywords; Q15, as in model.json. */
  readonly threshold: number;
  /** null without keywords. */
  readonly missRate: number | null;
  /** null without background. */
  readonly falseAlarmsPerHour: number | null;
}

/** What one source of recordings came to, with the model's own thresholds. */
export interface SourceResult extends Readonly<Tally> {
  readonly source: string;
  readonly keywords: number;
  /** Of background. */
  readonly hours: number;
}

export interface StreamEvaluation extends Readonly<Tally> {
  /** Of background, the silence between files not counted. */
  readonly hours: number;
  /** Of all recordings, likewise. */
  readonly allHours: number;
  /** Files that are a keyword. */
  readonly keywords: number;
  /**
   * 95 % upper limit of the false alarms per hour (Poisson); 3 / hours where there was none. null without background.
   */
  readonly falseAlarmsPerHourLimit: number | null;
  readonly det: readonly DetPoint[];
  readonly sources: readonly SourceResult[];
}

/** What is evaluated, and how it is heard. */
export interface StreamEvaluationInput {
  readonly program: SoundProgram;
  readonly files: readonly LabelledFile[];
  /** Names of the sources that files refer to. */
  readonly sources: readonly string[];
  readonly surroundings: Surroundings;
  /** Mistakes that are kept with their sound; 0: none. */
  readonly keep: number;
}

export interface StreamOutcome {
  readonly evaluation: StreamEvaluation;
  /** By falling score. */
  readonly mistakes: readonly Mistake[];
}

/** Files of one stream, and bytes beyond which no further one is added. Fixed, so that the result does not depend on the machine. */
const GROUP = 32;
const GROUP_BYTES = 1 << 24;
const SWEEP_STEP = 512;

export async function evaluateStreamOnReference(
  input: StreamEvaluationInput,
  onDone: (done: number, total: number) => void,
): Promise<StreamOutcome> {
  const { program, surroundings, keep } = input;
  const thresholds = sweep(program);
  const groups = groupsOf(input.files);
  const task = siblingModule('stream-evaluation-task', import.meta.url);
  const init = { program, thresholds, surroundings, sources: input.sources.length, keep };
  const counts: StreamCounts[] = [];
  let mistakes: Mistake[] = [];
  await mapParallel<StreamEvaluationInit, readonly LabelledFile[], GroupResult>(
    task,
    init,
    groups,
    (done) => onDone(done, groups.length),
    (index, result) => {
      counts[index] = result.counts;
      // The sound of most of them is not needed any more.
      mistakes = worst([...mistakes, ...result.mistakes.splice(0)], keep);
    },
  );
  return { evaluation: evaluationOf(input, counts, thresholds), mistakes };
}

/** Any machine; its events count, and the sweep works on its integers. */
export async function evaluateStreamOn(
  executor: Executor,
  input: StreamEvaluationInput,
  onDone: (done: number, total: number) => void,
): Promise<StreamOutcome> {
  const { program, surroundings, sources, keep } = input;
  const thresholds = sweep(program);
  const groups = groupsOf(input.files);
  const counts: StreamCounts[] = [];
  let mistakes: Mistake[] = [];
  for (const files of groups) {
    const group = await readGroup(program, files, surroundings);
    const tally = new StreamTally(program, thresholds, sources.length);
    const witness = keep === 0 ? null : new Witness(heardRate(hearingOf(program)), keep);
    for (const result of await executor.listen([group.samples], true)) {
      tellGroup(program, group, result, tally, witness);
    }
    counts.push(tally.counts);
    mistakes = worst([...mistakes, ...(witness?.mistakes ?? [])], keep);
    onDone(counts.length, groups.length);
  }
  return { evaluation: evaluationOf(input, counts, thresholds), mistakes };
}

function groupsOf(files: readonly LabelledFile[]): LabelledFile[][] {
  const groups: LabelledFile[][] = [];
  let bytes = 0;
  for (const file of files) {
    const { size } = guard(file.file, () => statSync(file.file));
    const last = groups.at(-1);
    if (last === undefined || last.length === GROUP || bytes + size > GROUP_BYTES) {
      groups.push([file]);
      bytes = size;
    } else {
      last.push(file);
      bytes += size;
    }
  }
  return groups;
}

/** Multiples of 512 and the model's own thresholds. */
function sweep({ detect }: SoundProgram): number[] {
  const steps = Array.from({ length: 32768 / SWEEP_STEP - 1 }, (_, i) => (i + 1) * SWEEP_STEP);
  const all = new Set([...steps, ...detect.keywords.map(({ threshold }) => threshold)]);
  return [...all].sort((a, b) => a - b);
}

const HOUR = 3600;

function evaluationOf(
  { sources }: StreamEvaluationInput,
  groups: readonly StreamCounts[],
  thresholds: readonly number[],
): StreamEvaluation {
  const sum = (pick: (group: StreamCounts) => number) => groups.reduce((all, group) => all + pick(group), 0);
  const keywords = sum((group) => group.keywords);
  const hours = sum(({ background }) => background) / HOUR;
  const own = tallyOf(sum, (group) => group.own);
  return {
    hours,
    allHours: sum(({ seconds }) => seconds) / HOUR,
    keywords,
    ...own,
    falseAlarmsPerHourLimit: hours === 0 ? null : poissonLimit(own.falseAlarms) / hours,
    det: thresholds.map((threshold, i) => ({
      threshold,
      missRate: keywords === 0 ? null : sum((group) => group.sweep[i]?.misses ?? 0) / keywords,
      falseAlarmsPerHour: hours === 0 ? null : sum((group) => group.sweep[i]?.falseAlarms ?? 0) / hours,
    })),
    sources: sources.map((source, i) => ({
      source,
      keywords: sum((group) => group.sources[i]?.keywords ?? 0),
      hours: sum((group) => group.sources[i]?.background ?? 0) / HOUR,
      ...tallyOf(sum, (group) => group.sources[i]),
    })),
  };
}

function tallyOf(
  sum: (pick: (group: StreamCounts) => number) => number,
  of: (group: StreamCounts) => Tally | undefined,
): Tally {
  return {
    misses: sum((group) => of(group)?.misses ?? 0),
    falseAlarms: sum((group) => of(group)?.falseAlarms ?? 0),
    confusions: sum((group) => of(group)?.confusions ?? 0),
    repeats: sum((group) => of(group)?.repeats ?? 0),
  };
}
