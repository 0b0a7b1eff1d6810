// SPDX-License-Identifier: Apache-2.0
/** Event-based layers from model.json and their weights: thresholds, what is sent, ranges, and what is refused. */

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../compiler/core/library.ts';
import type { EventEgruLayer } from '../../compiler/core/program/cells/event-egru.ts';
import { programFromJson, programToJson } from '../../compiler/core/program/program-json.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { inspectProgram } from '../../compiler/report/inspect/inspection.ts';
import { safetensorsBytes } from '../../compiler/training/train/safetensors.ts';
import { refusal } from '../model/folder.ts';
import { eventCase, eventSpecs } from './programs.ts';

const UNITS = 3;
const DELTA = { type: 'delta', name: 'in', inputs: 2, units: 2, threshold: 900 };
const GRU = { type: 'event-egru', name: 'gru', inputs: 2, units: UNITS, output: 'pulse' };

function modelJson(gru: object, delta: object = DELTA): string {
  const labels = Array.from({ length: UNITS }, (_, i) => `label ${i}`);
  return JSON.stringify({
    format: 1,
    name: 'events',
    labels,
    weights: 'w.safetensors',
    layers: [delta, gru],
  });
}

/** Weights of 1/2 and biases of 0. thresholds: null where the file has none. */
function weights(thresholds: readonly number[] | null): Uint8Array {
  const half = new Float32Array(UNITS * (2 + UNITS)).fill(0.5);
  const matrix = (gate: string) => [
    { name: `gru.${gate}.weight`, shape: [UNITS, 2 + UNITS], values: half },
    { name: `gru.${gate}.bias`, shape: [UNITS], values: new Float32Array(UNITS) },
  ];
  const shape = [thresholds?.length ?? 0];
  const more =
    thresholds === null ? [] : [{ name: 'gru.threshold', shape, values: Float32Array.from(thresholds) }];
  return safetensorsBytes([...matrix('weight_zx'), ...matrix('weight_hx'), ...more], {});
}

const build = (gru: object, thresholds: readonly number[] | null, delta: object = DELTA) =>
  buildProgram({ json: modelJson(gru, delta), weights: weights(thresholds) });
const layerOf = (gru: object, thresholds: readonly number[] | null) =>
  build(gru, thresholds).layers[1] as EventEgruLayer;

describe('thresholds', () => {
  test('come from their tensor, rounded to Q15 and at most 32767', () => {
    expect([...layerOf(GRU, [0, 0.25, 1]).threshold]).toEqual([0, 8192, 32767]);
    expect([...layerOf(GRU, [0.5 / 32768, 0.49 / 32768, 32767.4 / 32768]).threshold]).toEqual([1, 0, 32767]);
  });

  test('or from model.json, one for all units or one for each', () => {
    expect([...layerOf({ ...GRU, threshold: 77 }, null).threshold]).toEqual([77, 77, 77]);
    expect([...layerOf({ ...GRU, threshold: [1, 2, 32767] }, null).threshold]).toEqual([1, 2, 32767]);
  });

  test('decide what a unit can send, and so the ranges of the next accumulators', () => {
    const pulse = layerOf({ ...GRU, threshold: [0, 32263, 32264] }, null);
    // Inputs 2 * 32767 >> 1 and two units that can fire, 32264 >> 1 each.
    expect(pulse.z.max[0]).toBe(2 * 16383 + 2 * 16132);
    expect(pulse.z.min[0]).toBe(2 * -16384);
    const hold = layerOf({ ...GRU, output: 'hold', threshold: 32264 }, null);
    expect(hold.z.min[0]).toBe(2 * -16384 - 3 * 16132);
  });

  test.each([
    ['gru.threshold', [0, -0.001, 1], 'the threshold -0.0010000000474974513 is not between 0 and 1'],
    ['gru.threshold', [0, 1.5, 1], 'the threshold 1.5 is not between 0 and 1'],
  ])('of a tensor beyond their range are refused', (tensor, values, problem) => {
    const message = refusal('', () => build(GRU, values));
    expect(message).toBe(`model/w.safetensors: ${problem} (tensor "${tensor}", index [1])`);
  });

  test.each([
    [
      GRU,
      [Number.NaN, 0, 0],
      'model/w.safetensors: tensor "gru.threshold" holds NaN; weights are finite (index [0])',
    ],
    [GRU, [0, 0], 'model/w.safetensors: tensor "gru.threshold": model.json needs shape [3], found [2]'],
    [
      { ...GRU, threshold: -1 },
      null,
      'must be an integer from 0 to 32767, found -1 (at layers[1].threshold)',
    ],
    [{ ...GRU, threshold: [0, 1, 32768] }, null, 'found 32768 (at layers[1].threshold[2])'],
    [{ ...GRU, threshold: [0, 1] }, null, 'must be a list of 3 integers, found 2 (at layers[1].threshold)'],
    [{ ...GRU, threshold: '1' }, null, 'must be an integer from 0 to 32767, found "1"'],
  ])('that are wrong are refused: %o %o', (gru, values, problem) => {
    expect(refusal('', () => build(gru, values))).toContain(problem);
  });

  test('are needed once', () => {
    expect(refusal('', () => build(GRU, null))).toContain('gru.threshold');
    expect(refusal('', () => build({ ...GRU, threshold: 5 }, [0, 0, 0]))).toContain('gru.threshold');
  });
});

describe('what is sent', () => {
  test('has defaults that follow from the output', () => {
    expect(layerOf({ ...GRU, threshold: 1 }, null)).toMatchObject({ signed: false, reset: 'subtract' });
    const hold = layerOf({ ...GRU, output: 'hold', threshold: 1 }, null);
    expect(hold).toMatchObject({ signed: true, reset: 'none' });
  });

  test.each([
    [{ output: 'spike' }, 'must be "pulse" or "hold", found "spike" (at layers[1].output)'],
    [{ output: 'hold', signed: false }, '"signed" may be false where the output is "pulse" only'],
    [{ output: 'hold', reset: 'subtract' }, '"reset" may be "subtract" where the output is "pulse" only'],
    [{ reset: 'zero' }, 'must be "subtract" or "none", found "zero"'],
    [{ initialState: [0, 0, 0] }, '"initialState" belongs to layers of type "egru"'],
  ])('is refused: %o', (change, problem) => {
    expect(refusal('', () => build({ ...GRU, threshold: 1, ...change }, null))).toContain(problem);
  });

  test('a layer of thresholded inputs keeps their number', () => {
    const gru = { ...GRU, threshold: 1 };
    expect(refusal('', () => build(gru, null, { ...DELTA, inputs: 3 }))).toContain('as many units as inputs');
    expect(refusal('', () => build(gru, null, { ...DELTA, threshold: 40000 }))).toContain('found 40000');
  });
});

const schema = new Ajv2020({ strict: true }).compile(
  JSON.parse(readFileSync(packagePath('docs', 'program.schema.json'), 'utf8')),
);

test('program.json fits its schema, comes back as it was, and refuses what model.json refuses', () => {
  for (const spec of eventSpecs(1, 11)) {
    const { program } = eventCase(spec);
    const text = programToJson(program);
    expect(schema(JSON.parse(text)), JSON.stringify(schema.errors)).toBe(true);
    expect(programFromJson(text, 'program.json')).toEqual(program);
  }
  const text = programToJson(build({ ...GRU, output: 'hold', threshold: 5 }, null));
  const changed = (from: string, to: string) =>
    refusal('', () => programFromJson(text.replace(from, to), 'p.json'));
  expect(changed('"signed": true', '"signed": false')).toContain('"signed" may be false');
  expect(changed('[5,5,5]', '[5,-5,5]')).toContain('layers[1].threshold[1]');
  expect(changed('"threshold": [900,900]', '"threshold": [900]')).toContain('layers[0].threshold');
});

test('inspect shows the least and the largest threshold', () => {
  const { layers } = inspectProgram(build({ ...GRU, threshold: [9, 2, 5] }, null));
  expect(layers[1]).toMatchObject({
    type: 'event-egru',
    activation: 'pulse',
    thresholds: { min: 2, max: 9 },
  });
});
