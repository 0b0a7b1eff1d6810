// SPDX-License-Identifier: Apache-2.0
/** Model -> Program: levels, integer biases, and the proof that no accumulator leaves int32. */
import { InputError } from '../base/errors.ts';
import { Registry } from '../base/registry.ts';
import type { Linear, Model, ModelLayer } from '../model/model.ts';
import { cellOf } from '../program/cells/index.ts';
import type { Layer, Matrix, Program } from '../program/program.ts';
import {
  featureRange,
  firstOverflow,
  firstSumOverflow,
  INT32_LIMIT,
  type Overflow,
  placeOf,
  type Range,
  rowRanges,
} from '../program/range.ts';
import { quantizeDetect } from './detect.ts';
import { quantizeEventGru } from './event-gru.ts';
import { quantizeFrontend } from './frontend.ts';
import { BIAS_LIMIT, biasOf, codeOf, thresholdOf } from './levels.ts';

/** What turns a layer with tensors of its own into integers. */
const ownQuantizers = new Registry<{
  readonly type: string;
  quantize(path: string, layer: ModelLayer): Layer;
}>('quantizer', [{ type: 'event-gru', quantize: quantizeEventGru }]);

/**
 * Turns a checked model into integers.
 * @throws InputError where a q15 bias is too large, or where an accumulator or the sum of a logit over the readout's
 * steps could leave ±(2^31 - 1); the message names layer, gate and unit
 */
export function quantize(model: Model): Program {
  const feature = featureRange(model.frontend !== null);
  let ranges = Array.from({ length: model.layers[0]?.inputs ?? 0 }, () => feature);
  const layers = model.layers.map((layer) => {
    const quantized = quantizeLayer(model, layer, ranges);
    ranges = quantized.outputs;
    return quantized.layer;
  });
  const overflow = firstSumOverflow(ranges, model.readout);
  if (overflow !== null) {
    const what = `the sum of a logit over ${model.readout?.steps} steps`;
    refuse(model, what, placeOf(layers.at(-1)?.name ?? '', '', overflow.unit), overflow);
  }
  return {
    version: 1,
    name: model.name,
    labels: model.labels,
    source: model.weights,
    quantizer: model.quantizer,
    bias: model.bias,
    frontend: model.frontend === null ? null : quantizeFrontend(model.frontend),
    layers,
    readout: model.readout,
    ...(model.detect === null ? {} : { detect: quantizeDetect(model.detect) }),
  };
}

function quantizeLayer(
  model: Model,
  layer: ModelLayer,
  inputs: readonly Range[],
): { layer: Layer; outputs: Range[] } {
  const { name, linears } = layer;
  const cell = cellOf(layer);
  if (layer.own !== undefined) {
    const quantized = ownQuantizers.get(layer.type).quantize(weightsPath(model), layer);
    return { layer: quantized, outputs: cell.outputs(quantized, [inputs]) };
  }
  const settings = withThresholds(model, layer);
  const columns = [...inputs, ...cell.states(settings)];
  const quantized = linears.map((linear, i) =>
    quantizeMatrix(model, linear, columns, (unit) => placeOf(name, cell.gates[i]?.name ?? '', unit)),
  );
  const matrices = quantized.map(({ matrix }) => matrix);
  return {
    layer: cell.build({ name, inputs: layer.inputs, units: layer.units }, settings, matrices),
    outputs: cell.outputs(
      settings,
      quantized.length === 0 ? [inputs] : quantized.map(({ ranges }) => ranges),
    ),
  };
}

/** The settings of a layer with its thresholds as integers. @throws InputError where one is below 0 or beyond 1 */
function withThresholds(model: Model, { type, settings, thresholds }: ModelLayer): object {
  if (thresholds === undefined) return settings;
  const bad = thresholds.values.findIndex((value) => !(value >= 0 && value <= 1));
  if (bad >= 0) {
    const problem = `the threshold ${thresholds.values[bad]} is not between 0 and 1`;
    throw new InputError(weightsPath(model), problem, `tensor "${thresholds.name}", index [${bad}]`);
  }
  return (
    cellOf({ type }).withThresholds?.(settings, Int16Array.from(thresholds.values, thresholdOf)) ?? settings
  );
}

function quantizeMatrix(
  model: Model,
  { weight, bias }: Linear,
  inputs: readonly Range[],
  place: (unit: number) => string,
): { matrix: Matrix; ranges: Range[] } {
  const rows = bias.values.length;
  const columns = inputs.length;
  const codes = Uint8Array.from(weight.values, (value) => codeOf(value, model.quantizer));
  const biases = Array.from(bias.values, (value, unit) => {
    if (model.bias === 'q15' && Math.abs(value) >= BIAS_LIMIT) {
      const problem = `the bias ${value} is too large; q15 biases are below ${BIAS_LIMIT}`;
      throw new InputError(weightsPath(model), problem, `tensor "${bias.name}", index [${unit}]`);
    }
    return biasOf(value, model.bias, model.quantizer);
  });
  const ranges = rowRanges({ rows, columns, codes, bias: biases }, inputs);
  const overflow = firstOverflow(ranges, biases);
  if (overflow !== null) refuse(model, 'an accumulator', place(overflow.unit), overflow);
  return {
    matrix: {
      rows,
      columns,
      codes,
      bias: Int32Array.from(biases),
      min: Int32Array.from(ranges, ({ min }) => min),
      max: Int32Array.from(ranges, ({ max }) => max),
    },
    ranges,
  };
}

function refuse(model: Model, what: string, place: string, { reach }: Overflow): never {
  const problem = `${what} could reach ${reach}, beyond ±${INT32_LIMIT}; use smaller biases or fewer steps`;
  throw new InputError(weightsPath(model), problem, place);
}

function weightsPath(model: Model): string {
  return `${model.folder}/${model.weights.file}`;
}
