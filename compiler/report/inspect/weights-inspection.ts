// SPDX-License-Identifier: Apache-2.0
/** What a weights file holds: tensors, their ranges, and how many weights each level would get. */
import { codeOf } from '../../core/quant/levels.ts';
import { bytesOf, type WeightsFile } from '../../core/weights/tensors.ts';
import { LEVELS } from './inspection.ts';

export interface TensorInspection {
  readonly name: string;
  readonly shape: readonly number[];
  readonly format: string;
  /** null: no values, or of a type that is not read. */
  readonly min: number | null;
  readonly max: number | null;
  /** Share of the values at each of LEVELS, with the quantizer "code"; null as above. */
  readonly shares: readonly number[] | null;
}

export interface WeightsInspection {
  readonly kind: 'weights';
  readonly tensors: readonly TensorInspection[];
  /** Texts beside the tensors. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Other objects, which are not read. */
  readonly skipped: readonly string[];
}

export function inspectWeights({ tensors, metadata, skipped = [] }: WeightsFile): WeightsInspection {
  const rows = [...tensors].map(([name, { shape, format, values }]): TensorInspection => {
    const numbers = bytesOf(format) === undefined ? new Float64Array() : values();
    const head = { name, shape, format };
    if (numbers.length === 0) return { ...head, min: null, max: null, shares: null };
    const counts = new Array<number>(8).fill(0);
    for (const value of numbers) {
      const code = codeOf(value, 'code');
      counts[code] = (counts[code] ?? 0) + 1;
    }
    return {
      ...head,
      min: numbers.reduce((a, b) => Math.min(a, b)),
      max: numbers.reduce((a, b) => Math.max(a, b)),
      shares: LEVELS.map(({ code }) => (counts[code] ?? 0) / numbers.length),
    };
  });
  return { kind: 'weights', tensors: rows, metadata: Object.fromEntries(metadata), skipped };
}
