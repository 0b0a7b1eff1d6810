// SPDX-License-Identifier: Apache-2.0
/** What kernel and model take on the chip, known before anything is compiled; front end and drivers apart. */

import { stateWords } from '../../core/program/layout.ts';
import { inputsOf, type Layer, matricesOf, outputsOf, type Program } from '../../core/program/program.ts';
import { packCodes } from '../kernels/packed/codes.ts';
import { generateUnrolled } from '../kernels/unrolled/unrolled.ts';
import { type KernelName, kernelFacts } from './emit.ts';

/** Bytes of code beside the model: egru.c with the packed step; egru.c alone; the cell with its softsigns. */
const PACKED_CODE = 2195;
const COMMON_CODE = 357;
const CELL_CODE = 5580;
const LAYER_RECORD = 20;

/** Bytes of code and constants; within 3 % of what arm-none-eabi-gcc 12.2 makes (test/report/estimate.test.ts). */
export function kernelFlash(program: Program, kernel: KernelName): number {
  if (kernel === 'packed') return PACKED_CODE + packedTables(program) + recordBytes(program);
  const cell = program.layers.some(({ type }) => type === 'egru') ? CELL_CODE : 0;
  return generateUnrolled(program).flash + COMMON_CODE + cell + recordBytes(program);
}

/** Bytes that an application provides, exactly: state, features, logits. */
export function kernelRam(program: Program, kernel: KernelName): number {
  const { scratchWords } = kernelFacts(program, kernel);
  return 4 * stateWords(program, scratchWords) + 2 * inputsOf(program) + 4 * outputsOf(program);
}

/** Biases of a layer in the packed kernel, in bytes. */
export function biasBytes(layer: Layer): number {
  return matricesOf(layer).reduce((sum, { matrix }) => sum + matrix.bias.byteLength, 0);
}

function packedTables({ layers }: Program): number {
  return layers.reduce((sum, layer) => sum + packCodes(layer).halfwords.byteLength + biasBytes(layer), 0);
}

/** Descriptors of the layers, and the texts with their pointers, each a multiple of 4 bytes. */
function recordBytes({ layers, labels, name }: Program): number {
  const text = (value: string) => 4 * Math.ceil((new TextEncoder().encode(value).length + 1) / 4);
  return labels.reduce((sum, label) => sum + 4 + text(label), LAYER_RECORD * layers.length + text(name));
}
