// SPDX-License-Identifier: Apache-2.0
/**
 * What quantization costs: the same clips through the network in floating point, with the weights as they were trained
 * and with the levels that the chip has. Features are the chip's in all three cases, so what differs is the network
 * alone.
 */

import { InputError } from '../../core/base/errors.ts';
import type { Model, ModelLayer } from '../../core/model/model.ts';
import { cellOf } from '../../core/program/cells/index.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { ClipProgram } from '../../machines/batch/clip-input.ts';
import { trainedCell, trainedTypes } from '../../training/train/cells/index.ts';
import { type LayerShape, networkOf } from '../../training/train/network.ts';
import { quantizeInto } from '../../training/train/quantizer.ts';
import { wilson } from './evaluation.ts';
import type { FloatInit } from './float-task.ts';

/** How often one way of computing is right. */
export interface Share {
  readonly correct: number;
  readonly accuracy: number;
  /** 95 % Wilson score interval. */
  readonly interval: readonly [number, number];
}

export interface FloatEvaluation {
  /** Weights as they were trained, floating point. */
  readonly full: Share;
  /** Weights at their levels, floating point. */
  readonly quantized: Share;
  /** Clips with another predicted label: by levels than by full weights, by integers than by floats with levels. */
  readonly changed: { readonly byLevels: number; readonly byIntegers: number };
  /** Parameters that are no level already; 0: the weights file holds quantized weights, so that both are the same. */
  readonly offLevel: number;
}

/**
 * @param truths index of each file's label
 * @param predicted labels by the integers
 */
export async function evaluateFloat(
  model: Model,
  program: ClipProgram,
  files: readonly string[],
  truths: readonly number[],
  predicted: readonly number[],
  onDone: (done: number) => void = () => {},
): Promise<FloatEvaluation> {
  const shapes = model.layers.map((layer) => shapeOf(model, layer));
  const network = networkOf(shapes);
  const full = new Float64Array(network.size);
  network.layers.forEach(({ tensors }, i) => {
    const layer = model.layers[i];
    if (layer === undefined) throw new Error(`no layer ${i}`);
    tensorsOf(layer).forEach((values, j) => {
      full.set(values, tensors[j]?.offset);
    });
  });
  const quantized = new Float64Array(network.size);
  quantizeInto(quantized, full, network, model);
  const initial = Float64Array.from(model.layers.flatMap(initialOf), (value) => value / 32768);
  const results = await mapParallel<FloatInit, string, number[]>(
    siblingModule('float-task', import.meta.url),
    { program, shapes, parameters: [full, quantized], initial },
    files,
    onDone,
  );
  const labels = [0, 1].map((set) => results.map((result) => result[set] ?? -1));
  const [byFull = [], byLevels = []] = labels;
  return {
    full: share(byFull, truths),
    quantized: share(byLevels, truths),
    changed: { byLevels: differing(byFull, byLevels), byIntegers: differing(byLevels, predicted) },
    offLevel: differing([...full], [...quantized]),
  };
}

/** @throws InputError where training knows no such layer */
function shapeOf({ folder }: Model, { type, name, inputs, units, settings }: ModelLayer): LayerShape {
  const cell = trainedTypes().includes(type) ? trainedCell({ type }) : null;
  const shape = cell?.forwardShape({ name, inputs, units }, settings) ?? null;
  if (shape === null)
    throw new InputError(
      folder,
      `layers of type "${type}" with these settings are not computed in floats`,
      name,
    );
  return shape;
}

/** States before the first step, Q15; of a layer without states, or whose states begin with 0, none. */
function initialOf({ type, units, settings }: ModelLayer): number[] {
  const { initialState } = cellOf({ type });
  return trainedCell({ type }).randomStates
    ? [...(initialState(settings, units) ?? new Int16Array(units))]
    : [];
}

/** In the order of the network's tensors (train/network.ts). */
function tensorsOf({ linears, thresholds }: ModelLayer): Float64Array[] {
  const weights = [...linears.map(({ weight }) => weight), ...linears.map(({ bias }) => bias)];
  return [...weights, ...(thresholds === undefined ? [] : [thresholds])].map(({ values }) => values);
}

function share(predicted: readonly number[], truths: readonly number[]): Share {
  const correct = predicted.length - differing(predicted, truths);
  return { correct, accuracy: correct / predicted.length, interval: wilson(correct, predicted.length) };
}

function differing(a: readonly number[], b: readonly number[]): number {
  return a.filter((value, i) => value !== b[i]).length;
}
