// SPDX-License-Identifier: Apache-2.0
/** The toy network of test/vectors/toy.json as a program, built from its codes and biases: no quantizer involved. */
import { readFileSync } from 'node:fs';
import type { DenseLayer } from '../../compiler/core/program/cells/dense.ts';
import type { EgruLayer } from '../../compiler/core/program/cells/egru.ts';
import type { Matrix, Program } from '../../compiler/core/program/program.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';

export interface ToyStep {
  readonly x: number[];
  readonly h: number[];
  readonly logits: number[];
}

interface ToyFile {
  readonly codes: Record<'z' | 'g' | 'o', number[][]>;
  readonly biases: Record<'z' | 'g' | 'o', number[]>;
  readonly steps: ToyStep[];
}

const file = JSON.parse(readFileSync(packagePath('test', 'vectors', 'toy.json'), 'utf8')) as ToyFile;

/** Inputs and expected outputs of each step, from the independent implementation. */
export const toySteps: readonly ToyStep[] = file.steps;

export function toyProgram(changes: Partial<Program> = {}): Program {
  const gru: EgruLayer = {
    type: 'egru',
    name: 'gru',
    inputs: 2,
    units: 3,
    z: matrix('z'),
    g: matrix('g'),
    initialState: new Int16Array(3),
  };
  const out: DenseLayer = {
    type: 'dense',
    name: 'out',
    inputs: 3,
    units: 2,
    activation: 'none',
    matrix: matrix('o'),
  };
  return {
    version: 1,
    name: 'toy',
    labels: ['left', 'right'],
    source: { file: 'toy.json', sha256: '0'.repeat(64) },
    quantizer: 'code',
    bias: 'septenary',
    frontend: null,
    layers: [gru, out],
    readout: { steps: file.steps.length, rule: 'sum' },
    ...changes,
  };
}

function matrix(name: 'z' | 'g' | 'o'): Matrix {
  const rows = file.codes[name];
  const bias = Int32Array.from(file.biases[name]);
  // Every input is within ±32768 and every weight within ±1.
  const reach = rows.map((row) => row.filter((code) => code !== 7).length * 32768);
  return {
    rows: rows.length,
    columns: rows[0]?.length ?? 0,
    codes: Uint8Array.from(rows.flat()),
    bias,
    min: bias.map((value, row) => value - (reach[row] ?? 0)),
    max: bias.map((value, row) => value + (reach[row] ?? 0)),
  };
}
