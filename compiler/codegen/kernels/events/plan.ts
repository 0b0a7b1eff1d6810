// SPDX-License-Identifier: Apache-2.0
/** Layers whose columns are code that is reached only for events: which columns, whose events, and how many are too many. */
import { CODE_ZERO } from '../../../core/fixed/fixed.ts';
import { cellOf, matricesOf } from '../../../core/program/cells/index.ts';
import type { Layer, Program } from '../../../core/program/program.ts';
import { VACANT } from '../unrolled/block-cost.ts';
import { unrolledCell } from '../unrolled/cells/index.ts';
import { type Block, type PlannedRow, planBlocks } from '../unrolled/plan.ts';
import type { LayerRows } from '../unrolled/rows.ts';
import { type Assignment, assignRows } from '../unrolled/search.ts';
import { type Fragment, fragmentOf, type Need } from './fragments.ts';

/** The slot of r5, which jumps need. */
const SPARE = 5;

/** Columns of one layer's events. */
export interface Source {
  /** Index of the layer that sends them; -1: the features, which have no list. */
  readonly producer: number;
  readonly recurrent: boolean;
  readonly first: number;
  readonly count: number;
  /** Whether what is sent is a change of a value that stays. */
  readonly changes: boolean;
}

/** Columns that are computed by events or all of them. */
export interface Group {
  /** Whether the sums stay from step to step. */
  readonly kept: boolean;
  /** By events; none: all columns at every step. */
  readonly sources: readonly Source[];
  /** All columns, for every block of rows. */
  readonly blocks: readonly Block[];
  readonly columns: { readonly first: number; readonly count: number };
  /** More events than this at a step, and all columns are computed. */
  readonly breakEven: number;
}

export interface EventPlan {
  readonly index: number;
  readonly layer: Layer;
  readonly rows: LayerRows;
  readonly assignment: Assignment;
  /** Rows of each block; constants are the biases. */
  readonly blocks: readonly (readonly PlannedRow[])[];
  readonly groups: readonly Group[];
}

/** Whether the columns of a layer are reached by events: of one that sends some, or whose inputs are pulses. */
export function followsEvents({ layers }: Program, index: number): boolean {
  const layer = layers[index];
  if (layer === undefined || matricesOf(layer).length === 0) return false;
  if (unrolledCell(layer).sends !== undefined) return true;
  return !cellOf(layer).recurrent && sentBy(layers[index - 1]) === 'pulses';
}

function sentBy(layer: Layer | undefined): 'pulses' | 'changes' | null {
  return layer === undefined ? null : (unrolledCell(layer).sends?.(layer) ?? null);
}

export function planEvents(program: Program, index: number, rows: LayerRows, effort: number): EventPlan {
  const layer = program.layers[index];
  if (layer === undefined) throw new Error(`there is no layer ${index}`);
  const assignment = assignRows(rows, effort, undefined, SPARE);
  const all = planBlocks(rows, assignment, [false]);
  const blocks = all.map((block) => block.rows);
  const sent = sentBy(program.layers[index - 1]);
  const input: Source = {
    ...{ producer: sent === null ? -1 : index - 1, recurrent: false, first: 0, count: layer.inputs },
    changes: sent === 'changes',
  };
  const own: Source = {
    ...{ producer: index, recurrent: true, first: layer.inputs, count: layer.units },
    changes: sentBy(layer) === 'changes',
  };
  const listed = [...(sent === null ? [] : [input]), ...(cellOf(layer).recurrent ? [own] : [])];
  const partial = { index, layer, rows, assignment, blocks };
  const groupOf = (kept: boolean, sources: readonly Source[], all: readonly Source[]): Group[] => {
    if (all.length === 0) return [];
    const first = Math.min(...all.map((one) => one.first));
    const count = all.reduce((sum, one) => sum + one.count, 0);
    const part = partOf(rows, first, first + count);
    const dense = planBlocks(part, assignment, [false]);
    const group = { kept, sources, blocks: dense, columns: { first, count } };
    return [{ ...group, breakEven: breakEvenOf({ ...partial, groups: [] }, sources, dense) }];
  };
  const kept = listed.filter(({ changes }) => changes);
  const fresh = listed.filter(({ changes }) => !changes);
  return {
    ...partial,
    groups: [
      ...groupOf(true, kept, kept),
      ...groupOf(false, fresh, fresh),
      ...(sent === null ? groupOf(false, [], [input]) : []),
    ],
  };
}

/** The columns first .. end - 1 of a layer, without biases. */
function partOf(rows: LayerRows, first: number, end: number): LayerRows {
  const at = rows.pairs.flatMap(({ lower }, p) => (lower >= first && lower < end ? [p] : []));
  const pick = (needs: Uint8Array) =>
    Uint8Array.from(
      Array.from({ length: 2 * rows.rows.length }, (_, entry) =>
        at.map((p) => needs[entry * rows.pairs.length + p] ?? 0),
      ).flat(),
    );
  return {
    ...rows,
    rows: rows.rows.map((row) => ({ ...row, bias: 0 })),
    pairs: at.flatMap((p) => rows.pairs[p] ?? []),
    lowerNeeds: pick(rows.lowerNeeds),
    upperNeeds: pick(rows.upperNeeds),
  };
}

/** The number of events at which their columns cost as much as all columns do together. */
function breakEvenOf(plan: EventPlan, sources: readonly Source[], dense: readonly Block[]): number {
  const columns = sources.flatMap(({ first, count, changes }) =>
    Array.from({ length: count }, (_, i) =>
      plan.blocks.reduce((sum, _, b) => sum + fragmentOf(needsOf(plan, first + i, b), changes, 0).cycles, 0),
    ),
  );
  const mean = columns.reduce((sum, one) => sum + one, 0) / Math.max(1, columns.length);
  const all = dense.reduce((sum, { rows, pairs }) => {
    const steps = pairs.flatMap((pair) => pair.steps);
    return sum + 2 * rows.length + steps.reduce((n, step) => n + 1 + step.additions.length, 2 * pairs.length);
  }, 0);
  return Math.floor(all / Math.max(1, mean));
}

/** What the rows of a block need of a column. */
export function needsOf(
  { rows, layer, assignment, blocks }: EventPlan,
  column: number,
  block: number,
): Need[] {
  const own = matricesOf(layer);
  const entries = filled(assignment)[block] ?? [];
  return (blocks[block] ?? []).flatMap(({ slot }) => {
    const entry = entries[slot] ?? VACANT;
    const row = entry >> 1;
    const matrix = own[Math.floor(row / layer.units)]?.matrix;
    const code = matrix?.codes[(row % layer.units) * matrix.columns + column] ?? CODE_ZERO;
    if (rows.rows.length === 0 || code === CODE_ZERO) return [];
    return [{ slot, level: code & 3, negative: ((code >> 2) ^ (entry & 1)) === 1 }];
  });
}

/** The slots of blocks that have rows. */
function filled({ slots, blocks }: Assignment): number[][] {
  const size = slots.length / blocks;
  return Array.from({ length: blocks }, (_, b) => [...slots.subarray(b * size, (b + 1) * size)]).filter(
    (block) => block.some((entry) => entry !== VACANT),
  );
}

/** Fragments of a source: by column and block, those that are equal once. */
export interface SourceCode {
  readonly labels: readonly (readonly string[])[];
  readonly fragments: readonly { readonly label: string; readonly fragment: Fragment }[];
  /** Cycles of an event by column. */
  readonly cycles: readonly number[];
}

/** offset: byte of a row where the addresses of this source's blocks begin */
export function sourceCode(plan: EventPlan, source: Source, offset: number): SourceCode {
  const known = new Map<string, string>();
  const fragments: { label: string; fragment: Fragment }[] = [];
  const cycles: number[] = [];
  const labels = Array.from({ length: source.count }, (_, i) => {
    let sum = 0;
    const row = plan.blocks.map((_, b) => {
      const fragment = fragmentOf(needsOf(plan, source.first + i, b), source.changes, offset + 4 * b);
      sum += fragment.cycles;
      const text = fragment.lines.join('\n');
      const label = known.get(text) ?? `.Lf${plan.index}_${source.first + i}_${b}`;
      if (!known.has(text)) fragments.push({ label, fragment });
      known.set(text, label);
      return label;
    });
    cycles.push(sum);
    return row;
  });
  return { labels, fragments, cycles };
}
