// SPDX-License-Identifier: Apache-2.0
/**
 * The quantized program: the waist of the compiler. What produces it may use floating-point numbers; whatever
 * consumes it (simulator, emitters, executors) uses integers only and needs nothing else.
 */
import type { DetectProgram } from './detect-program.ts';
import type { FrontendProgram } from './frontend-program.ts';

/** How |w| becomes a level (docs/NUMERICS.md). */
export type QuantizerRule = 'code' | 'equation';
/** How a bias becomes an integer (docs/NUMERICS.md). */
export type BiasRule = 'septenary' | 'q15';

/** One septenary matrix with its bias: acc[row] = bias[row] + sum over columns of term(code, u[column]). */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Codes 0..7 except 3, row by row, rows x columns. */
  readonly codes: Uint8Array;
  /** What each row's accumulator starts from: int32, one per row. */
  readonly bias: Int32Array;
  /** Worst case of each row's accumulator, over every input that can occur; within ±(2^31 - 1). */
  readonly min: Int32Array;
  readonly max: Int32Array;
}

/** A layer of the network; `type` names its cell (cells/), which knows what else the layer has. */
export interface Layer {
  readonly type: string;
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
}

/** How a clip is classified: the frames it is cropped to, and the aggregation of their logits. */
export interface Readout {
  readonly steps: number;
  readonly rule: 'sum' | 'last';
}

/** A quantized model: everything that the chip computes with, integers only. Plain data; nothing changes it. */
export interface Program {
  readonly version: 1;
  readonly name: string;
  readonly labels: readonly string[];
  /** The weights file that this came from, and its SHA-256 in hex. */
  readonly source: { readonly file: string; readonly sha256: string };
  readonly quantizer: QuantizerRule;
  readonly bias: BiasRule;
  /** null: the network is fed with Q15 features directly. */
  readonly frontend: FrontendProgram | null;
  /** At least one; the inputs of each are the units of the one before; the last one's outputs are the logits. */
  readonly layers: readonly Layer[];
  /** null: the model listens to a stream only. */
  readonly readout: Readout | null;
  /** How keywords are found in a stream; absent where model.json has no "detect". */
  readonly detect?: DetectProgram;
}

/** A program that listens to a stream. */
export interface StreamProgram extends Program {
  readonly detect: DetectProgram;
}

/** A program that listens to sound. */
export interface SoundProgram extends StreamProgram {
  readonly frontend: FrontendProgram;
}

/** Number of features that one step takes. */
export function inputsOf(program: Program): number {
  return firstLayer(program).inputs;
}

/** Number of logits: one per label. */
export function outputsOf(program: Program): number {
  const last = program.layers[program.layers.length - 1];
  if (last === undefined) throw new Error('a program has at least one layer');
  return last.units;
}

function firstLayer(program: Program): Layer {
  const first = program.layers[0];
  if (first === undefined) throw new Error('a program has at least one layer');
  return first;
}

/** The program as one that listens. @throws Error where it has no detection: callers that need a stream add one */
export function requireDetection(program: Program): StreamProgram {
  const { detect } = program;
  if (detect === undefined) throw new Error(`${program.name} has no detection`);
  return { ...program, detect };
}
