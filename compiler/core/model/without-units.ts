// SPDX-License-Identifier: Apache-2.0
/**
 * A model without some of its units. Whatever reads them loses those columns; what they send on average is folded into
 * its biases, so that nothing else changes where it was constant: 0 of units that never fire.
 */
import { InputError } from '../base/errors.ts';
import { quote } from '../base/json.ts';
import { cellOf } from '../program/cells/index.ts';
import type { Linear, Model, ModelLayer, Tensor } from './model.ts';

export interface SmallerLayer {
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  readonly tensors: readonly Tensor[];
  /** Of the units that are left: their numbers before, rising. */
  readonly kept: readonly number[];
}

/** @param kept by layer: whether a unit stays. @param means by layer and unit: what it sends, 1 is full scale */
export interface Selection {
  readonly kept: readonly (readonly boolean[])[];
  readonly means: readonly (readonly number[])[];
}

/**
 * Layers without weights of their own (thresholded values) keep what the layer before them keeps; those of the network's
 * input stay whole, and so does its last layer.
 * @throws InputError where a layer would have no unit, or has tensors whose axes are not known
 */
export function withoutUnits({ folder, layers }: Model, { kept, means }: Selection): SmallerLayer[] {
  const all = Array.from({ length: layers[0]?.inputs ?? 0 }, (_, i) => i);
  let [inputs, sent] = [all, all.map(() => 0)];
  return layers.map((layer, i) => {
    const own = Array.from({ length: layer.units }, (_, unit) => unit);
    const follows = layer.linears.length === 0 && layer.own === undefined;
    const last = i === layers.length - 1;
    const units = follows ? inputs : last ? own : own.filter((unit) => kept[i]?.[unit] !== false);
    if (units.length === 0)
      throw new InputError(folder, `no unit of layer ${quote(layer.name)} fires often enough to be kept`);
    const after = own.map((unit) => means[i]?.[unit] ?? 0);
    const part = { layer, inputs, units, dropped: folding(layer.inputs, inputs, sent, units, after) };
    const tensors = tensorsOf(folder, part);
    const smaller = { name: layer.name, inputs: inputs.length, units: units.length, tensors, kept: units };
    [inputs, sent] = [units, after];
    return smaller;
  });
}

/** Columns that leave a recurrent matrix, with the constants that they had. */
interface Dropped {
  readonly column: number;
  readonly value: number;
}

function folding(
  before: number,
  inputs: readonly number[],
  sent: readonly number[],
  units: readonly number[],
  after: readonly number[],
): Dropped[] {
  const left = (values: readonly number[], stay: readonly number[], offset: number) =>
    values.flatMap((value, index) => (stay.includes(index) ? [] : [{ column: offset + index, value }]));
  return [...left(sent, inputs, 0), ...left(after, units, before)];
}

interface Part {
  readonly layer: ModelLayer;
  readonly inputs: readonly number[];
  readonly units: readonly number[];
  readonly dropped: readonly Dropped[];
}

function tensorsOf(folder: string, part: Part): Tensor[] {
  const { layer, units } = part;
  const { recurrent } = cellOf(layer);
  if (layer.own !== undefined) return layer.own.map((tensor) => ownTensor(folder, part, tensor));
  const columns = [...part.inputs, ...(recurrent ? units.map((unit) => layer.inputs + unit) : [])];
  const thresholds = layer.thresholds === undefined ? [] : [picked(layer.thresholds, units, [0])];
  return [
    ...layer.linears.flatMap((linear) => {
      const bias = folded(linear, part.dropped);
      return [picked(linear.weight, units, columns), picked(bias, units, [0])];
    }),
    ...thresholds,
  ];
}

/** Biases with what constant columns add. */
function folded({ weight, bias }: Linear, dropped: readonly Dropped[]): Tensor {
  const [, columns = 1] = weight.shape;
  const values = bias.values.map((value, unit) =>
    dropped.reduce(
      (sum, { column, value: constant }) =>
        column < columns ? sum + constant * (weight.values[unit * columns + column] ?? 0) : sum,
      value,
    ),
  );
  return { ...bias, values };
}

/** Tensors of event-based GRUs: rows of inputs or units, columns in blocks of units (OwnTensor.shape). */
function ownTensor(folder: string, { layer, inputs, units, dropped }: Part, tensor: Tensor): Tensor {
  if (dropped.some(({ value }) => value !== 0)) {
    const problem = 'units that fire now and then leave only networks whose weights come by gates';
    throw new InputError(folder, problem, `layer ${layer.name}: ${layer.type}`);
  }
  const [rows = 1, width = rows] = tensor.shape;
  const blocks = Array.from({ length: width / layer.units }, (_, block) => block * layer.units);
  const columns = blocks.flatMap((block) => units.map((unit) => block + unit));
  if (tensor.shape.length === 1) {
    const values = Float64Array.from(columns, (column) => tensor.values[column] ?? 0);
    return { name: tensor.name, shape: [values.length], values };
  }
  return picked(tensor, tensor.name.endsWith('recurrent_kernel') ? units : inputs, columns);
}

/** Rows and columns of a matrix, or rows of a vector. */
function picked(
  { name, shape, values }: Tensor,
  rows: readonly number[],
  columns: readonly number[],
): Tensor {
  const [, width = 1] = shape;
  const chosen = rows.flatMap((row) => columns.map((column) => values[row * width + column] ?? 0));
  return {
    name,
    shape: shape.length === 1 ? [rows.length] : [rows.length, columns.length],
    values: Float64Array.from(chosen),
  };
}
