// SPDX-License-Identifier: Apache-2.0
/** Units that never fire leave a network, and what it computes stays as it was. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withoutUnits } from '../../compiler/core/model/without-units.ts';
import { loadModel } from '../../compiler/host/load/load.ts';
import { safetensorsBytes } from '../../compiler/training/train/safetensors.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { egru, inWork, json, refusal } from '../cli/egru.ts';
import { Random } from '../support/random.ts';

const [BINS, UNITS, NEXT] = [8, 6, 5];
const FRONTEND = {
  ...{ sampleRate: 8000, frame: 64, hop: 64, window: 'hann', bins: BINS, scale: 'log2', gain: 8, divisor: 9 },
};
const LABELS = ['a', 'b', 'c'];
/** A threshold that no state reaches: softsign stays below 32,265. */
const NEVER = 1;

const random = new Random(11);
const tensor = (name: string, ...shape: number[]) => ({
  name,
  shape,
  values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.between(-8, 8) / 8),
});
const linear = (name: string, units: number, columns: number) => [
  tensor(`${name}.weight`, units, columns),
  tensor(`${name}.bias`, units),
];
const thresholds = (name: string, values: number[]) => ({
  ...{ name, shape: [values.length], values: Float32Array.from(values) },
});

function folder(name: string, layers: object[], tensors: Parameters<typeof safetensorsBytes>[0]): string {
  const path = inWork(name);
  mkdirSync(path);
  const model = { format: 1, name, labels: LABELS, weights: 'w.safetensors', layers };
  const more = {
    quantizer: 'code',
    bias: 'septenary',
    frontend: FRONTEND,
    readout: { steps: 20, rule: 'sum' },
  };
  writeFileSync(join(path, 'model.json'), JSON.stringify({ ...model, ...more }));
  writeFileSync(join(path, 'w.safetensors'), safetensorsBytes(tensors, {}));
  return path;
}

const dense = { type: 'dense', name: 'fc', inputs: NEXT, units: 3, activation: 'none' };
const EGRU = folder(
  'egru',
  [
    { type: 'delta', name: 'in', inputs: BINS, units: BINS, threshold: 200 },
    { type: 'event-egru', name: 'one', inputs: BINS, units: UNITS, output: 'pulse' },
    { type: 'delta', name: 'between', inputs: UNITS, units: UNITS, threshold: [1, 2, 3, 4, 5, 6] },
    { type: 'event-egru', name: 'two', inputs: UNITS, units: NEXT, output: 'hold' },
    dense,
  ],
  [
    ...['zx', 'hx'].flatMap((gate) => linear(`one.weight_${gate}`, UNITS, BINS + UNITS)),
    thresholds('one.threshold', [0.01, NEVER, 0.02, NEVER, 0.01, 0]),
    ...['zx', 'hx'].flatMap((gate) => linear(`two.weight_${gate}`, NEXT, UNITS + NEXT)),
    thresholds('two.threshold', [0, 0.001, NEVER, 0.001, 0]),
    ...linear('fc', 3, NEXT),
  ],
);
const GRU = folder(
  'gru',
  [{ type: 'event-gru', name: 'one', inputs: BINS, units: NEXT, readout: 'last' }, dense],
  [
    tensor('one.kernel', BINS, 3 * NEXT),
    tensor('one.recurrent_kernel', NEXT, 3 * NEXT),
    // Candidates above 0: something fires.
    { ...tensor('one.bias', 3 * NEXT), values: new Float32Array(3 * NEXT).fill(0.7) },
    tensor('one.recurrent_bias', 3 * NEXT),
    thresholds('one.thr', [0.01, NEVER, 0, NEVER, 0]),
    ...linear('fc', 3, NEXT),
  ],
);
const SILENT = folder(
  'silent',
  [{ type: 'event-egru', name: 'one', inputs: BINS, units: NEXT, output: 'pulse', threshold: 32767 }, dense],
  [
    ...['zx', 'hx'].flatMap((gate) => linear(`one.weight_${gate}`, NEXT, BINS + NEXT)),
    ...linear('fc', 3, NEXT),
  ],
);
const SOUNDS = inWork('sounds');
mkdirSync(SOUNDS);
for (let i = 0; i < 4; i++) {
  const samples = Array.from({ length: 4000 }, (_, t) =>
    Math.round(2 ** (6 + 2 * i) * Math.sin((t * t) / (900 + 400 * i)) + random.between(-9, 9)),
  );
  writeFileSync(join(SOUNDS, `${i}.wav`), makeWav(pcm16(samples)));
}

describe('units that never fire', () => {
  it.each([
    [EGRU, ['in', 'one', 'between', 'two', 'fc'], [BINS, 4, 4, 4, 3]],
    [GRU, ['one', 'fc'], [3, 3]],
  ])('leave %s, and its scores stay', async (model, layers, units) => {
    const out = `${model}-slim`;
    const printed = await json(['slim', model, SOUNDS, '-o', out]);
    expect(printed).toMatchObject({ same: 4, label: 4 });
    const { layers: rows } = printed as { layers: { layer: string; units: number }[] };
    expect(rows.map(({ layer }) => layer)).toEqual(layers);
    expect(rows.map(({ units }) => units)).toEqual(units);
    const [before, after] = await Promise.all([model, out].map((path) => json(['run', path, SOUNDS])));
    const scores = (run: Record<string, unknown> | undefined) =>
      (run as { clips: { scores: number[] }[] }).clips.map((clip) => clip.scores);
    expect(scores(after)).toEqual(scores(before));
    expect(new Set(scores(after).map(String)).size).toBeGreaterThan(1);
  });

  it('are what --below adds to, whose constants go into biases', () => {
    const model = loadModel(EGRU);
    const kept = model.layers.map(({ units }) => Array.from({ length: units }, (_, unit) => unit !== 0));
    const means = model.layers.map(({ units }) => Array.from({ length: units }, () => 0.5));
    const [, one, , , fc] = withoutUnits(model, { kept, means });
    const weight = (layer: number, name: string) => {
      const { linears } = model.layers[layer] ?? { linears: [] };
      const found = linears.find((each) => each.weight.name === name);
      if (found === undefined) throw new Error(name);
      return found;
    };
    const own = weight(1, 'one.weight_zx.weight');
    const bias = one?.tensors.find(({ name }) => name === 'one.weight_zx.bias');
    // The first unit that is left was the second; column BINS held the output of the one that left.
    expect(bias?.values[0]).toBeCloseTo(
      (own.bias.values[1] ?? 0) + 0.5 * (own.weight.values[BINS + UNITS + BINS] ?? 0),
      12,
    );
    const last = weight(4, 'fc.weight');
    expect(fc?.tensors[1]?.values[2]).toBeCloseTo(
      (last.bias.values[2] ?? 0) + 0.5 * (last.weight.values[2 * NEXT] ?? 0),
      12,
    );
    expect(fc?.tensors[0]?.shape).toEqual([3, NEXT - 1]);
  });

  it('are no matter of networks without events, and nothing is overwritten', async () => {
    expect(await refusal(['slim', 'models/spoken-digits', SOUNDS, '-o', inWork('never')])).toBe(
      'models/spoken-digits: has no layer that sends events (layers)',
    );
    expect(await refusal(['slim', EGRU, SOUNDS, '-o', EGRU])).toContain('exists already');
    expect(await refusal(['slim', EGRU, SOUNDS, '-o', inWork('x'), '--below', '2'])).toContain('--below');
    expect(await refusal(['slim', SILENT, SOUNDS, '-o', inWork('x')])).toContain(
      'no unit of layer "one" fires often enough',
    );
    expect(existsSync(inWork('x'))).toBe(false);
  });

  it('are counted by layer', async () => {
    const { stdout } = await egru(['slim', EGRU, SOUNDS, '-o', inWork('shown')]);
    expect(stdout).toMatch(/one +6 +4\n/);
    expect(stdout).toContain('4 of 4 recordings have the same scores, 4 the same label (100.0 %)');
  });
});
