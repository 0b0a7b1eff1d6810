// SPDX-License-Identifier: Apache-2.0
/**
 * program.json, the quantized program as a file (docs/program.schema.json). Every number in it is an integer; gain
 * and divisor of the feature extractor, which no executor computes with, stand there as text. The same program always
 * gives the same bytes: fixed order of keys, one row of a matrix per line.
 */
import type { JsonValue } from '../base/json.ts';
import { parseJson } from '../base/json.ts';
import { cellOf, cellTypes, columnsOf, weightsOf } from './cells/index.ts';
import { detectFromJson, detectToJson } from './detect-json.ts';
import { frontendFromJson, frontendToJson } from './frontend-json.ts';
import { type Json, writeJson } from './json-text.ts';
import { keepsOutputs } from './layout.ts';
import { LAYER_NAME, LAYER_NAME_RULE, MAX_COLUMNS, MAX_LAYERS, MAX_STEPS, MAX_WEIGHTS } from './limits.ts';
import type { Layer, Matrix, Program, Readout } from './program.ts';
import { programRanges } from './program-ranges.ts';
import { firstOverflow, firstSumOverflow, INT32_LIMIT, placeOf } from './range.ts';

/** The canonical text; ends with a newline. */
export function programToJson(program: Program): string {
  const { version, name, labels, source, quantizer, bias, readout } = program;
  const frontend = program.frontend === null ? null : frontendToJson(program.frontend);
  const plain: Json = {
    version,
    name,
    labels,
    source: { file: source.file, sha256: source.sha256 },
    quantizer,
    bias,
    frontend,
    layers: program.layers.map(layerToJson),
    readout: readout === null ? null : { steps: readout.steps, rule: readout.rule },
    ...(program.detect === undefined ? {} : { detect: detectToJson(program.detect) }),
  };
  return `${writeJson(plain, '')}\n`;
}

function layerToJson(layer: Layer): Json {
  const { type, name, inputs, units } = layer;
  return { type, name, inputs, units, ...cellOf(layer).toJson(layer, matrixToJson) };
}

function matrixToJson({ rows, columns, codes, bias, min, max }: Matrix): Json {
  const lines = Array.from({ length: rows }, (_, row) => [
    ...codes.subarray(row * columns, (row + 1) * columns),
  ]);
  return { codes: lines, bias: [...bias], min: [...min], max: [...max] };
}

/**
 * Reads a program from anyone: every field is checked, and the ranges are computed again, so that what comes out is
 * as safe to execute as what quantize() made.
 * @param file what to call it in messages; @throws InputError
 */
export function programFromJson(text: string | Uint8Array, file: string): Program {
  const document = parseJson(file, text);
  const version = document.members().get('version');
  if (typeof version?.value === 'number' && version.value > 1) {
    version.fail(`version ${version.value} was written by a newer compiler; this one reads version 1`);
  }
  const top = document.object([
    'version',
    'name',
    'labels',
    'source',
    'quantizer',
    'bias',
    'frontend',
    'layers',
    'readout',
    'detect',
  ]);
  top.get('version').integer(1, 1);
  const source = top.get('source').object(['file', 'sha256']);
  const frontend = top.get('frontend');
  const readout = top.get('readout');
  const detect = top.optional('detect');
  const bias = top.get('bias').choice(['septenary', 'q15']);
  const layers = readLayers(top.get('layers'), bias);
  const labels = readLabels(top.get('labels'), layers.at(-1)?.units ?? 0);
  const program: Program = {
    version: 1,
    name: top.get('name').name(),
    labels,
    source: { file: source.get('file').text(), sha256: readDigest(source.get('sha256')) },
    quantizer: top.get('quantizer').choice(['code', 'equation']),
    bias,
    frontend: frontend.value === null ? null : frontendFromJson(frontend, layers[0]?.inputs ?? 0),
    layers,
    readout: readout.value === null ? null : readReadout(readout),
    ...(detect === null ? {} : { detect: detectFromJson(detect, labels.length, frontend.value !== null) }),
  };
  checkRanges(document, program);
  return program;
}

function readLayers(value: JsonValue, bias: Program['bias']): Layer[] {
  const items = value.array(1, MAX_LAYERS);
  const layers: Layer[] = [];
  let weights = 0;
  for (const item of items) {
    const layer = readLayer(item, bias, MAX_WEIGHTS - weights);
    weights += weightsOf(layer);
    const before = layers.at(-1);
    if (before !== undefined && before.units !== layer.inputs) {
      item.fail(`has ${layer.inputs} inputs, but the layer before it has ${before.units} units`);
    }
    if (before !== undefined && !keepsOutputs(before)) {
      item.fail('follows a layer without activation, which can only be the last one');
    }
    if (layers.some(({ name }) => name === layer.name)) item.fail('has the name of another layer');
    layers.push(layer);
  }
  return layers;
}

function readLayer(item: JsonValue, bias: Program['bias'], room: number): Layer {
  const type = (item.members().get('type') ?? item.fail('"type" is missing')).choice(cellTypes());
  const cell = cellOf({ type });
  const layer = item.object(['type', 'name', 'inputs', 'units', ...cell.programKeys]);
  const name = layer.get('name').text();
  if (!LAYER_NAME.test(name)) layer.get('name').fail(LAYER_NAME_RULE);
  const inputs = layer.get('inputs').integer(1, MAX_COLUMNS - 1);
  const units = layer.get('units').integer(1, MAX_COLUMNS - inputs);
  const shape = { type, name, inputs, units };
  if (weightsOf(shape) > room) item.fail(`the program has over ${MAX_WEIGHTS} weights`);
  const columns = columnsOf(shape);
  return cell.fromJson(layer, shape, (key) => readMatrix(layer.get(key), units, columns, bias));
}

function readMatrix(value: JsonValue, rows: number, columns: number, rule: Program['bias']): Matrix {
  const matrix = value.object(['codes', 'bias', 'min', 'max']);
  const codes = new Uint8Array(rows * columns);
  const lines = matrix.get('codes').array(rows, rows);
  lines.forEach((line, row) => {
    line.integersInto(codes, row * columns, columns, 0, 7);
  });
  const invalid = codes.indexOf(3);
  if (invalid >= 0) {
    value.fail(
      `code 3, which means nothing, in row ${Math.floor(invalid / columns)}, column ${invalid % columns}`,
    );
  }
  const int32 = (key: string): Int32Array => {
    const values = new Int32Array(rows);
    matrix.get(key).integersInto(values, 0, rows, -INT32_LIMIT, INT32_LIMIT);
    return values;
  };
  const bias = int32('bias');
  const odd = bias.find((one) => rule === 'septenary' && ![0, 8192, 16384, 32768].includes(Math.abs(one)));
  if (odd !== undefined)
    matrix.get('bias').fail(`${odd} is not a septenary bias: 0, ±8192, ±16384 or ±32768`);
  return { rows, columns, codes, bias, min: int32('min'), max: int32('max') };
}

function readLabels(value: JsonValue, units: number): string[] {
  const labels = value.array(units, units).map((item) => item.name());
  if (new Set(labels).size < labels.length) value.fail('two labels are the same');
  return labels;
}

function readDigest(value: JsonValue): string {
  const text = value.text();
  return /^[0-9a-f]{64}$/.test(text) ? text : value.fail('must be 64 hexadecimal digits in lower case');
}

function readReadout(value: JsonValue): Readout {
  const readout = value.object(['steps', 'rule']);
  return {
    steps: readout.get('steps').integer(1, MAX_STEPS),
    rule: readout.get('rule').choice(['sum', 'last']),
  };
}

/** The stated ranges may be wider than what the weights can reach, never narrower, and nothing may leave int32. */
function checkRanges(document: JsonValue, program: Program): void {
  const { matrices, outputs } = programRanges(program);
  for (const { layer, gate, matrix, ranges } of matrices) {
    const name = program.layers[layer]?.name ?? '';
    const overflow = firstOverflow(ranges, matrix.bias);
    if (overflow !== null) {
      document.fail(
        `${placeOf(name, gate, overflow.unit)} could reach ${overflow.reach}, beyond ±${INT32_LIMIT}`,
      );
    }
    ranges.forEach(({ min, max }, unit) => {
      const [low, high] = [matrix.min[unit] ?? 0, matrix.max[unit] ?? 0];
      if (low > min || high < max) {
        document.fail(
          `${placeOf(name, gate, unit)} can reach ${min} .. ${max}, but the stated range is ${low} .. ${high}`,
        );
      }
    });
  }
  const overflow = firstSumOverflow(outputs.at(-1) ?? [], program.readout);
  if (overflow !== null) {
    document.fail(
      `logit ${overflow.unit} could sum to ${overflow.reach} over the readout, beyond ±${INT32_LIMIT}`,
    );
  }
}
