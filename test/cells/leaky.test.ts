// SPDX-License-Identifier: Apache-2.0
/**
 * A cell that the compiler does not know (leaky.ts, leaky.c) goes the whole way: model.json, quantizer, program.json,
 * reference, C on the host and on the emulated chip. About 25 s.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { emit } from '../../compiler/codegen/emit/emit.ts';
import { emitProject } from '../../compiler/codegen/emit/project.ts';
import { buildProgram } from '../../compiler/core/library.ts';
import { matricesOf } from '../../compiler/core/program/cells/index.ts';
import type { Program } from '../../compiler/core/program/program.ts';
import { programFromJson, programToJson } from '../../compiler/core/program/program-json.ts';
import { packageAssets } from '../../compiler/host/files/assets.ts';
import { writeFolder } from '../../compiler/host/files/files.ts';
import { ChipExecutor } from '../../compiler/machines/execute/chip.ts';
import { HostExecutor } from '../../compiler/machines/execute/host.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { verify } from '../../compiler/machines/verify/verify.ts';
import { estimateAll } from '../../compiler/report/measure/estimate.ts';
import { refusal } from '../model/folder.ts';
import { lacking } from '../support/needs.ts';
import { Random } from '../support/random.ts';
import './leaky.ts';

const STEPS = 12;
const INPUTS = 6;

/** By name: what stands in model.json, and each tensor's name with its shape. */
const LAYERS = [
  { type: 'leaky', name: 'first', inputs: INPUTS, units: 5, start: -20000 },
  { type: 'egru', name: 'gru', inputs: 5, units: 4 },
  { type: 'leaky', name: 'second', inputs: 4, units: 7 },
] as const;
const OUT = { type: 'dense', name: 'out', inputs: 7, units: 3, activation: 'none' } as const;
const SHAPES: readonly (readonly [string, number, number])[] = [
  ['first.sum', 5, INPUTS],
  ['gru.weight_zx', 4, 9],
  ['gru.weight_hx', 4, 9],
  ['second.sum', 7, 4],
  ['out', 3, 7],
];

/** A safetensors file of float32 numbers in (-1.2, 1.2). */
function weights(shapes: typeof SHAPES, random: Random): Uint8Array {
  const header: Record<string, object> = {};
  const values: number[] = [];
  const add = (name: string, shape: readonly number[]) => {
    const begin = 4 * values.length;
    const count = shape.reduce((product, side) => product * side, 1);
    for (let i = 0; i < count; i++) values.push(random.between(-1200, 1200) / 1000);
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, 4 * values.length] };
  };
  for (const [name, rows, columns] of shapes) {
    add(`${name}.weight`, [rows, columns]);
    add(`${name}.bias`, [rows]);
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.from(Float32Array.from(values).buffer)]);
}

function modelJson(layers: readonly object[], labels: number): string {
  return JSON.stringify({
    format: 1,
    name: 'leaky',
    labels: Array.from({ length: labels }, (_, i) => `label ${i}`),
    weights: 'w.safetensors',
    layers,
    readout: { steps: STEPS, rule: 'sum' },
  });
}

const program = buildProgram({
  json: modelJson([...LAYERS, OUT], 3),
  weights: weights(SHAPES, new Random(5)),
});
/** The cell's own outputs are the logits. */
const ending: Program = buildProgram({
  json: modelJson(LAYERS, 7),
  weights: weights(SHAPES.slice(0, 4), new Random(6)),
});
const random = new Random(7);
const clips = Array.from({ length: 3 }, (_, i) => ({
  file: `clip ${i}`,
  samples: Int16Array.from({ length: STEPS * INPUTS }, () =>
    random.pick([-32768, 32767, random.between(-9000, 9000)]),
  ),
}));

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const machine of open.splice(0)) await machine.close();
});
const folder = mkdtempSync(join(tmpdir(), 'egru-cells-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('model.json', () => {
  test('has the cell, its tensors and its ranges', () => {
    expect(program.layers.map(({ type }) => type)).toEqual(['leaky', 'egru', 'leaky', 'dense']);
    const [first] = program.layers.flatMap(matricesOf);
    expect(first?.gate).toBe('w');
    expect([first?.matrix.rows, first?.matrix.columns]).toEqual([5, INPUTS]);
    expect(Math.min(...(first?.matrix.min ?? []))).toBeLessThan(0);
  });

  test('refuses what belongs to another cell, and a bad value, with its place', () => {
    const [first, ...others] = LAYERS;
    const build = (change: object) => () =>
      buildProgram({ json: modelJson([{ ...first, ...change }, ...others], 7), weights: new Uint8Array() });
    expect(refusal('', build({ activation: 'relu' }))).toBe(
      'model/model.json: "activation" belongs to layers of type "dense"; this one has type "leaky" (at layers[0])',
    );
    expect(refusal('', build({ start: 40000 }))).toBe(
      'model/model.json: must be an integer from -32768 to 32767, found 40000 (at layers[0].start)',
    );
    expect(refusal('', build({ type: 'leak' }))).toMatch(/must be "egru" or .* or "leaky"/);
  });
});

test('program.json comes back as it was', () => {
  const text = programToJson(program);
  expect(programFromJson(text, 'program.json')).toEqual(program);
  expect(text).toContain('"start": -20000');
});

test('the reference computes what the definition says', async () => {
  const [result] = await new ReferenceExecutor(program).run([clips[0]?.samples ?? new Int16Array()], true);
  const [first] = program.layers.flatMap(matricesOf);
  const x = clips[0]?.samples.subarray(0, INPUTS) ?? [];
  const expected = Array.from({ length: 5 }, (_, row) => {
    let sum = first?.matrix.bias[row] ?? 0;
    x.forEach((value, column) => {
      const code = first?.matrix.codes[row * INPUTS + column] ?? 7;
      if (code !== 7) sum += (code & 4 ? -1 : 1) * Math.floor(value / 2 ** (code & 3));
    });
    return -20000 + Math.floor((Math.max(-32768, Math.min(sum, 32767)) + 20000) / 4);
  });
  expect([...(result?.trace?.subarray(INPUTS, INPUTS + 5) ?? [])]).toEqual(expected);
});

describe('kernels', () => {
  test('the one without code for the cell refuses, and is not chosen', () => {
    const unrolled = { kernel: 'unrolled', command: 'test', assets: packageAssets() } as const;
    expect(refusal('', () => emit(program, unrolled))).toBe(
      'leaky: the unrolled kernel has no code for layers of type "leaky" (layer first)',
    );
    expect(estimateAll(program).map(({ kernel }) => kernel)).toEqual(['packed']);
  });

  test('a step with a table of its own, and the C file of the cell, in a folder that builds', () => {
    const files = emitProject(program, { kernel: 'packed', command: 'test', assets: packageAssets() });
    const step = files.find(({ path }) => path === 'model_step.c')?.text;
    expect(step).toContain('    {1, 0, leaky_finish}, /* leaky */\n');
    const paths = writeFolder(
      join(folder, 'project'),
      files.map(({ path, text }) => ({ path, data: text })),
    );
    expect(paths.some((path) => path.endsWith('/leaky.c'))).toBe(true);
    execFileSync('make', ['-s', '-C', join(folder, 'project'), 'CFLAGS=-O2 -Werror'], { stdio: 'pipe' });
  });
});

describe.each([
  ['between other layers', program],
  ['last', ending],
])('the cell %s', (_, one) => {
  test.each(compilersAmong(['gcc', 'clang']))('equals the reference on the host: %s', async (compiler) => {
    const host = await HostExecutor.create(one, { kernel: 'packed', compiler: [compiler], sanitize: true });
    open.push(host);
    const report = await verify(one, clips, new ReferenceExecutor(one), [host]);
    expect(report).toMatchObject({ clips: 3, steps: 3 * STEPS, differences: 0, first: null });
  });

  test.skipIf(lacking('arm', 'build'))('equals the reference on the emulated chip', async () => {
    const chip = await ChipExecutor.create(one, { kernel: 'packed' });
    const report = await verify(one, clips, new ReferenceExecutor(one), [chip]);
    expect(report).toMatchObject({ clips: 3, steps: 3 * STEPS, differences: 0, first: null });
    expect(chip.firmware.stack.functions.get('leaky_finish')).toBeGreaterThanOrEqual(0);
    const { cyclesMin = 0, cyclesMax = 0 } = estimateAll(one)[0] ?? {};
    const { cycles, calls } = chip.statistics.step;
    expect(cycles / calls).toBeGreaterThan(cyclesMin);
    expect(cycles / calls).toBeLessThan(cyclesMax);
  });
});
