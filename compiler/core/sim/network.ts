// SPDX-License-Identifier: Apache-2.0
/**
 * The network, step by step: made to be read beside docs/NUMERICS.md, and the truth that every kernel is held to.
 * Integers only; no operation stands here that compiler/core/fixed does not define.
 */
import { blend, gate, relu, softsign, term } from '../fixed/fixed.ts';
import type { DenseLayer, EgruLayer, Layer, Matrix, Program } from '../program/program.ts';

/** acc[row] = bias[row] + sum of term(code, u[column]); fits int32 by the compiler's proof (Matrix.min, max). */
function multiply(matrix: Matrix, u: Int32Array, acc: Int32Array): void {
  const { rows, columns, codes, bias } = matrix;
  for (let row = 0; row < rows; row++) {
    let sum = bias[row] ?? 0;
    for (let column = 0, at = row * columns; column < columns; column++, at++) {
      sum = (sum + term(codes[at] ?? 0, u[column] ?? 0)) | 0;
    }
    acc[row] = sum;
  }
}

/** A layer with its state and outputs. outputs: int32 that hold Q15 values, except for logits of a dense layer. */
interface Runner {
  readonly outputs: Int32Array;
  /** What went into the activations at the last step, matrix by matrix: int32. */
  readonly accumulators: readonly Int32Array[];
  reset(): void;
  step(x: Int32Array): void;
}

function egruRunner(layer: EgruLayer): Runner {
  const { inputs, units } = layer;
  const u = new Int32Array(inputs + units);
  const rowZ = new Int32Array(units);
  const rowG = new Int32Array(units);
  const h = new Int32Array(units);
  return {
    outputs: h,
    accumulators: [rowZ, rowG],
    reset: () => h.set(layer.initialState),
    step(x) {
      u.set(x, 0);
      u.set(h, inputs);
      multiply(layer.z, u, rowZ);
      multiply(layer.g, u, rowG);
      for (let i = 0; i < units; i++) {
        h[i] = blend(h[i] ?? 0, gate(rowZ[i] ?? 0), softsign(rowG[i] ?? 0));
      }
    },
  };
}

function denseRunner(layer: DenseLayer): Runner {
  const outputs = new Int32Array(layer.units);
  const acc = new Int32Array(layer.units);
  return {
    outputs,
    accumulators: [acc],
    reset: () => outputs.fill(0),
    step(x) {
      multiply(layer.matrix, x, acc);
      for (let i = 0; i < layer.units; i++) {
        const value = acc[i] ?? 0;
        outputs[i] = layer.activation === 'relu' ? relu(value) : value;
      }
    },
  };
}

/** The network of a program with its state. */
export class Network {
  readonly #runners: readonly Runner[];
  readonly #input: Int32Array;
  /** Outputs of every layer after the last step, in order; live views, Q15, the last one the logits. */
  readonly outputs: readonly Int32Array[];
  /** Accumulators of every layer after the last step: z and g of an eGRU, one of a dense layer. Live views, int32. */
  readonly accumulators: readonly (readonly Int32Array[])[];
  /** Logits of the last step: the outputs of the last layer. Live view, int32. */
  readonly logits: Int32Array;

  constructor(program: Program) {
    this.#runners = program.layers.map((layer: Layer) =>
      layer.type === 'egru' ? egruRunner(layer) : denseRunner(layer),
    );
    this.outputs = this.#runners.map((runner) => runner.outputs);
    this.accumulators = this.#runners.map((runner) => runner.accumulators);
    this.#input = new Int32Array(program.layers[0]?.inputs ?? 0);
    this.logits = this.outputs[this.outputs.length - 1] ?? new Int32Array(0);
    this.reset();
  }

  /** Every layer back to its initial state. */
  reset(): void {
    for (const runner of this.#runners) runner.reset();
  }

  /** One time step. features: Q15, one per input of the first layer. */
  step(features: Int16Array): void {
    this.#input.set(features);
    let x = this.#input;
    for (const runner of this.#runners) {
      runner.step(x);
      x = runner.outputs;
    }
  }
}
