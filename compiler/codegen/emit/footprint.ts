// SPDX-License-Identifier: Apache-2.0
/** What kernel and model take on the chip, known before anything is compiled; feature extractor and drivers apart. */

import { stateWords } from '../../core/program/layout.ts';
import { inputsOf, outputsOf, type Program } from '../../core/program/program.ts';
import { type KernelName, kernelOf } from '../kernels/index.ts';

const LAYER_RECORD = 20;

/** Bytes of code and constants; within 3 % of what arm-none-eabi-gcc 12.2 makes (test/report/estimate.test.ts). */
export function kernelFlash(program: Program, kernel: KernelName): number {
  return kernelOf(kernel).flash(program) + recordBytes(program);
}

/** Bytes that an application provides, exactly: state, features, logits. */
export function kernelRam(program: Program, kernel: KernelName): number {
  const words = stateWords(program, kernelOf(kernel).scratchWords(program));
  return 4 * words + 2 * inputsOf(program) + 4 * outputsOf(program);
}

/** Descriptors of the layers, and the texts with their pointers, each a multiple of 4 bytes. */
function recordBytes({ layers, labels, name }: Program): number {
  const text = (value: string) => 4 * Math.ceil((new TextEncoder().encode(value).length + 1) / 4);
  return labels.reduce((sum, label) => sum + 4 + text(label), LAYER_RECORD * layers.length + text(name));
}
