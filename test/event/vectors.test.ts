// SPDX-License-Identifier: Apache-2.0
/** The reference of event-based cells against integers of independent implementations: ours, and those of ../shared. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { term } from '../../compiler/core/fixed/fixed.ts';
import type { DeltaLayer } from '../../compiler/core/program/cells/delta.ts';
import type { EventEgruLayer } from '../../compiler/core/program/cells/event-egru.ts';
import type { Matrix } from '../../compiler/core/program/program.ts';
import { runnerOf } from '../../compiler/core/sim/runners/index.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { lackingRecordings, vectorsFile } from '../support/shared.ts';

interface Vectors {
  readonly cases: readonly {
    readonly name: string;
    readonly cell: Pick<EventEgruLayer, 'inputs' | 'units' | 'output' | 'signed' | 'reset'> & {
      readonly codesZ: readonly (readonly number[])[];
      readonly codesG: readonly (readonly number[])[];
      readonly biasZ: readonly number[];
      readonly biasG: readonly number[];
      readonly threshold: readonly number[];
    };
    readonly x: readonly (readonly number[])[];
    readonly expected: {
      readonly y: readonly (readonly number[])[];
      readonly events: readonly (readonly number[])[];
    };
  }[];
  readonly deltaInputs: {
    readonly threshold: number;
    readonly x: readonly (readonly number[])[];
    readonly expected: readonly (readonly number[])[];
  };
}

function matrixOf(codes: readonly (readonly number[])[], biases: readonly number[]): Matrix {
  const rows = codes.length;
  const bias = Int32Array.from(biases, (code) => term(code, 32768));
  const none = new Int32Array(rows);
  const columns = codes[0]?.length ?? 0;
  return { rows, columns, codes: Uint8Array.from(codes.flat()), bias, min: none, max: none };
}

const FILES = [
  ['of this repository', packagePath('test', 'vectors', 'event-egru.json')],
  ['beside it', vectorsFile('event', 'event-egru-integers.json')],
] as const;

describe.each(FILES)('vectors %s', (_, path) => {
  const here = !lackingRecordings(path);
  // Without ../shared only those of the repository are compared.
  const { cases, deltaInputs } = here
    ? (JSON.parse(readFileSync(path, 'utf8')) as Vectors)
    : { cases: [], deltaInputs: { threshold: 0, x: [], expected: [] } };

  test.skipIf(lackingRecordings(path))('outputs and events of every step, also after a reset', () => {
    expect(cases.map(({ name }) => name)).toContain('hold');
    for (const { name, cell, x, expected } of cases) {
      const { codesZ, codesG, biasZ, biasG, threshold, ...shape } = cell;
      const layer: EventEgruLayer = {
        ...{ type: 'event-egru', name, ...shape, threshold: Int16Array.from(threshold) },
        z: matrixOf(codesZ, biasZ),
        g: matrixOf(codesG, biasG),
      };
      const runner = runnerOf(layer);
      for (let round = 0; round < 2; round++) {
        runner.reset();
        let before: readonly number[] = threshold.map(() => 0);
        x.forEach((features, step) => {
          runner.step(Int32Array.from(features));
          const y = [...runner.outputs];
          expect({ name, step, y }).toEqual({ name, step, y: expected.y[step] });
          const silent = cell.output === 'hold' ? before : threshold.map(() => 0);
          const events = y.flatMap((value, unit) => (value === silent[unit] ? [] : [unit]));
          expect({ name, step, events }).toEqual({ name, step, events: expected.events[step] });
          before = y;
        });
      }
    }
  });

  test.skipIf(lackingRecordings(path))('inputs that are passed on', () => {
    const units = deltaInputs.x[0]?.length ?? 0;
    const threshold = new Int16Array(units).fill(deltaInputs.threshold);
    const layer: DeltaLayer = { type: 'delta', name: 'inputs', inputs: units, units, threshold };
    const runner = runnerOf(layer);
    runner.reset();
    const sent = deltaInputs.x.map((x) => {
      runner.step(Int32Array.from(x));
      return [...runner.outputs];
    });
    expect(sent).toEqual(deltaInputs.expected);
  });
});
