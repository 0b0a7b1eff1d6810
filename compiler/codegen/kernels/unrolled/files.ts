// SPDX-License-Identifier: Apache-2.0
/** The step's assembly file around the generated instructions; both files are safe to hand to any compiler. */
import { hex } from '../../../core/base/hex.ts';
import type { Names } from '../../text/names.ts';
import type { LayerEstimate } from './layer-estimate.ts';
import type { OwnData } from './planned-layer.ts';

export interface AssemblyFacts {
  readonly names: Names;
  readonly body: string;
  readonly data: readonly { readonly symbol: string; readonly words: Uint32Array }[];
  /** Words of layers that write their own code, and what computed jumps go to. */
  readonly constants: readonly OwnData[];
  readonly jumps: readonly OwnData[];
  readonly stack: number;
  /** What it calls, for its comment, and the stack of that. */
  readonly called: { readonly name: string; readonly stack: number };
  readonly min: number;
  readonly max: number;
  readonly layers: readonly LayerEstimate[];
}

/** The whole file without its banner. */
export function assemblyFile(facts: AssemblyFacts): string {
  const { names, body, data, constants, jumps, stack, called, min, max, layers } = facts;
  const { step, runtime } = names;
  const rows = layers.map(({ name, rows, nonZero, min, max, bytes }, index) =>
    [
      ` * layer ${index} ${safe(name)}: ${rows} rows, ${nonZero} weights that are not zero,`,
      `${min === max ? min : `${min} .. ${max}`} cycles, ${bytes} bytes`,
    ].join(' '),
  );
  return [
    `/* void ${step}(const egru_model *model, int32_t *state, const int16_t *features, int32_t *logits)`,
    ' *',
    ` * One time step, ${data.length === 0 ? 'every weight that is not zero an instruction' : 'weights as instructions or in tables'}. AAPCS; ${stack} bytes of stack, and ${called.stack} more in`,
    ` * ${called.name}. Nothing is ever written below the stack pointer, so interrupts may come at any time.`,
    ` * ${min === max ? min : `${min} .. ${max}`} cycles with zero wait states:`,
    ...rows,
    ' *',
    ' * Each layer copies its inputs to the stack, two to a word. Blocks of rows then run over the columns with their',
    ' * accumulators in r0 .. r5, r8 .. r12 and lr; r7 takes a word of inputs, r6 and r7 what becomes of it. Where r6 or',
    ' * r7 hold ~x for -x, the constant that the accumulator started from makes up for the difference of 1. */',
    `#include "${runtime}egru_target.h"`,
    '',
    '#ifdef EGRU_M0',
    '',
    '    .syntax unified',
    '    .cpu cortex-m0plus',
    '    .thumb',
    '',
    `    .section .text.${step}, "ax", %progbits`,
    '    .balign 8',
    `    .global ${step}`,
    `    .type ${step}, %function`,
    `    .set ${step}.stack, ${stack}`,
    ...layers.map((_, index) => `    .type ${step}.layer${index}, %object`),
    body.trimEnd(),
    `    .size ${step}, . - ${step}`,
    '',
    ...data.flatMap(({ symbol, words }) =>
      table(
        step,
        symbol,
        Array.from(words, (word) => hex(word, 8)),
      ),
    ),
    ...constants.flatMap(({ symbol, words }) => table(step, symbol, words)),
    ...(jumps.length === 0 ? [] : jumpTables(step, jumps)),
    '#endif',
    '',
  ].join('\n');
}

/** One object, which the proof of the stack reads (compiler/machines/toolchain/stack.ts). */
function jumpTables(step: string, tables: readonly OwnData[]): string[] {
  const all = `${step}.jumps`;
  return [
    ...[`    .section .rodata.${step}, "a", %progbits`, '    .balign 4'],
    ...[`    .global ${all}`, `    .type ${all}, %object`, `${all}:`],
    ...tables.flatMap(({ symbol, words }) => table(step, symbol, words)),
    ...[`    .size ${all}, . - ${all}`, ''],
  ];
}

function table(step: string, symbol: string, words: readonly string[]): string[] {
  const rows = Array.from({ length: Math.ceil(words.length / 8) }, (_, i) =>
    words.slice(8 * i, 8 * i + 8).join(', '),
  );
  return [
    `    .section .rodata.${step}, "a", %progbits`,
    '    .balign 4',
    `${symbol}:`,
    ...rows.map((row) => `    .word ${row}`),
    '',
  ];
}

/** The whole file without its banner. */
export function genericFile({ step, runtime }: Names, body: string): string {
  return [
    `#include "${runtime}egru_target.h"`,
    '',
    `#ifndef EGRU_M0 /* otherwise ${step}.S */`,
    body.trimEnd(),
    '#else',
    `typedef int ${step}_is_in_assembly; /* C wants a declaration in every file */`,
    '#endif',
    '',
  ].join('\n');
}

/** Names come from the user: nothing that could end a comment. */
function safe(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]/g, '_');
}
