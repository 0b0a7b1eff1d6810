// SPDX-License-Identifier: Apache-2.0
/** The step's assembly file around the generated instructions; both files are safe to hand to any compiler. */
import { hex } from '../../../core/base/hex.ts';
import type { Names } from '../../text/names.ts';
import type { LayerEstimate } from './layer-estimate.ts';

export interface AssemblyFacts {
  readonly names: Names;
  readonly body: string;
  readonly data: readonly { readonly symbol: string; readonly words: Uint32Array }[];
  readonly stack: number;
  /** What it calls, for its comment, and the stack of that. */
  readonly called: { readonly name: string; readonly stack: number };
  readonly min: number;
  readonly max: number;
  readonly layers: readonly LayerEstimate[];
}

/** The whole file without its banner. */
export function assemblyFile({ names, body, data, stack, called, min, max, layers }: AssemblyFacts): string {
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
    ...data.flatMap(({ symbol, words }) => table(step, symbol, words)),
    '#endif',
    '',
  ].join('\n');
}

function table(step: string, symbol: string, words: Uint32Array): string[] {
  const rows = Array.from({ length: Math.ceil(words.length / 8) }, (_, i) =>
    Array.from(words.subarray(8 * i, 8 * i + 8), (word) => hex(word, 8)).join(', '),
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
