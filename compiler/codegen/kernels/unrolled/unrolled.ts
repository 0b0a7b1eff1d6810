// SPDX-License-Identifier: Apache-2.0
/** The `unrolled` kernel: every weight an instruction, in the order that the cost model finds cheapest. */

import { CODE_ZERO } from '../../../core/fixed/fixed.ts';
import { matricesOf } from '../../../core/program/cells/index.ts';
import type { Program } from '../../../core/program/program.ts';
import { type Names, namesOf } from '../../text/names.ts';
import { EventLayer } from '../events/layer.ts';
import { Lists } from '../events/lists.ts';
import { followsEvents, planEvents } from '../events/plan.ts';
import { SendLayer } from '../events/send.ts';
import { type Assembly, type Section, writeAssembly } from './assembly.ts';
import { assemblyFile, genericFile } from './files.ts';
import { writeGenericC } from './generic-c.ts';
import { widePaths } from './inputs/wide-paths.ts';
import type { LayerEstimate } from './layer-estimate.ts';
import { planBlocks } from './plan.ts';
import type { PlannedLayer } from './planned-layer.ts';
import { layerRows, wideRows } from './rows.ts';
import { assignRows } from './search.ts';

export interface UnrolledOptions {
  /** Evaluations of a pair of columns that the search may spend on the whole program; about 0.3 microseconds each. */
  readonly effort?: number;
  /** Those of `model` by default, with the runtime on the include path. */
  readonly names?: Names;
}

export interface Unrolled {
  /** The step's assembly file without its banner. */
  readonly assembly: string;
  /** The step's C file: the same schedule for everything that is no Cortex-M0+. */
  readonly c: string;
  /** Bytes of the step's code and tables, without the functions it calls. */
  readonly flash: number;
  /** Bytes of stack that the step uses, without the functions it calls. */
  readonly frame: number;
  /** Words that it needs behind the outputs. */
  readonly scratchWords: number;
  readonly layers: readonly LayerEstimate[];
  readonly sections: readonly Section[];
  /** Cycles of a step. */
  readonly min: number;
  readonly max: number;
}

/** Evaluations per weight that is not zero, and at most: some seconds for any program. */
const EFFORT_PER_WEIGHT = 1000;
const MOST_EFFORT = 4e6;

/** What was planned and generated before: machines and measurements ask for the same again. Plans by effort. */
const plans = new WeakMap<Program['layers'], Map<number, Variants>>();
/** By names. */
const steps = new WeakMap<readonly PlannedLayer[], Map<string, Unrolled>>();

/**
 * The generated step function of a program: the same program and effort give the same text.
 * @throws InputError where the outputs do not fit the state
 */
export function generateUnrolled(program: Program, options: UnrolledOptions = {}): Unrolled {
  return generateStep(program, planUnrolled(program, options.effort), options.names);
}

/** A program with all rows in blocks, in ways that cost different cycles and bytes. */
export interface Variants {
  /** Columns in pairs, as the frame holds them. */
  readonly pairs: readonly PlannedLayer[];
  /** Columns with words for their levels in layers that are sparse enough for it; elsewhere the same objects. */
  readonly wide: readonly PlannedLayer[];
  /** Of each layer the one that takes fewer cycles at worst. */
  readonly fastest: readonly PlannedLayer[];
}

/** All rows in blocks. @param onProgress called now and then with the share that is done, where it is not known yet */
export function planUnrolled(
  program: Program,
  effort?: number,
  onProgress?: (share: number) => void,
): readonly PlannedLayer[] {
  return planVariants(program, effort, onProgress).fastest;
}

/** As planUnrolled has them, and what else there is. */
export function planVariants(
  program: Program,
  effort = defaultEffort(program),
  onProgress: (share: number) => void = () => {},
): Variants {
  const known = plans.get(program.layers) ?? new Map<number, Variants>();
  plans.set(program.layers, known);
  const half = (part: number) => (share: number) => onProgress((part + share) / 2);
  const planned =
    known.get(effort) ?? variantsOf(program, planLayers(program, effort, half(0)), effort, half(1));
  known.set(effort, planned);
  return planned;
}

/** @throws InputError where the outputs do not fit the state */
export function generateStep(
  program: Program,
  planned: readonly PlannedLayer[],
  names: Names = namesOf(),
): Unrolled {
  const known = steps.get(planned) ?? new Map<string, Unrolled>();
  steps.set(planned, known);
  const key = `${names.step} ${names.runtime}`;
  const generated = known.get(key) ?? generate(program, planned, names);
  known.set(key, generated);
  return generated;
}

function defaultEffort({ layers }: Program): number {
  const codes = layers.flatMap((layer) => matricesOf(layer).map(({ matrix }) => matrix.codes));
  const nonZero = sum(codes, (list) => list.filter((code) => code !== CODE_ZERO).length);
  return Math.min(MOST_EFFORT, EFFORT_PER_WEIGHT * nonZero);
}

function generate(program: Program, planned: readonly PlannedLayer[], names: Names): Unrolled {
  const assembly = writeAssembly(program, planned, names.step);
  const { sections, stack, data, constants, jumps, memory } = assembly;
  const layers = planned.map((one, index) => estimate(one, index, assembly));
  // egru_i_cell_fast_m0 pushes a word, egru_i_cell_m0 two, tables' functions three at most.
  const called =
    data.length > 0 || jumps.length > 0
      ? { name: 'functions of the runtime', stack: 12 }
      : planned.some(({ fast }) => fast)
        ? { name: 'egru_i_cell_fast_m0', stack: 4 }
        : { name: 'egru_i_cell_m0', stack: 8 };
  const min = sum(sections, (section) => section.min);
  const max = sum(sections, (section) => section.max);
  return {
    assembly: assemblyFile({
      names,
      body: assembly.text,
      data,
      constants,
      jumps,
      stack,
      called,
      min,
      max,
      layers,
    }),
    get c() {
      return genericFile(names, writeGenericC(program, planned, memory, names)); // estimates never ask for it
    },
    flash:
      sum(sections, ({ bytes }) => bytes) +
      sum(data, ({ words }) => words.byteLength) +
      assembly.behind +
      4 * sum([...constants, ...jumps], ({ words }) => words.length),
    frame: stack,
    scratchWords: memory.scratchWords,
    ...{ layers, sections, min, max },
  };
}

/** The effort goes to the layers by their number of weights. */
function planLayers(program: Program, effort: number, onProgress: (share: number) => void): PlannedLayer[] {
  const layers = program.layers.map((layer, index) => {
    const rows = layerRows(layer);
    return { layer, rows, events: followsEvents(program, index) };
  });
  const size = ({ rows }: (typeof layers)[number]) => rows.rows.length * rows.pairs.length;
  const all = sum(layers, size);
  const progress = (i: number, share: number) =>
    onProgress((sum(layers.slice(0, i), size) + share * size(layers[i] as (typeof layers)[number])) / all);
  const plans = layers.map(({ rows, events }, i) =>
    events ? planEvents(program, i, rows, (effort * rows.rows.length * rows.pairs.length) / all) : null,
  );
  const lists = new Lists(program, plans);
  return layers.map(({ layer, rows }, i): PlannedLayer => {
    const plan = plans[i] ?? null;
    const share = (effort * size({ layer, rows, events: false })) / all;
    const assignment = plan?.assignment ?? assignRows(rows, share, (done) => progress(i, done));
    const planned = { layer, rows, blocks: planBlocks(rows, assignment), tables: [], fast: true };
    if (plan !== null) return { ...planned, own: new EventLayer(plan, lists) };
    return lists.sends(i) ? { ...planned, own: new SendLayer(layer, i, lists) } : planned;
  });
}

/** Above this share of weights that are not zero, columns in pairs take hardly more bytes, and fewer cycles. */
const SPARSE = 0.4;
/** How much more effort wide rows get: they have twice as many pairs, and most of those of few rows change at a move. */
const WIDE_EFFORT = 8;

function variantsOf(
  program: Program,
  pairs: readonly PlannedLayer[],
  effort: number,
  onProgress: (share: number) => void,
): Variants {
  const sizes = pairs.map(({ rows }) => rows.rows.length * rows.pairs.length);
  const all = sum(sizes, (size) => size);
  const wide = pairs.map((planned, i): PlannedLayer => {
    const { rows, own } = planned;
    if (own !== undefined || rows.nonZero > SPARSE * 2 * (sizes[i] ?? 0)) return planned;
    const columns = wideRows(rows);
    const share = (WIDE_EFFORT * effort * (sizes[i] ?? 0)) / all;
    const before = sum(sizes.slice(0, i), (size) => size);
    const progress = (done: number) => onProgress((before + done * (sizes[i] ?? 0)) / all);
    const assignment = assignRows(columns, share, progress, null, widePaths());
    return { ...planned, blocks: planBlocks(columns, assignment, [true, false], true) };
  });
  onProgress(1);
  if (wide.every((planned, i) => planned === pairs[i])) return { pairs, wide, fastest: pairs };
  const [narrow, own] = [pairs, wide].map((planned) => generateStep(program, planned).layers);
  const better = pairs.map((_, i) => (own?.[i]?.max ?? 0) <= (narrow?.[i]?.max ?? 0));
  const fastest = pairs.map((planned, i) => (better[i] ? (wide[i] ?? planned) : planned));
  return { pairs, wide, fastest };
}

function estimate({ layer, rows }: PlannedLayer, index: number, { sections }: Assembly): LayerEstimate {
  const own = sections.filter((section) => section.layer === index);
  const matrix = own.filter(({ kind }) => kind === 'matrix');
  return {
    name: layer.name,
    rows: rows.rows.length,
    nonZero: rows.nonZero,
    matrix: sum(matrix, ({ min }) => min),
    matrixLines: sum(matrix, ({ lines }) => lines),
    min: sum(own, ({ min }) => min),
    max: sum(own, ({ max }) => max),
    bytes: sum(own, ({ bytes }) => bytes),
  };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
