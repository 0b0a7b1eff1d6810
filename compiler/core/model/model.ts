// SPDX-License-Identifier: Apache-2.0
/**
 * A trained model as it was read: model.json and the tensors of its weights file, checked but still in floating
 * point. The last place where fractions live; quantize() turns it into a Program.
 */
import type { DetectProgram } from '../program/detect-program.ts';
import type { FrontendDefinition } from '../program/frontend-program.ts';
import type { BiasRule, Layer, QuantizerRule, Readout } from '../program/program.ts';

/** `frontend` of model.json: the feature extractor by its floating-point meaning (docs/NUMERICS.md). */
export type FrontendModel = FrontendDefinition;

/** A dense array in row-major order; every float16, bfloat16, float32 and float64 is exact as a number here. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** weight: units x columns, bias: units. All values are finite. */
export interface Linear {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** A layer as model.json has it. */
export interface LayerHead<Settings extends object = object> extends Layer {
  /** What its cell reads beside the shape: core/program/cells. */
  readonly settings: Settings;
}

export interface ModelLayer<Settings extends object = object> extends LayerHead<Settings> {
  /** One for each of the cell's gates; columns: inputs first, then (recurrent cells) the outputs of the step before. */
  readonly linears: readonly Linear[];
  /** Of a cell with thresholds that model.json does not state: one per unit, as they stand in the file. */
  readonly thresholds?: Tensor;
  /** Of a cell without gates: its tensors in its order. */
  readonly own?: readonly Tensor[];
}

/** `splits` of model.json by fields: how a clip's file name contains label and split. */
export interface FieldSplits {
  /** E.g. "{label}_{speaker}_{index}.wav". */
  readonly pattern: string;
  /** Split name -> placeholder -> what it must be, e.g. test -> index -> "0-4". */
  readonly sets: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** `splits` of model.json by shares of each label's files, as compiler/host/audio/shares.ts decides. */
export interface ShareSplits {
  readonly by: 'hash' | 'rank';
  readonly validation: number;
  readonly test: number;
}

export type Splits = FieldSplits | ShareSplits;

/** `detect` of model.json: as in the program, but for the scale of the logits, which is still a number. */
export interface DetectModel extends Pick<DetectProgram, 'window' | 'refractory' | 'keywords' | 'vad'> {
  /** Posteriors are the softmax of scale x logit / 32768. */
  readonly scale: number;
}

/** A trained model: what model.json states, with the layers' tensors as floating-point numbers. */
export interface Model {
  /** The folder as it was given. */
  readonly folder: string;
  readonly name: string;
  readonly labels: readonly string[];
  /** The weights file's name inside the folder and the SHA-256 of its bytes, hex. */
  readonly weights: { readonly file: string; readonly sha256: string };
  /** Of the weights, an SPDX expression; null: model.json does not state it. No part of the program. */
  readonly license: string | null;
  readonly layers: readonly ModelLayer[];
  readonly quantizer: QuantizerRule;
  readonly bias: BiasRule;
  /** null: the network is fed with Q15 features directly. */
  readonly frontend: FrontendModel | null;
  /** null: streaming only. */
  readonly readout: Readout | null;
  readonly splits: Splits | null;
  /** Detection in a stream; null where model.json has none. */
  readonly detect: DetectModel | null;
  /** One line each, about the weights file: what was assumed of its names, and what was left out. */
  readonly notes: readonly string[];
}
