// SPDX-License-Identifier: Apache-2.0
/**
 * What `egru bench` measures: every kernel, the baselines, the feature extractor and softsign, on the emulated chip.
 */

import { defaultBoard } from '../../boards/boards.ts';
import { type KernelName, kernelFacts } from '../../codegen/emit/emit.ts';
import { kernelRam } from '../../codegen/emit/footprint.ts';
import { kernelOf } from '../../codegen/kernels/index.ts';
import { builtInTypes, cellOf } from '../../core/program/cells/index.ts';
import { inputsOf, outputsOf, type Program } from '../../core/program/program.ts';
import { Network } from '../../core/sim/network.ts';
import { Simulator } from '../../core/sim/simulator.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { FlashTiming } from '../../machines/emulated/emulators.ts';
import { chipImage } from '../../machines/execute/chip.ts';
import { addStatistics, type ChipImage, noStatistics } from '../../machines/execute/chip-machine.ts';
import type { CallCount } from '../../machines/execute/meter.ts';
import { buildFirmware, symbolOf } from '../../machines/firmware/firmware.ts';
import { measureBaseline } from './baseline.ts';
import type { BaselineName } from './baseline-data.ts';
import type { BaselineItem } from './baseline-task.ts';
import { modelFlash } from './footprint.ts';
import type { KernelInit, KernelOutcome } from './kernel-task.ts';
import { measureSoftsign, type SoftsignCycles } from './softsign.ts';

export interface KernelBench {
  readonly name: string;
  /** Mean, and the most that one step took; zero wait states. */
  readonly cyclesPerStep: number;
  readonly cyclesPerStepMax: number;
  /** What 99 of 100 steps stay within; null: of baselines it is not measured. */
  readonly cyclesPerStep99: number | null;
  /** Mean with the flash's wait state, as `flash` has it counted. */
  readonly cyclesPerStepBound: number;
  /** Bytes of code and constants of kernel and model. */
  readonly flash: number;
  /** Bytes of state, features and logits. */
  readonly ram: number;
  /** Worst case of the step in bytes: proven for kernels, measured for baselines. */
  readonly stack: number;
  /** Steps that the figures come from. */
  readonly steps: number;
  readonly layers: readonly { readonly name: string; readonly cycles: number }[];
}

export interface BenchReport {
  readonly model: string;
  readonly clips: number;
  readonly steps: number;
  readonly kernels: readonly KernelBench[];
  /** Events of each layer at a step: mean number; null of layers that send none. */
  readonly events: readonly (number | null)[];
  /** null: the model has no feature extractor. */
  readonly frontend: {
    readonly cycles: number;
    readonly cyclesMax: number;
    readonly cyclesBound: number;
  } | null;
  /** Cycles of a call, its overhead included. mean: over the accumulators of the clips. */
  readonly softsign: { readonly mean: number; readonly uniformMean: number; readonly max: number };
}

export interface BenchOptions {
  readonly kernels: readonly KernelName[];
  /** How the flash's wait state is counted; with the cache, which takes the slow decoder, baselines are left out. */
  readonly flash?: FlashTiming;
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/** Steps that the float GRU runs: each takes 300 times as long as one of a kernel. All others run every step. */
const FLOAT_STEPS = 640;

/** @param clips cut PCM, or features for a program without a feature extractor. Two runs give the same figures. */
export async function bench(
  program: Program,
  clips: readonly Int16Array[],
  options: BenchOptions,
): Promise<BenchReport> {
  const progress = options.onProgress ?? (() => {});
  const kernels: KernelBench[] = [];
  let frontend: CallCount | null = null;
  const computing = options.kernels.filter((kernel) => program.layers.every(kernelOf(kernel).computes));
  // One that cannot compute it says so itself.
  for (const kernel of computing.length === 0 ? options.kernels : computing) {
    const report = (done: number) => progress(kernel, done, clips.length);
    const measured = await measureKernel(program, kernel, clips, report, options.flash);
    kernels.push(measured.kernel);
    frontend ??= measured.frontend;
  }
  const softsign = await measureSoftsign((done, total) => progress('softsign', done, total));
  const survey = surveyClips(program, clips, softsign);
  // Both know the built-in cells alone.
  const known = options.flash !== 'cache' && program.layers.every(({ type }) => builtInTypes.includes(type));
  for (const name of known ? (['literal', 'float-gru'] as const) : []) {
    const items = baselineItems(program, survey.features, survey.logits, name);
    const total = 2 * items.length;
    let done = 0;
    const result = await measureBaseline(program, name, items, () => progress(name, ++done, total));
    kernels.push(kernelBench(name, program, result.step, result.layers, result, null));
  }
  return {
    model: program.name,
    clips: clips.length,
    steps: survey.features.length / inputsOf(program),
    kernels,
    events: survey.events,
    frontend:
      frontend === null || program.frontend === null
        ? null
        : {
            cycles: frontend.cycles / frontend.calls,
            cyclesMax: frontend.cyclesMax,
            cyclesBound: (frontend.cycles + frontend.lines) / frontend.calls,
          },
    softsign: { mean: survey.softsignMean, uniformMean: softsign.uniformMean, max: softsign.max },
  };
}

export interface MeasuredKernel {
  readonly kernel: KernelBench;
  /** The most cycles that each layer took in a step. */
  readonly layersMax: readonly number[];
  readonly frontend: CallCount;
  /** The label that the chip predicts for each clip: its index. */
  readonly labels: readonly number[];
}

/** One kernel over clips (as bench() takes them), on the emulated chip. */
export async function measureKernel(
  program: Program,
  kernel: KernelName,
  clips: readonly Int16Array[],
  onDone: (done: number) => void,
  flash: FlashTiming = 'bound',
): Promise<MeasuredKernel> {
  const firmware = await buildFirmware(program, { board: defaultBoard, kernel });
  const image: ChipImage = { ...chipImage(program, firmware), flash };
  const marks = kernelFacts(program, kernel).layerSymbols.map((symbol) => symbolOf(firmware, symbol));
  const outcomes = await mapParallel<KernelInit, Int16Array, KernelOutcome>(
    siblingModule('kernel-task', import.meta.url),
    { image, marks },
    clips,
    onDone,
  );
  const sum = outcomes.reduce((all, { statistics }) => addStatistics(all, statistics), noStatistics());
  const layers = program.layers.map((_, i) => outcomes.reduce((all, one) => all + (one.layers[i] ?? 0), 0));
  const footprint = {
    flash: modelFlash(firmware),
    ram: kernelRam(program, kernel),
    stack: firmware.stack.functions.get(firmware.stepFunction) ?? 0,
  };
  return {
    kernel: kernelBench(
      kernel,
      program,
      sum.step,
      layers,
      footprint,
      percentile99(outcomes.flatMap((one) => one.steps)),
    ),
    layersMax: program.layers.map((_, i) => Math.max(0, ...outcomes.map((one) => one.layersMax[i] ?? 0))),
    frontend: sum.frontend,
    labels: outcomes.map(({ label }) => label),
  };
}

function kernelBench(
  name: string,
  program: Program,
  step: CallCount,
  layers: readonly number[],
  { flash, ram, stack }: { readonly flash: number; readonly ram: number; readonly stack: number },
  cyclesPerStep99: number | null,
): KernelBench {
  return {
    name,
    cyclesPerStep: step.cycles / step.calls,
    cyclesPerStepMax: step.cyclesMax,
    cyclesPerStep99,
    cyclesPerStepBound: (step.cycles + step.lines) / step.calls,
    flash,
    ram,
    stack,
    steps: step.calls,
    layers: program.layers.map((layer, i) => ({ name: layer.name, cycles: (layers[i] ?? 0) / step.calls })),
  };
}

/** The least of the values that 99 of 100 do not exceed. */
function percentile99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(0.99 * sorted.length) - 1)] ?? 0;
}

interface Survey {
  /** All features and logits, step by step. */
  readonly features: Int16Array;
  readonly logits: Int32Array;
  readonly softsignMean: number;
  readonly events: readonly (number | null)[];
}

/** Features, logits and softsign's cost of all clips, from the reference. */
function surveyClips(program: Program, clips: readonly Int16Array[], cycles: SoftsignCycles): Survey {
  const simulator = new Simulator(program);
  const network = new Network(program);
  const inputs = inputsOf(program);
  const features: number[] = [];
  const logits: number[] = [];
  let calls = 0;
  let sum = 0;
  const sent = program.layers.map(() => 0);
  for (const clip of clips) {
    network.reset();
    let before = program.layers.map(({ units }) => new Int32Array(units));
    for (let step = 0; step < simulator.steps(clip.length); step++) {
      const x = simulator.features(clip, step);
      network.step(x);
      for (let i = 0; i < inputs; i++) features.push(x[i] ?? 0);
      logits.push(...network.logits);
      const outputs = network.outputs.map((values) => Int32Array.from(values));
      program.layers.forEach((layer, i) => {
        const { isEvent } = cellOf(layer);
        outputs[i]?.forEach((y, unit) => {
          if (isEvent?.(layer, y, before[i]?.[unit] ?? 0)) sent[i] = (sent[i] ?? 0) + 1;
        });
      });
      before = outputs;
      program.layers.forEach((own, layer) => {
        if (!cellOf(own).softsign) return;
        for (const acc of network.accumulators[layer]?.flatMap((row) => [...row]) ?? []) {
          sum += cycles.of(acc);
          calls++;
        }
      });
    }
  }
  return {
    features: Int16Array.from(features),
    logits: Int32Array.from(logits),
    softsignMean: calls === 0 ? 0 : sum / calls,
    events: program.layers.map((layer, i) =>
      cellOf(layer).isEvent === undefined ? null : ((sent[i] ?? 0) * inputs) / features.length,
    ),
  };
}

/** Whole clips from the initial state; of the float GRU only some, spread evenly over all. */
function baselineItems(
  program: Program,
  features: Int16Array,
  logits: Int32Array,
  name: BaselineName,
): BaselineItem[] {
  const inputs = inputsOf(program);
  const outputs = outputsOf(program);
  const clipSteps = program.readout?.steps ?? features.length / inputs;
  const clips = Math.floor(features.length / inputs / clipSteps);
  const affordable = name === 'literal' ? clips : Math.floor(FLOAT_STEPS / clipSteps);
  const wanted = Math.max(1, Math.min(clips, affordable));
  return Array.from({ length: wanted }, (_, i) => {
    const first = Math.floor((i * clips) / wanted) * clipSteps;
    return {
      features: features.slice(first * inputs, (first + clipSteps) * inputs),
      expected: name === 'literal' ? logits.slice(first * outputs, (first + clipSteps) * outputs) : null,
    };
  });
}
