// SPDX-License-Identifier: Apache-2.0
/**
 * A cell: what a kind of layer is, from model.json to the quantized program. What it computes is a runner's matter
 * (core/sim/runners), how it does so on the chip a kernel's (codegen/kernels). docs/EXTENDING.md shows how one is added.
 */
import type { JsonObject } from '../../base/json.ts';
import type { Json } from '../json-text.ts';
import type { Layer, Matrix } from '../program.ts';
import type { Range } from '../range.ts';

/** Name and sizes of a layer. */
export type Shape = Pick<Layer, 'name' | 'inputs' | 'units'>;

/** One of a cell's matrices, of `units` rows each; all have the same columns. */
export interface Gate {
  /** What messages and comments call it; '' for an only one. */
  readonly name: string;
  /** Its tensors are the layer's name, then this, then ".weight" and ".bias". */
  readonly tensor: string;
}

/** A tensor of a layer that has other tensors than weights and biases of gates. */
export interface OwnTensor {
  readonly name: string;
  /** The name of another one that may stand in its place. */
  readonly or?: string;
  readonly shape: readonly number[];
}

/** What `egru init` writes for a layer whose tensors it found, beside name and sizes. */
export interface Proposed {
  /** Keys of the cell's own in model.json. */
  readonly settings: { readonly [key: string]: string };
  /** What of them a weights file does not tell, and how to change it. */
  readonly assumed: string;
}

/** A layer that begins with a tensor of a weights file: what stands before the tensor's own name, and sizes. */
export interface Recognised {
  readonly prefix: string;
  readonly inputs: number;
  readonly units: number;
}

/**
 * Settings: what model.json states beside the shape, and a layer keeps. The outputs of a step are part of the cell's
 * state: where it keeps them, they are int16 in Q15. Other halfwords that it has from one step to the next are `hidden`.
 */
export interface Cell<Settings extends object = object, L extends Layer & Settings = Layer & Settings> {
  /** As model.json and program.json have it. */
  readonly type: string;
  /** In the order of evaluation. */
  readonly gates: readonly Gate[];
  /** Whether the matrices' columns are the inputs, then the outputs of the step before; otherwise the inputs alone. */
  readonly recurrent: boolean;
  /** Whether every accumulator goes through softsign once: for measurements. */
  readonly softsign: boolean;

  /** Keys of its own in model.json. */
  readonly modelKeys: readonly string[];
  /** @param last whether it is the network's last layer. @throws InputError */
  readSettings(item: JsonObject, units: number, last: boolean): Settings;

  /** The rule that the model's readout must have with these settings, if it has one; null or absent: any. */
  readoutRule?(settings: Settings): 'sum' | 'last' | null;
  /** Tensors of a cell without gates, which an entry of core/quant turns into the layer; absent: it has none. */
  ownTensors?(shape: Shape, settings: Settings): readonly OwnTensor[];
  /** The layer that this tensor belongs to, of a cell with tensors of its own; null: to none, as far as it tells. */
  recognise?(tensor: string, shape: readonly number[]): Recognised | null;
  /** For layers that `egru init` found; absent: sizes are all that model.json states. */
  propose?(prefix: string): Proposed;
  /** Weights of a layer that are in no gate; absent: none. */
  weights?(shape: Pick<Layer, 'inputs' | 'units'>): number;

  /** The layer of quantized matrices, one for each gate. */
  build(shape: Shape, settings: Settings, matrices: readonly Matrix[]): L;
  matrices(layer: L): readonly Matrix[];

  /** Keys of its own in program.json. */
  readonly programKeys: readonly string[];
  /** Members of program.json, in the order of programKeys. matrix: how one is written. */
  toJson(layer: L, matrix: (matrix: Matrix) => Json): { readonly [key: string]: Json };
  /** @param matrix reads the one that stands under a key. @throws InputError */
  fromJson(item: JsonObject, shape: Shape, matrix: (key: string) => Matrix): L;

  /** Ranges of the outputs of the step before, which a recurrent cell's columns hold: each with 0. Otherwise none. */
  states(settings: Settings): Range[];
  /** Ranges of the outputs, each with 0. accumulators: by gate and unit; of a cell without gates, [its inputs]. */
  outputs(settings: Settings, accumulators: readonly (readonly Range[])[]): Range[];
  /** Whether the outputs are the int32 accumulators, which only the network's last layer may give: no state is kept. */
  givesLogits(settings: Settings): boolean;
  /** Q15 outputs before the first step, one per unit; null: zeros. */
  initialState(settings: Settings, units: number): Int16Array | null;
  /** Halfwords that a layer keeps in the state behind its outputs, zeros before the first step; absent: none. */
  hidden?(settings: Settings, shape: Pick<Shape, 'inputs' | 'units'>): number;
  /** Whether outputs are 0 at steps without an event; absent: they are not. */
  pulses?(settings: Settings): boolean;
  /** The tensor of its thresholds, one per unit from 0 to 1: the layer's name, then this; null: there is none to read. */
  thresholdTensor?(settings: Settings): string | null;
  /** The settings with the thresholds of that tensor. Q15, 0 .. 32767. */
  withThresholds?(settings: Settings, thresholds: Int16Array): Settings;
  /** Q15 thresholds, 0 .. 32767, one per unit: kernels keep them behind the biases. Absent: the cell has none. */
  thresholds?(layer: L): Int16Array;
  /** Whether an output is an event, from it and the one of the step before (0 before the first); absent: none is. */
  isEvent?(layer: L, output: number, before: number): boolean;
  /** egru_layer.activation where it holds something else than an activation. */
  options?(layer: L): number;
  /** The activation that model.json chose, by its name there; null: the cell has none to choose from. */
  activation(settings: Settings): string | null;
  /** How summaries call it: "eGRU". */
  kind(settings: Settings): string;
}
