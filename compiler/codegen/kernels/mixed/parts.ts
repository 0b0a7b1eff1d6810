// SPDX-License-Identifier: Apache-2.0
/** What the blocks of a layer cost unrolled, as sparse rows and as packed rows: what the choice is made from. */
import type { Program } from '../../../core/program/program.ts';
import { packedTable } from '../packed/table.ts';
import { sparseTable } from '../sparse/table.ts';
import type { PlannedLayer } from '../unrolled/planned-layer.ts';
import type { RowTable } from '../unrolled/row-table.ts';
import { generateStep } from '../unrolled/unrolled.ts';
import type { Cost, Mode } from './knapsack.ts';

/** Makes a table of rows of a layer. */
export type MakeTable = (layer: PlannedLayer['rows'], rows: readonly number[]) => RowTable;
export const tableMakers: readonly MakeTable[] = [sparseTable, packedTable];

/** Which tables a mode may use, by index of tableMakers: none, each alone, both. */
export const modes: readonly (readonly number[])[] = [[], [0], [1], [0, 1]];

/** Rows of each block of a layer, as indices of its rows. */
export function blockRows({ rows, blocks }: PlannedLayer): number[][] {
  const index = new Map(rows.rows.map((row, i) => [row, i]));
  return blocks.map((block) => block.rows.map(({ row }) => index.get(row) ?? 0));
}

/**
 * The modes of each layer: those of `modes` with its blocks as the first variant has them, then with the second one's,
 * where these are others.
 */
export function layerModes(program: Program, variants: readonly (readonly PlannedLayer[])[]): Mode[][] {
  const [first = [], ...others] = variants;
  const inputs = variants.map((planned) => inputCosts(program, planned));
  const more = others.map((planned, v) =>
    variantModes(program, planned).map((own, layer) => {
      if (planned[layer] === first[layer]) return [];
      // Tables read the inputs as the first variant's blocks do.
      return own.map((mode, m) => {
        const all = plus(mode.fixed, inputs[v + 1]?.[layer] ?? NOTHING);
        const less = inputs[0]?.[layer] ?? NOTHING;
        const fixed =
          modes[m]?.length === 0
            ? { bytes: Math.max(0, all.bytes - less.bytes), cycles: all.cycles - less.cycles }
            : all;
        return { ...mode, fixed };
      });
    }),
  );
  return variantModes(program, first).map((own, layer) => [
    ...own,
    ...more.flatMap((one) => one[layer] ?? []),
  ]);
}

const NOTHING: Cost = { bytes: 0, cycles: 0 };

/** What each layer's inputs cost. */
function inputCosts(program: Program, planned: readonly PlannedLayer[]): Cost[] {
  const { sections } = generateStep(program, planned);
  return planned.map((_, layer) =>
    sections
      .filter((section) => section.layer === layer && section.kind === 'inputs')
      .reduce((sum, { bytes, max }) => plus(sum, { bytes, cycles: max }), NOTHING),
  );
}

function variantModes(program: Program, planned: readonly PlannedLayer[]): Mode[][] {
  const unrolled = blockCosts(program, planned);
  const tables = tableMakers.map((make) => tableCosts(program, planned, make));
  return planned.map((_, layer) => {
    const own = unrolled[layer] ?? [];
    return modes.map((allowed): Mode => {
      const used = allowed.map((table) => tables[table]?.[layer]).filter((one) => one !== undefined);
      return {
        fixed: used.reduce((sum, { fixed }) => plus(sum, fixed), { bytes: 0, cycles: 0 }),
        parts: own.map((cost, block) => [
          cost,
          ...tables.map((table, index) =>
            allowed.includes(index) ? (table[layer]?.blocks[block] ?? null) : null,
          ),
        ]),
      };
    });
  });
}

/** Of every block of every layer, unrolled. */
function blockCosts(program: Program, planned: readonly PlannedLayer[]): Cost[][] {
  const { sections } = generateStep(program, planned);
  return planned.map(({ blocks }, layer) => {
    const own = sections.filter(
      (section) => section.layer === layer && (section.kind === 'matrix' || section.kind === 'outputs'),
    );
    return blocks.map((_, b) =>
      own
        .slice(2 * b, 2 * b + 2)
        .reduce((sum, { bytes, max }) => plus(sum, { bytes, cycles: max }), { bytes: 0, cycles: 0 }),
    );
  });
}

/** Of every layer: what a table costs before its first row, and what each block costs in it. */
function tableCosts(
  program: Program,
  planned: readonly PlannedLayer[],
  make: MakeTable,
): { fixed: Cost; blocks: Cost[] }[] {
  // Costs grow with rows evenly but for their fixed part: two tables of each layer tell both.
  const whole = planned.map((layer) => make(layer.rows, blockRows(layer).flat()));
  const costs = costsOf(
    program,
    planned.map((layer, i) => ({ ...layer, blocks: [], tables: whole[i] === undefined ? [] : [whole[i]] })),
  );
  return planned.map((layer, i) => {
    const all = costs[i] ?? { bytes: 0, cycles: 0 };
    const table = whole[i];
    const rows = layer.rows.rows.length;
    const fixed = table?.fixed ?? { bytes: 0, cycles: 0 };
    const own = blockRows(layer).map((block) =>
      block.reduce((sum, row) => plus(sum, table?.rowCost(row) ?? sum), { bytes: 0, cycles: 0 }),
    );
    const known = own.reduce(plus, fixed);
    // What remains is done with accumulators: the same for every row.
    const rest = { bytes: (all.bytes - known.bytes) / rows, cycles: (all.cycles - known.cycles) / rows };
    return {
      fixed,
      blocks: own.map((cost, b) => {
        const n = blockRows(layer)[b]?.length ?? 0;
        return plus(cost, { bytes: Math.ceil(n * rest.bytes), cycles: n * rest.cycles });
      }),
    };
  });
}

/** Tables and what follows them, by layer. */
function costsOf(program: Program, planned: readonly PlannedLayer[]): Cost[] {
  const { sections } = generateStep(program, planned);
  return planned.map(({ tables }, layer) =>
    sections
      .filter(
        (section) => section.layer === layer && (section.kind === 'table' || section.kind === 'outputs'),
      )
      .reduce((sum, { bytes, max }) => plus(sum, { bytes, cycles: max }), {
        bytes: tables.reduce((sum, { data }) => sum + data.byteLength, 0),
        cycles: 0,
      }),
  );
}

function plus(a: Cost, b: Cost): Cost {
  return { bytes: a.bytes + b.bytes, cycles: a.cycles + b.cycles };
}
