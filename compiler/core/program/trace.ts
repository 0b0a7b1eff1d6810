// SPDX-License-Identifier: Apache-2.0
import { inputsOf, type Program } from './program.ts';

/** One group of integers in the trace of a step. */
export interface TraceGroup {
  /** "features" or the layer's name. */
  readonly name: string;
  /** -1 for the features, else the layer's index. */
  readonly layer: number;
  /** Where it begins in a step's record, in values. */
  readonly offset: number;
  readonly units: number;
}

/** What a step's trace holds, in order: the features, then the outputs of every layer; the last are the logits. */
export interface TraceLayout {
  readonly groups: readonly TraceGroup[];
  /** int32 values per step. */
  readonly width: number;
}

/** The columns of a clip's trace. */
export function traceLayout(program: Program): TraceLayout {
  const features = { name: 'features', layer: -1, offset: 0, units: inputsOf(program) };
  const groups: TraceGroup[] = [features];
  let offset = features.units;
  program.layers.forEach(({ name, units }, layer) => {
    groups.push({ name, layer, offset, units });
    offset += units;
  });
  return { groups, width: offset };
}
