// SPDX-License-Identifier: Apache-2.0
/** How a model does in a stream: misses against false alarms, at its own thresholds and over a sweep (DET curve). */
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { SoundProgram } from '../../machines/batch/stream-input.ts';
import type { Executor } from '../../machines/execute/executor.ts';
import type { StreamEvaluationInit } from './stream-evaluation-task.ts';
import {
  type AddedNoise,
  countGroup,
  type GroupCounts,
  type LabelledFile,
  readGroup,
  sumsOf,
  type Tally,
} from './stream-group.ts';

export interface DetPoint {
  /** For all keywords; Q15, as in model.json. */
  readonly threshold: number;
  /** null without keywords. */
  readonly missRate: number | null;
  /** null without background. */
  readonly falseAlarmsPerHour: number | null;
}

export interface StreamEvaluation extends Readonly<Tally> {
  /** Of background, the silence between files not counted. */
  readonly hours: number;
  /** Files that are a keyword. */
  readonly keywords: number;
  /**
   * 95 % upper limit of the false alarms per hour (Poisson); 3 / hours where there was none. null without background.
   */
  readonly falseAlarmsPerHourLimit: number | null;
  readonly det: readonly DetPoint[];
}

/** Files of one stream. A fixed number, so that the result does not depend on the machine. */
const GROUP = 32;
const SWEEP_STEP = 512;

export function evaluateStreamOnReference(
  program: SoundProgram,
  files: readonly LabelledFile[],
  noise: AddedNoise | null,
  onDone: (done: number, total: number) => void,
): Promise<StreamEvaluation> {
  const thresholds = sweep(program);
  const groups = groupsOf(files);
  const task = siblingModule('stream-evaluation-task', import.meta.url);
  const progress = (done: number) => onDone(done, groups.length);
  const init = { program, thresholds, noise };
  return mapParallel<StreamEvaluationInit, readonly LabelledFile[], GroupCounts>(
    task,
    init,
    groups,
    progress,
  ).then((counts) => total(program, counts, thresholds));
}

/** Any machine; its events count, and the sweep works on its integers. */
export async function evaluateStreamOn(
  executor: Executor,
  program: SoundProgram,
  files: readonly LabelledFile[],
  noise: AddedNoise | null,
  onDone: (done: number, total: number) => void,
): Promise<StreamEvaluation> {
  const thresholds = sweep(program);
  const groups = groupsOf(files);
  const counts: GroupCounts[] = [];
  for (const group of groups) {
    const { samples, spans } = await readGroup(program, group, noise);
    for (const result of await executor.listen([samples], true)) {
      counts.push(countGroup(program, spans, result.events, sumsOf(program, result), thresholds));
    }
    onDone(counts.length, groups.length);
  }
  return total(program, counts, thresholds);
}

function groupsOf(files: readonly LabelledFile[]): LabelledFile[][] {
  return Array.from({ length: Math.ceil(files.length / GROUP) }, (_, i) =>
    files.slice(i * GROUP, (i + 1) * GROUP),
  );
}

/** Multiples of 512 and the model's own thresholds. */
function sweep({ detect }: SoundProgram): number[] {
  const steps = Array.from({ length: 32768 / SWEEP_STEP - 1 }, (_, i) => (i + 1) * SWEEP_STEP);
  const all = new Set([...steps, ...detect.keywords.map(({ threshold }) => threshold)]);
  return [...all].sort((a, b) => a - b);
}

function total(
  program: SoundProgram,
  groups: readonly GroupCounts[],
  thresholds: readonly number[],
): StreamEvaluation {
  const sum = (pick: (group: GroupCounts) => number) => groups.reduce((all, group) => all + pick(group), 0);
  const keywords = sum((group) => group.keywords);
  const hours = sum((group) => group.backgroundSamples) / program.frontend.sampleRate / 3600;
  const falseAlarms = sum(({ own }) => own.falseAlarms);
  return {
    hours,
    misses: sum(({ own }) => own.misses),
    keywords,
    falseAlarms,
    confusions: sum(({ own }) => own.confusions),
    repeats: sum(({ own }) => own.repeats),
    falseAlarmsPerHourLimit: hours === 0 ? null : poissonLimit(falseAlarms) / hours,
    det: thresholds.map((threshold, i) => ({
      threshold,
      missRate: keywords === 0 ? null : sum((group) => group.sweep[i]?.misses ?? 0) / keywords,
      falseAlarmsPerHour: hours === 0 ? null : sum((group) => group.sweep[i]?.falseAlarms ?? 0) / hours,
    })),
  };
}

/** 95 % quantile of the standard normal distribution. */
const Z = 1.6448536269514722;
/** Above it, the approximation is off by less than 0.01 %. */
const EXACT = 100;

/**
 * The mean at which n events or fewer have a probability of 5 %: 3.00 for n = 0. By bisection, for many events by the
 * cube-root approximation of the chi-square quantile (Wilson and Hilferty, 1931).
 */
export function poissonLimit(n: number): number {
  if (n > EXACT) {
    const k = n + 1;
    return k * (1 - 1 / (9 * k) + Z / (3 * Math.sqrt(k))) ** 3;
  }
  let [low, high] = [0, 10 + 3 * n];
  for (let i = 0; i < 60; i++) {
    const mean = (low + high) / 2;
    let term = Math.exp(-mean);
    let probability = term;
    for (let k = 1; k <= n; k++) probability += term *= mean / k;
    if (probability > 0.05) low = mean;
    else high = mean;
  }
  return high;
}
