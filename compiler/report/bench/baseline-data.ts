// SPDX-License-Identifier: Apache-2.0
/** The tables of the baselines (c/): the program's codes as bytes, or weights of a float GRU of its shape. */
import { alignedRows } from '../../codegen/text/c-array.ts';
import { cellOf, matricesOf } from '../../core/program/cells/index.ts';
import { inputsOf, type Layer, outputsOf, type Program } from '../../core/program/program.ts';
import { sequence } from './sequence.ts';

export type BaselineName = 'literal' | 'float-gru';

/** baseline_data.h for one of the baselines. */
export function baselineData(program: Program, name: BaselineName): string {
  const tables = program.layers.map((layer, index) =>
    name === 'literal' ? literalTables(layer, index) : floatTables(layer, index),
  );
  const width = Math.max(...program.layers.map((layer) => layer.units));
  const type = name === 'literal' ? LITERAL_TYPE : FLOAT_TYPE;
  return [
    '#ifndef BASELINE_DATA_H',
    '#define BASELINE_DATA_H',
    '#include <stdint.h>',
    `#define BENCH_INPUTS ${inputsOf(program)}`,
    `#define BENCH_OUTPUTS ${outputsOf(program)}`,
    `#define BENCH_LAYERS ${program.layers.length}`,
    `#define BENCH_WIDTH ${width}`,
    type,
    ...tables.map(({ arrays }) => arrays),
    'static const bench_layer_data bench_layers[BENCH_LAYERS] = {',
    ...tables.map(({ entry }) => `    ${entry},`),
    '};',
    '#endif',
    '',
  ].join('\n');
}

const LITERAL_TYPE = `typedef struct {
    uint8_t recurrent, relu;
    uint16_t inputs, units;
    const uint8_t *codes;
    const int32_t *bias;
    const int16_t *initial;
} bench_layer_data;`;

const FLOAT_TYPE = `typedef struct {
    uint8_t recurrent, relu;
    uint16_t inputs, units;
    const float *weights;
    const float *bias;
} bench_layer_data;`;

interface Tables {
  readonly arrays: string;
  readonly entry: string;
}

function array(type: string, name: string, elements: readonly string[]): string {
  return `static const ${type} ${name}[${elements.length}] = {\n${alignedRows(elements).join('\n')}\n};`;
}

function shape(layer: Layer): string {
  const { recurrent, activation } = cellOf(layer);
  const relu = activation(layer) === 'relu' ? 1 : 0;
  return `${recurrent ? 1 : 0}, ${relu}, ${layer.inputs}, ${layer.units}`;
}

function literalTables(layer: Layer, index: number): Tables {
  const matrices = matricesOf(layer).map(({ matrix }) => matrix);
  const initial = cellOf(layer).initialState(layer, layer.units) ?? new Int16Array(layer.units);
  return {
    arrays: [
      array(
        'uint8_t',
        `codes${index}`,
        matrices.flatMap(({ codes }) => Array.from(codes, String)),
      ),
      array(
        'int32_t',
        `bias${index}`,
        matrices.flatMap(({ bias }) => Array.from(bias, String)),
      ),
      array('int16_t', `initial${index}`, Array.from(initial, String)),
    ].join('\n'),
    entry: `{${shape(layer)}, codes${index}, bias${index}, initial${index}}`,
  };
}

/** What a float GRU computes does not matter here, only its shape: weights in ±1/8 from a fixed sequence. */
function floatTables(layer: Layer, index: number): Tables {
  const { recurrent } = cellOf(layer);
  const columns = layer.inputs + (recurrent ? layer.units : 0);
  const random = sequence(index + 1);
  const floats = (n: number) =>
    Array.from({ length: n }, () => `${((random() / 2 ** 31 - 1) / 8).toFixed(7)}f`);
  return {
    arrays: [
      array('float', `weights${index}`, floats((recurrent ? 3 : 1) * layer.units * columns)),
      array('float', `bias${index}`, floats((recurrent ? 4 : 1) * layer.units)),
    ].join('\n'),
    entry: `{${shape(layer)}, weights${index}, bias${index}}`,
  };
}
