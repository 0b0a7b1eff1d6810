// SPDX-License-Identifier: Apache-2.0
/** Accuracy against cycles: several models on the same recordings, and which of them are worth choosing. */

import type { KernelName } from '../../codegen/emit/emit.ts';
import { spread } from '../../host/audio/clips.ts';
import { classifyOnReference } from '../../machines/batch/classify.ts';
import { type ClipProgram, readClips } from '../../machines/batch/clip-input.ts';
import { measureKernel } from '../bench/bench.ts';
import { evaluate } from '../evaluate/evaluation.ts';
import { inspectProgram } from '../inspect/inspection.ts';

export interface Contender {
  /** As the user named it. */
  readonly path: string;
  readonly program: ClipProgram;
  readonly kernel: KernelName;
}

export interface ComparedModel {
  readonly model: string;
  readonly name: string;
  readonly kernel: string;
  readonly weights: number;
  readonly nonZero: number;
  readonly correct: number;
  readonly accuracy: number;
  /** 95 % interval of the accuracy. */
  readonly interval: readonly [number, number];
  /** Of the network on the chip, zero wait states: mean, and the most that one step took. */
  readonly cyclesPerStep: number;
  readonly cyclesPerStepMax: number;
  /** Bytes of kernel and model. */
  readonly flash: number;
  readonly ram: number;
  /**
   * No other model is at least as accurate with fewer cycles, or more accurate with as few; where a model is there with
   * several kernels, bytes of flash count like cycles.
   */
  readonly pareto: boolean;
}

export interface Comparison {
  readonly clips: number;
  /** Clips that the cycles come from. */
  readonly chipClips: number;
  readonly models: readonly ComparedModel[];
}

export interface CompareOptions {
  /** Clips that run on the chip, spread evenly over all. */
  readonly chipClips: number;
  readonly onProgress?: (path: string, done: number, total: number) => void;
}

/**
 * @param files recordings, the same for all
 * @param truths their labels as indices, which mean the same in all programs
 */
export async function compareModels(
  contenders: readonly Contender[],
  files: readonly string[],
  truths: readonly number[],
  options: CompareOptions,
): Promise<Comparison> {
  const models: Omit<ComparedModel, 'pareto'>[] = [];
  const predicted = new Map<string, readonly Predicted[]>();
  for (const contender of contenders) {
    const { path, program } = contender;
    const known =
      predicted.get(path) ??
      (await classifyOnReference(program, files, {
        onDone: (done) => options.onProgress?.(path, done, files.length),
      }));
    predicted.set(path, known);
    models.push(await measure(contender, files, truths, known, options));
  }
  const several = predicted.size < contenders.length;
  const point = ({ correct, cyclesPerStep, flash }: Omit<ComparedModel, 'pareto'>): Point =>
    several ? { correct, cyclesPerStep, flash } : { correct, cyclesPerStep };
  return {
    clips: files.length,
    chipClips: Math.min(options.chipClips, files.length),
    models: models.map((model) => ({
      ...model,
      pareto: !models.some((other) => beats(point(other), point(model))),
    })),
  };
}

type Point = Pick<ComparedModel, 'correct' | 'cyclesPerStep'> & Partial<Pick<ComparedModel, 'flash'>>;
type Predicted = Awaited<ReturnType<typeof classifyOnReference>>[number];

/** At least as good in all, better in one: there is no reason to choose b. */
export function beats(a: Point, b: Point): boolean {
  const [flashA, flashB] = [a.flash ?? 0, b.flash ?? 0];
  if (a.correct < b.correct || a.cyclesPerStep > b.cyclesPerStep || flashA > flashB) return false;
  return a.correct > b.correct || a.cyclesPerStep < b.cyclesPerStep || flashA < flashB;
}

async function measure(
  { path, program, kernel }: Contender,
  files: readonly string[],
  truths: readonly number[],
  predicted: readonly Predicted[],
  { chipClips, onProgress = () => {} }: CompareOptions,
): Promise<Omit<ComparedModel, 'pareto'>> {
  const chosen = spread(
    files.map((_, i) => i),
    chipClips,
  );
  const total = files.length + chosen.length;
  const clips = await readClips(
    program,
    chosen.map((i) => files[i] ?? ''),
  );
  const chip = await measureKernel(program, kernel, clips, (done) =>
    onProgress(path, files.length + done, total),
  );
  chosen.forEach((i, k) => {
    const [reference, there] = [predicted[i]?.label, chip.labels[k]];
    if (reference !== there) {
      throw new Error(`${files[i]}: label ${there} on the chip, ${reference} on the reference (${path})`);
    }
  });
  const { correct, accuracy, interval } = evaluate(
    program.labels,
    predicted.map(({ label }, i) => [truths[i] ?? -1, label]),
  );
  const { weights, nonZero } = inspectProgram(program);
  const { cyclesPerStep, cyclesPerStepMax, flash, ram } = chip.kernel;
  return {
    ...{ model: path, name: program.name, kernel, weights, nonZero, correct, accuracy, interval },
    ...{ cyclesPerStep, cyclesPerStepMax, flash, ram },
  };
}
