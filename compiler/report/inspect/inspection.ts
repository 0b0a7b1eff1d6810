// SPDX-License-Identifier: Apache-2.0
/** What is inside a program: layers, weights by level, sizes, ranges of the accumulators, identity. */

import { ownTables } from '../../codegen/kernels/packed/cells.ts';
import { biasBytes, codeBytes, packedScratchWords } from '../../codegen/kernels/packed/codes.ts';
import { CODE_ZERO } from '../../core/fixed/fixed.ts';
import { cellOf, matricesOf } from '../../core/program/cells/index.ts';
import { frontendDigest, programDigest } from '../../core/program/digest.ts';
import type { FrontendDefinition } from '../../core/program/frontend-program.ts';
import { stateWords } from '../../core/program/layout.ts';
import type { Layer, Matrix, Program } from '../../core/program/program.ts';
import { type DetectionInspection, inspectDetection } from './detection.ts';

/** Levels in the order of reports, with their codes. */
export const LEVELS = [
  { name: '+1', code: 0 },
  { name: '+1/2', code: 1 },
  { name: '+1/4', code: 2 },
  { name: '0', code: CODE_ZERO },
  { name: '-1/4', code: 6 },
  { name: '-1/2', code: 5 },
  { name: '-1', code: 4 },
] as const;

export interface MatrixInspection {
  /** Layer and gate, e.g. "gru1.z". */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Number of weights at each of LEVELS. */
  readonly histogram: readonly number[];
  /** Worst case of any row's accumulator. */
  readonly min: number;
  readonly max: number;
}

export interface LayerInspection {
  readonly name: string;
  readonly type: Layer['type'];
  readonly inputs: number;
  readonly units: number;
  readonly activation: string | null;
  /** Least and largest threshold of a layer that has thresholds, Q15. */
  readonly thresholds: { readonly min: number; readonly max: number } | null;
  readonly weights: number;
  readonly nonZero: number;
  /** Bytes of the codes, 3 bits each, and of the biases in the packed kernel. */
  readonly codeBytes: number;
  readonly biasBytes: number;
}

export interface ProgramInspection {
  readonly kind: 'program';
  readonly name: string;
  readonly labels: readonly string[];
  readonly source: { readonly file: string; readonly sha256: string };
  /** SHA-256 of program.json; firmware images carry it. */
  readonly digest: string;
  readonly quantizer: string;
  readonly bias: string;
  readonly frontend: FrontendDefinition | null;
  readonly frontendDigest: string | null;
  /** Names of the labels that fire in a stream; null: the model has no "detect". */
  readonly keywords: readonly string[] | null;
  /** How they are found; null: the model has no "detect". */
  readonly detection: DetectionInspection | null;
  readonly readout: { readonly steps: number; readonly rule: string } | null;
  readonly layers: readonly LayerInspection[];
  readonly matrices: readonly MatrixInspection[];
  readonly weights: number;
  readonly nonZero: number;
  readonly codeBytes: number;
  readonly biasBytes: number;
  /** RAM of the packed kernel's state, outputs and scratch. */
  readonly stateBytes: number;
}

export function inspectProgram(program: Program): ProgramInspection {
  const { name, labels, source, quantizer, bias, frontend, readout } = program;
  const layers = program.layers.map(inspectLayer);
  const sum = (pick: (layer: LayerInspection) => number) =>
    layers.reduce((total, layer) => total + pick(layer), 0);
  return {
    kind: 'program',
    ...{ name, labels, source, digest: programDigest(program), quantizer, bias },
    frontend: frontend?.definition ?? null,
    frontendDigest: frontend === null ? null : frontendDigest(frontend.definition),
    readout,
    detection: program.detect === undefined ? null : inspectDetection(program, program.detect),
    keywords: program.detect?.keywords.map(({ label }) => labels[label] ?? '') ?? null,
    layers,
    matrices: program.layers.flatMap((layer) =>
      matricesOf(layer).map(({ gate, matrix }) =>
        inspectMatrix(gate === '' ? layer.name : `${layer.name}.${gate}`, matrix),
      ),
    ),
    weights: sum((layer) => layer.weights),
    nonZero: sum((layer) => layer.nonZero),
    codeBytes: sum((layer) => layer.codeBytes),
    biasBytes: sum((layer) => layer.biasBytes),
    stateBytes: 4 * stateWords(program, packedScratchWords(program.layers)),
  };
}

function inspectLayer(layer: Layer): LayerInspection {
  const { name, type, inputs, units } = layer;
  const thresholds = [...(cellOf(layer).thresholds?.(layer) ?? [])];
  const matrices = matricesOf(layer).map(({ matrix }) => matrix);
  const own = (matrices.length === 0 ? ownTables(layer)?.weights : null) ?? new Int8Array(0);
  const weights = matrices.reduce((sum, { codes }) => sum + codes.length, own.length);
  const zeros = matrices.reduce(
    (sum, { codes }) => sum + codes.filter((code) => code === CODE_ZERO).length,
    own.filter((weight) => weight === 0).length,
  );
  return {
    ...{ name, type, inputs, units },
    activation: cellOf(layer).activation(layer),
    thresholds:
      thresholds.length === 0 ? null : { min: Math.min(...thresholds), max: Math.max(...thresholds) },
    weights,
    nonZero: weights - zeros,
    codeBytes: codeBytes(layer),
    biasBytes: biasBytes(layer),
  };
}

function inspectMatrix(name: string, { rows, columns, codes, min, max }: Matrix): MatrixInspection {
  const counts = new Array<number>(8).fill(0);
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return {
    ...{ name, rows, columns },
    histogram: LEVELS.map(({ code }) => counts[code] ?? 0),
    min: min.reduce((least, value) => Math.min(least, value), 0),
    max: max.reduce((most, value) => Math.max(most, value), 0),
  };
}
