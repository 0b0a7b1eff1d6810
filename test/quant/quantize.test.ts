// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Model, ModelLayer } from '../../compiler/core/model/model.ts';
import { matricesOf } from '../../compiler/core/program/cells/index.ts';
import { frontendDigest } from '../../compiler/core/program/digest.ts';
import type { Program } from '../../compiler/core/program/program.ts';
import { programToJson } from '../../compiler/core/program/program-json.ts';
import { quantize } from '../../compiler/core/quant/quantize.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadModel } from '../../compiler/host/load/load.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { refusal } from '../model/folder.ts';

const BUNDLED = packagePath('test', 'vectors', 'spoken-digits');
const temporary = mkdtempSync(join(tmpdir(), 'egru-quant-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

function counts({ layers }: Program): number[] {
  const codes = layers.flatMap((layer) => matricesOf(layer).flatMap(({ matrix }) => [...matrix.codes]));
  return [codes.length, codes.filter((code) => code !== 7).length];
}

/** One dense layer 1 -> 1 with the given bias. */
function model(bias: number, change: Partial<Model> = {}): Model {
  const linear = {
    weight: { name: 'fc.weight', shape: [1, 1], values: Float64Array.of(-1) },
    bias: { name: 'fc.bias', shape: [1], values: Float64Array.of(bias) },
  };
  const layer: ModelLayer = {
    type: 'dense',
    name: 'fc',
    inputs: 1,
    units: 1,
    settings: { activation: 'none' },
    linears: [linear],
  };
  return {
    folder: 'DIR',
    name: 'one',
    labels: ['a'],
    license: null,
    weights: { file: 'w.pt', sha256: '0'.repeat(64) },
    layers: [layer],
    quantizer: 'code',
    bias: 'q15',
    frontend: null,
    readout: null,
    splits: null,
    detect: null,
    notes: [],
    ...change,
  };
}

describe('the bundled model', () => {
  const program = quantize(loadModel(BUNDLED));

  it('has 8,120 weights, 5,359 of them not zero', () => {
    expect(counts(program)).toEqual([8120, 5359]);
  });

  it('keeps what is in model.json', () => {
    const plain = JSON.parse(readFileSync(join(BUNDLED, 'model.json'), 'utf8'));
    expect(program.labels).toEqual(plain.labels);
    expect(program.readout).toEqual(plain.readout);
    expect(program.frontend?.definition).toEqual(plain.frontend);
    expect(program.frontend && frontendDigest(program.frontend.definition)).toBe(
      frontendDigest(plain.frontend),
    );
    expect(program.layers.map(({ name, units }) => [name, units])).toEqual([
      ['gru1', 30],
      ['gru2', 20],
      ['fc3', 16],
      ['fc4', 10],
    ]);
  });

  it('states ranges that hold for features of 0 .. 32767: wide, and far from int32', () => {
    for (const { matrix } of program.layers.flatMap(matricesOf)) {
      matrix.min.forEach((min, row) => {
        const max = matrix.max[row] ?? 0;
        const nonZero = matrix.codes
          .subarray(row * matrix.columns, (row + 1) * matrix.columns)
          .filter((code) => code !== 7).length;
        expect(min).toBeLessThanOrEqual(max);
        expect(Math.max(-min, max)).toBeLessThanOrEqual((nonZero + 1) * 32768);
      });
    }
  });
});

describe('refusals', () => {
  const problem = (one: Model): string => refusal('', () => quantize(one));

  it('a q15 bias of 65,536', () => {
    expect(problem(model(-65536))).toBe(
      'DIR/w.pt: the bias -65536 is too large; q15 biases are below 65536 (tensor "fc.bias", index [0])',
    );
  });

  it('an accumulator that could leave int32: by one it can, and just not', () => {
    // The product of -1 and -32768 adds up to 32768.
    const last = (2 ** 31 - 1 - 32768) / 32768;
    const program = quantize(model(last));
    expect(program.layers.map((layer) => matricesOf(layer).map(({ matrix }) => [...matrix.max]))).toEqual([
      [[2147483647]],
    ]);
    expect(problem(model(last + 1 / 32768))).toBe(
      'DIR/w.pt: an accumulator could reach 2147483648, beyond ±2147483647; use smaller biases or fewer steps (layer fc, unit 0)',
    );
    expect(problem(model(-65535.5))).toContain('an accumulator could reach -2147500031');
  });

  it('names the gate of an eGRU layer', () => {
    const weight = { name: 'w', shape: [2, 3], values: new Float64Array(6).fill(1) };
    const linear = (bias: number) => ({
      weight,
      bias: { name: 'b', shape: [2], values: Float64Array.of(0, bias) },
    });
    const layer = {
      type: 'egru',
      name: 'gru',
      inputs: 1,
      units: 2,
      settings: { initialState: new Int16Array(2) },
    } as const;
    const one = model(0, { layers: [{ ...layer, linears: [linear(0), linear(65535.999)] }] });
    expect(problem(one)).toMatch(/\(layer gru, gate g, unit 1\)$/);
  });

  it('a sum of logits over the steps of a clip', () => {
    const bias = 100;
    const steps = Math.floor((2 ** 31 - 1) / (101 * 32768));
    expect(quantize(model(bias, { readout: { steps, rule: 'sum' } })).readout?.steps).toBe(steps);
    const one = model(bias, { readout: { steps: steps + 1, rule: 'sum' } });
    expect(problem(one)).toBe(
      `DIR/w.pt: the sum of a logit over ${steps + 1} steps could reach ${(steps + 1) * 101 * 32768}, ` +
        'beyond ±2147483647; use smaller biases or fewer steps (layer fc, unit 0)',
    );
    expect(quantize({ ...one, readout: { steps: 65535, rule: 'last' } }).readout?.steps).toBe(65535);
  });
});

describe('loadProgram', () => {
  it('takes a model folder or the program.json that came from it', () => {
    const program = loadProgram(BUNDLED);
    const path = join(temporary, 'program.json');
    writeFileSync(path, programToJson(program));
    expect(loadProgram(path)).toEqual(program);
  });

  it('refuses other files', () => {
    copyFileSync(join(BUNDLED, 'weights.pt'), join(temporary, 'weights.pt'));
    expect(refusal(temporary, () => loadProgram(join(temporary, 'weights.pt')))).toBe(
      'DIR/weights.pt: is neither a model folder nor a program.json; "egru init FILE -o MODEL" makes a model of weights, "egru inspect FILE" lists them',
    );
    expect(refusal(temporary, () => loadProgram(join(temporary, 'none')))).toBe(
      'DIR/none: no such file or folder',
    );
    expect(refusal('', () => loadProgram(join(BUNDLED, 'model.json')))).toContain('unknown key "format"');
  });
});
