// SPDX-License-Identifier: Apache-2.0

import type { Program } from '../../core/program/program.ts';
import { TraceDigest } from '../../core/program/trace-digest.ts';
import type { ClipResult, Executor, ExecutorName } from '../execute/executor.ts';
import { type Comparison, compareClip, type Difference } from './difference.ts';

/** A clip with the name that reports give it. */
export interface NamedClip {
  readonly file: string;
  /** As Executor.run takes them: cut PCM, or features. */
  readonly samples: Int16Array;
}

/** Where the first difference is, in the order clip, step, layer, unit. */
export interface FirstDifference extends Difference {
  readonly clip: string;
  readonly executor: ExecutorName;
  readonly kernel: Executor['kernel'];
}

/** What a comparison found, over all clips and machines. */
export interface VerifyReport {
  readonly executors: readonly ExecutorName[];
  /** What host and chip ran. */
  readonly kernels: readonly NonNullable<Executor['kernel']>[];
  readonly clips: number;
  readonly steps: number;
  /** Integers that differ, over all machines. */
  readonly differences: number;
  readonly first: FirstDifference | null;
  /** Of the reference's traces, one behind the other: where nothing differs, of every machine's. */
  readonly digest: string;
}

export interface VerifyOptions {
  /** Stop after the first batch that holds a difference. */
  readonly failFast?: boolean;
  /** Called as clips are done: clips done on all machines together, and clips to do. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Called with the reference's result, clip by clip, once all machines have run it. */
  readonly onClip?: (clip: NamedClip, result: ClipResult) => void;
}

/** Traces are large (300 integers a step): this many clips are held at once. */
const BATCH = 64;

/**
 * Runs the same clips on the reference and on the machines, and compares all layers at every step.
 * @param reference what the others are held to; listed first in the report
 */
export async function verify(
  program: Program,
  clips: readonly NamedClip[],
  reference: Executor,
  machines: readonly Executor[],
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  return compareAll<ClipResult>(clips, reference, machines, options, {
    batch: BATCH,
    run: (machine, samples, tick) => machine.run(samples, true, tick),
    compare: (expected, got) => compareClip(program, expected, got),
    ...(options.onClip === undefined ? {} : { onResult: options.onClip }),
  });
}

interface Traced {
  readonly steps: number;
  readonly trace: Int32Array | null;
}

/** What is run and compared: clips or streams. */
export interface Comparing<Result> {
  /** This many are held at once. */
  readonly batch: number;
  run(machine: Executor, samples: readonly Int16Array[], tick: () => void): Promise<Result[]>;
  compare(expected: Result, got: Result): Comparison;
  /** Called with what the reference made of each. */
  onResult?(clip: NamedClip, result: Result): void;
}

export async function compareAll<Result extends Traced>(
  clips: readonly NamedClip[],
  reference: Executor,
  machines: readonly Executor[],
  options: Pick<VerifyOptions, 'failFast' | 'onProgress'>,
  comparing: Comparing<Result>,
): Promise<VerifyReport> {
  let done = 0;
  let steps = 0;
  let compared = 0;
  let differences = 0;
  let first: FirstDifference | null = null;
  const digest = new TraceDigest();
  const tick = () => options.onProgress?.(++done, clips.length * (machines.length + 1));

  for (
    let at = 0;
    at < clips.length && !(options.failFast === true && first !== null);
    at += comparing.batch
  ) {
    const batch = clips.slice(at, at + comparing.batch);
    const samples = batch.map((clip) => clip.samples);
    const [expected, ...got] = await Promise.all(
      [reference, ...machines].map((machine) => comparing.run(machine, samples, tick)),
    );
    batch.forEach((clip, index) => {
      const { file } = clip;
      const truth = expected?.[index];
      if (truth === undefined) throw new Error(`the reference left out clip ${file}`);
      steps += truth.steps;
      if (truth.trace !== null) digest.push(truth.trace);
      compared++;
      comparing.onResult?.(clip, truth);
      machines.forEach((machine, m) => {
        const result = got[m]?.[index];
        if (result === undefined) throw new Error(`${machine.name} left out clip ${file}`);
        const comparison = comparing.compare(truth, result);
        differences += comparison.differences;
        if (comparison.first !== null && (first === null || first.clip === file)) {
          const { name: executor, kernel } = machine;
          const candidate = { clip: file, executor, kernel, ...comparison.first };
          if (first === null || precedes(candidate, first)) first = candidate;
        }
      });
    });
  }
  return {
    executors: [...new Set([reference, ...machines].map(({ name }) => name))],
    kernels: [...new Set(machines.flatMap(({ kernel }) => kernel ?? []))],
    clips: compared,
    steps,
    differences,
    first,
    digest: digest.hex(),
  };
}

/** Order within one clip: step, layer, unit. */
function precedes(a: Difference, b: Difference): boolean {
  return a.step !== b.step ? a.step < b.step : a.layer !== b.layer ? a.layer < b.layer : a.unit < b.unit;
}
