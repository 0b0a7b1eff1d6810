// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../base/errors.ts';
import { cellOf } from './cells/index.ts';
import type { Layer, Program } from './program.ts';

/** Where a program's outputs stand in the state words that the application provides, whatever the kernel. */
export interface StateLayout {
  /**
   * Halfword offset of each layer's int16 outputs, even; null for a last layer whose outputs are the logits. Behind the
   * outputs, from the next even halfword on, stands what its cell keeps besides.
   */
  readonly outputs: readonly (number | null)[];
  /** Word where the kernel's scratch begins: behind all outputs. */
  readonly scratch: number;
}

/** What egru_model and egru_layer (runtime-c/egru.h) count with: 16 bits. */
const LIMIT = 65535;

/** Whether a layer keeps its outputs in the state; otherwise they are the logits. */
export function keepsOutputs(layer: Layer): boolean {
  return !cellOf(layer).givesLogits(layer);
}

/**
 * The state: outputs of the layers in order, each as int16 from an even halfword on with what the cell keeps besides
 * behind them; then the scratch.
 * @throws InputError where the outputs do not fit the 16-bit offsets of the runtime
 */
export function stateLayout(program: Program): StateLayout {
  const outputs: (number | null)[] = [];
  let halfwords = 0;
  for (const layer of program.layers) {
    outputs.push(keepsOutputs(layer) ? halfwords : null);
    if (keepsOutputs(layer)) halfwords += even(layer.units);
    halfwords += even(cellOf(layer).hidden?.(layer, layer) ?? 0);
    if (halfwords > LIMIT) {
      throw new InputError(
        program.name,
        `the layers up to "${layer.name}" have more than ${LIMIT} outputs and states, which no memory can hold; use fewer units`,
      );
    }
  }
  return { outputs, scratch: halfwords / 2 };
}

/** The next even number. */
function even(count: number): number {
  return count + (count & 1);
}

/**
 * Words of state for a kernel that needs `scratchWords` words of scratch.
 * @throws InputError where they do not fit the 16-bit count of the runtime
 */
export function stateWords(program: Program, scratchWords: number): number {
  const words = stateLayout(program).scratch + scratchWords;
  if (words > LIMIT) {
    throw new InputError(
      program.name,
      `a step needs ${words} words of memory, the runtime counts to ${LIMIT}; use fewer units`,
    );
  }
  return words;
}
