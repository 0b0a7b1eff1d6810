// SPDX-License-Identifier: Apache-2.0
/** The schedule as C: the same blocks, columns and sums in the same order, for the host and for chips without the assembly. */
import { hex } from '../../../core/base/hex.ts';
import { cellOf } from '../../../core/program/cells/index.ts';
import { stateLayout } from '../../../core/program/layout.ts';
import { type Layer, outputsOf, type Program } from '../../../core/program/program.ts';
import { alignedRows } from '../../text/c-array.ts';
import type { Names } from '../../text/names.ts';
import { unrolledCell } from './cells/index.ts';
import type { StepMemory } from './memory.ts';
import { frameInputs } from './memory.ts';
import type { Block, PlannedPair, PlannedRow, Step } from './plan.ts';
import type { PlannedLayer } from './planned-layer.ts';

const tablesHead = (runtime: string) => `#include "${runtime}egru.h"
#include "${runtime}egru_config.h"
#include "${runtime}egru_fixed.h"
#include "${runtime}egru_rows.h"

typedef egru_q15 q15;
`;

const head = (runtime: string) => `#include "${runtime}egru.h"
#include "${runtime}egru_config.h"
#include "${runtime}egru_fixed.h"

/* Outputs live in the caller's words: this type tells the compiler that they alias. */
typedef int16_t EGRU_MAY_ALIAS q15;
`;

/** The step's C file, without its banner. */
export function writeGenericC(
  program: Program,
  layers: readonly PlannedLayer[],
  memory: StepMemory,
  { step, runtime }: Names,
): string {
  const withTables = layers.some(({ tables }) => tables.length > 0);
  const parts = [withTables ? tablesHead(runtime) : head(runtime)];
  const helpers = layers.map(({ layer }) => unrolledCell(layer).c.helper);
  parts.push(...new Set(helpers.filter((helper) => helper !== null)));
  layers.forEach(({ layer, blocks }, index) => {
    blocks.forEach((block, b) => {
      parts.push(blockFunction(layer, block, blockName(index, b)));
    });
  });
  layers.forEach(({ tables }, index) => {
    for (const { name, data } of tables) parts.push(tableArray(dataName(index, name), data));
  });
  parts.push(stepFunction(program, layers, memory, step));
  return parts.join('\n');
}

function dataName(layer: number, table: string): string {
  return `layer${layer}_${table}`;
}

function tableArray(name: string, words: Uint32Array): string {
  const rows = alignedRows(Array.from(words, (word) => hex(word, 8)));
  return [
    `static const uint32_t ${name}[${words.length}] = {`,
    ...rows.map((row) => `    ${row}`),
    '};',
    '',
  ].join('\n');
}

/** The rows that tables compute: inputs as the frame has them, the tables' calls, and what becomes of the accumulators. */
function tableLines(
  planned: PlannedLayer,
  index: number,
  memory: StepMemory,
  x: string,
  y: string,
): string[] {
  const { layer, rows, tables } = planned;
  const { c } = unrolledCell(layer);
  const states = cellOf(layer).recurrent ? layer.units : 0;
  const halves = 2 * frameInputs(planned);
  const h = layer.inputs + (layer.inputs & 1);
  const copy = (n: number, to: number, from: string) => [
    `for (unsigned i = 0; i < ${n}; i++) {`,
    `    u[${to === 0 ? 'i' : `${to} + i`}] = (${from})[i];`,
    '}',
  ];
  let at = memory.accumulators;
  const calls = tables.map((table) => {
    const accumulators = `state + ${at / 4}`;
    at += 4 * table.accumulatorWords;
    const names = {
      ...{ data: dataName(index, table.name), inputs: 'u', accumulators },
      work: `state + ${memory.work / 4}`,
    };
    const stored = table.order.map((row, i) => {
      const found = rows.rows[row];
      if (found === undefined) throw new Error(`the layer has no row ${row}`);
      const target = c
        .target(layer, found)
        .replace(/^(y|logits)\[/, c.locals(layer).length === 0 ? `(${y})[` : '$1[');
      return `${target} = ${c.stored(layer, `(${accumulators})[${i}]`)};`;
    });
    return ['{', ...[...table.c(names), ...stored].map((line) => `    ${line}`), '}'];
  });
  return [
    `q15 u[${halves}] = {0};`,
    ...copy(layer.inputs, 0, x),
    ...(states === 0 ? [] : copy(states, h, y)),
    ...calls.flat(),
  ];
}

function blockName(layer: number, block: number): string {
  return `layer${layer}_block${block}`;
}

function blockFunction(layer: Layer, block: Block, name: string): string {
  const { c } = unrolledCell(layer);
  const targets = c.targets(layer);
  const target = ({ row }: PlannedRow) => c.target(layer, row);
  const body = block.pairs.flatMap((pair) => pairLines(layer, pair));
  const used = new Set(body.join(' ').match(/\b(?:[utv]|[xh](?=\[))/g) ?? []);
  const sources = cellOf(layer).recurrent ? ['x', 'h'] : ['x'];
  const args = [...sources.map((source) => `const q15 *${source}`), ...targets];
  const output = new Set(block.rows.map((row) => target(row).split('[')[0]));
  const unused = [
    ...sources.filter((source) => !used.has(source)),
    ...targets.map((one) => one.replace(/.*\*/, '')).filter((one) => !output.has(one)),
  ];
  const temporaries = ['u', 'v', 't'].filter((one) => used.has(one));
  return [
    `static void ${name}(${args.join(', ')}) {`,
    ...unused.map((one) => `    (void)${one};`),
    ...(temporaries.length > 0 ? [`    int32_t ${temporaries.join(', ')};`] : []),
    ...block.rows.map((row) => `    int32_t a${row.slot} = ${start(row)}; ${rowComment(row)}`),
    ...body,
    ...block.rows.map((row) => `    ${target(row)} = ${c.stored(layer, finished(row))};`),
    '}',
    '',
  ].join('\n');
}

function rowComment({ row, negated }: PlannedRow): string {
  const name = row.gate === '' ? `row ${row.unit}` : `${row.gate}[${row.unit}]`;
  return `/* ${negated ? 'minus ' : ''}${name} */`;
}

function start({ row, negated }: PlannedRow): string {
  return String(negated ? 0 - row.bias : row.bias);
}

function finished({ slot, negated }: PlannedRow): string {
  return negated ? `-a${slot}` : `a${slot}`;
}

function pairLines(layer: Layer, { pair, steps }: PlannedPair): string[] {
  const element = (column: number) =>
    column < layer.inputs ? `x[${column}]` : `h[${column - layer.inputs}]`;
  const uses = (column: number) =>
    steps.some((step) => step.kind === 'combination' || step.column === column);
  const loads = [
    ...(pair.upper >= 0 && uses(pair.upper) ? [`u = ${element(pair.upper)};`] : []),
    ...(uses(pair.lower) ? [`v = ${element(pair.lower)};`] : []),
  ];
  const lines = [`    ${loads.join(' ')}`];
  let inT = '';
  for (const step of steps) {
    if (step.additions.length === 0) continue;
    const { value, negative } = signedValue(
      step,
      step.kind === 'path' && step.column === pair.upper ? 'u' : 'v',
    );
    let operand = value;
    const statements: string[] = [];
    if (value.length > 1) {
      if (inT !== value) statements.push(`t = ${value};`);
      inT = value;
      operand = 't';
    }
    for (const { slot, subtract } of step.additions) {
      statements.push(`a${slot} ${subtract !== negative ? '-=' : '+='} ${operand};`);
    }
    lines.push(...wrapped(statements));
  }
  return lines;
}

/** A step's value without its sign, and whether the sign is negative. */
function signedValue(step: Step, column: 'u' | 'v'): { value: string; negative: boolean } {
  if (step.kind === 'path') {
    const { state } = step.step.held;
    return { value: shifted(column, state >> 1), negative: (state & 1) === 1 };
  }
  const { upper, lower } = step.combination;
  const bracket = (text: string) => (text.length > 1 ? `(${text})` : text);
  const [u, v] = [bracket(shifted('u', upper >> 1)), bracket(shifted('v', lower >> 1))];
  if ((upper & 1) === (lower & 1)) return { value: `${u} + ${v}`, negative: (upper & 1) === 1 };
  return { value: `${u} - ${v}`, negative: (upper & 1) === 1 };
}

function shifted(name: string, level: number): string {
  return level === 0 ? name : `${name} >> ${level}`;
}

const WIDTH = 100;

function wrapped(statements: readonly string[]): string[] {
  const lines: string[] = [];
  let line = '   ';
  for (const statement of statements) {
    if (line.length + 1 + statement.length > WIDTH) {
      lines.push(line);
      line = '       ';
    }
    line += ` ${statement}`;
  }
  return [...lines, line];
}

function stepFunction(
  program: Program,
  layers: readonly PlannedLayer[],
  memory: StepMemory,
  step: string,
): string {
  const { outputs } = stateLayout(program);
  const lines = [
    `void ${step}(const egru_model *model, int32_t *state, const int16_t *features, int32_t *logits) {`,
    '    q15 *const outputs = (q15 *)state;',
    '    (void)model;',
    // Without a layer that keeps its outputs nothing else would use them.
    ...(outputs.every((own) => own === null) ? ['    (void)outputs;'] : []),
  ];
  let x = 'features';
  layers.forEach((planned, index) => {
    const { layer, blocks, tables } = planned;
    const own = outputs[index] ?? null;
    const y = own === null ? 'logits' : `outputs + ${own}`;
    lines.push('    {');
    const { c } = unrolledCell(layer);
    const locals = c.locals(layer);
    lines.push(...locals.map(({ declaration }) => `        ${declaration}`));
    const sources = cellOf(layer).recurrent ? [x, y] : [x];
    // Without locals the rows go to the outputs themselves.
    const args = [...sources, ...(locals.length === 0 ? [y] : locals.map(({ name }) => name))];
    for (const b of blocks.keys()) lines.push(`        ${blockName(index, b)}(${args.join(', ')});`);
    if (tables.length > 0) {
      const body = tableLines(planned, index, memory, x, y).map((line) => `    ${line}`);
      lines.push('        {', ...body.map((line) => `        ${line}`), '        }');
    }
    const finish = c.finish(layer, y, x);
    if (finish !== null) lines.push(`        ${finish}`);
    lines.push('    }');
    x = y;
  });
  if (x !== 'logits') {
    lines.push(
      `    for (unsigned i = 0; i < ${outputsOf(program)}; i++) {`,
      `        logits[i] = (${x})[i];`,
      '    }',
    );
  }
  return [...lines, '}', ''].join('\n');
}
