// SPDX-License-Identifier: Apache-2.0
import { builtInTypes, cellOf } from '../../core/program/cells/index.ts';
import type { Layer, Program } from '../../core/program/program.ts';

/**
 * The types of a program's cells in the order of egru_layer.type: those of egru_layer_type (runtime-c/egru.h), then the
 * program's own.
 */
export function layerTypes({ layers }: Program): readonly string[] {
  return [...new Set([...builtInTypes, ...layers.map(({ type }) => type)])];
}

/** egru_layer.type of a layer as C has it. */
export function cType(program: Program, { type }: Layer): string {
  return builtInTypes.includes(type)
    ? `EGRU_LAYER_${type.toUpperCase()}`
    : String(layerTypes(program).indexOf(type));
}

/** egru_layer.activation of a layer as C has it. */
export function cActivation(layer: Layer): string {
  const options = cellOf(layer).options?.(layer);
  if (options !== undefined) return String(options);
  return `EGRU_ACTIVATION_${(cellOf(layer).activation(layer) ?? 'none').toUpperCase()}`;
}
