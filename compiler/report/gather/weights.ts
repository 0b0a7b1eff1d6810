// SPDX-License-Identifier: Apache-2.0
/** What quantization did to each matrix: weights as they were trained, and the levels that they became. */

import type { Model } from '../../core/model/model.ts';
import { cellOf } from '../../core/program/cells/index.ts';
import type { MatrixInspection } from '../inspect/inspection.ts';

export interface WeightFacts {
  /** Layer and gate, e.g. "gru1.z". */
  readonly name: string;
  readonly weights: number;
  /** Number of weights at each of LEVELS. */
  readonly levels: readonly number[];
  /** Numbers of weights by value; null: a program.json has integers only. */
  readonly trained: TrainedWeights | null;
}

export interface TrainedWeights {
  /** Bin i holds FROM + i * WIDTH up to the next; the outermost also what lies beyond. */
  readonly counts: readonly number[];
  /** Whether every weight was at a level before: nothing was lost. */
  readonly atLevels: boolean;
}

/** Of the bins: levels lie in the middle of one each. */
export const WIDTH = 0.05;
export const FROM = -1.275;
export const BINS = 51;

const LEVEL_VALUES = new Set([0, 0.25, 0.5, 1]);

/** @param model null: a program.json */
export function gatherWeights(matrices: readonly MatrixInspection[], model: Model | null): WeightFacts[] {
  const trained = new Map<string, TrainedWeights>();
  for (const layer of model?.layers ?? []) {
    cellOf(layer).gates.forEach(({ name }, gate) => {
      const values = layer.linears[gate]?.weight.values;
      if (values !== undefined)
        trained.set(name === '' ? layer.name : `${layer.name}.${name}`, count(values));
    });
  }
  return matrices.map(({ name, rows, columns, histogram }) => ({
    ...{ name, weights: rows * columns, levels: histogram, trained: trained.get(name) ?? null },
  }));
}

function count(values: Float64Array): TrainedWeights {
  const counts = new Array<number>(BINS).fill(0);
  let atLevels = true;
  for (const value of values) {
    const bin = Math.max(0, Math.min(BINS - 1, Math.floor((value - FROM) / WIDTH + 1e-9)));
    counts[bin] = (counts[bin] ?? 0) + 1;
    atLevels &&= LEVEL_VALUES.has(Math.abs(value));
  }
  return { counts, atLevels };
}
