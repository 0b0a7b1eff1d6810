// SPDX-License-Identifier: Apache-2.0
/** What quantization costs, on the recordings that come with the model. Two seconds. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Model, ModelLayer, Tensor } from '../../compiler/core/model/model.ts';
import { quantize } from '../../compiler/core/quant/quantize.ts';
import { Simulator } from '../../compiler/core/sim/simulator.ts';
import { findClips } from '../../compiler/host/audio/clips.ts';
import { truthReader } from '../../compiler/host/audio/labels.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadModel } from '../../compiler/host/load/load.ts';
import { clipProgram, readClips } from '../../compiler/machines/batch/clip-input.ts';
import { evaluateFloat } from '../../compiler/report/evaluate/float-evaluation.ts';
import { levelOf } from '../../compiler/training/train/quantizer.ts';

const folder = packagePath('models', 'spoken-digits');
const shipped = loadModel(folder);
const files = findClips([join(folder, 'samples')]);
const truth = truthReader(shipped.labels, undefined, shipped.splits);
const truths = files.map((file) => truth(file) ?? -1);

async function integers(model: Model): Promise<number[]> {
  const program = clipProgram(quantize(model), 'm');
  const simulator = new Simulator(program);
  return (await readClips(program, files)).map((clip) => simulator.run(clip).label);
}

async function evaluate(model: Model, predicted?: readonly number[]) {
  const program = clipProgram(quantize(model), 'm');
  return evaluateFloat(model, program, files, truths, predicted ?? (await integers(model)));
}

/** The model with every weight and bias changed. */
function scaled(model: Model, change: (value: number) => number): Model {
  const tensor = (t: Tensor): Tensor => ({ ...t, values: t.values.map(change) });
  const linear = (l: { weight: Tensor; bias: Tensor }) => ({
    weight: tensor(l.weight),
    bias: tensor(l.bias),
  });
  const layers = model.layers.map((layer): ModelLayer => ({ ...layer, linears: layer.linears.map(linear) }));
  return { ...model, layers };
}

const leveled = scaled(shipped, (value) => levelOf(value, shipped.quantizer));

const initialStates = (units: number) =>
  Int16Array.from({ length: units }, (_, i) => (i % 2 ? 30000 : -30000));

describe('the shipped model', () => {
  it('predicts with levels in floating point what the chip predicts with integers', async () => {
    expect(truths).not.toContain(-1);
    const predicted = await integers(shipped);
    const { full, quantized, changed, offLevel } = await evaluate(shipped, predicted);
    const right = predicted.filter((label, i) => label === truths[i]).length;
    expect(changed.byIntegers).toBe(0);
    expect(quantized).toMatchObject({ correct: right, accuracy: right / files.length });
    expect(quantized.interval[0]).toBeLessThan(quantized.accuracy);
    expect(offLevel).toBeGreaterThan(8000);
    expect(full.correct + changed.byLevels).toBeGreaterThanOrEqual(quantized.correct);
  });

  it('loses nothing where its weights are levels already', async () => {
    const { full, quantized, changed, offLevel } = await evaluate(leveled);
    expect({ changed, offLevel }).toEqual({ changed: { byLevels: 0, byIntegers: 0 }, offLevel: 0 });
    expect(full).toEqual(quantized);
  });

  it('the column of full weights sees the weights, the other one their levels', async () => {
    // By the equation's rule a quarter is zero: the levels lose what the weights still have.
    const { full, changed } = await evaluate({ ...leveled, quantizer: 'equation' });
    const { quantized } = await evaluate(leveled);
    expect(full).toEqual(quantized);
    expect(changed.byLevels).toBeGreaterThan(0);
    // Weights that all round to zero: nothing is distinguished, and the first label is predicted.
    const tiny = scaled(leveled, (value) => value / 8);
    const nothing = await evaluate(tiny, truths);
    const first = truths.filter((label) => label === 0).length;
    expect(nothing.quantized.correct).toBe(first);
    // The labels by the integers are the caller's: compared clip by clip.
    expect(nothing.changed.byIntegers).toBe(files.length - first);
  });

  it('starts from the states of the model and reads out by its rule', async () => {
    const layers = leveled.layers.map((layer) =>
      layer.type === 'egru' ? { ...layer, settings: { initialState: initialStates(layer.units) } } : layer,
    );
    const readout = { steps: 2, rule: 'last' as const };
    const other: Model = { ...leveled, layers, readout };
    const predicted = await integers(other);
    expect(predicted).not.toEqual(await integers({ ...leveled, readout }));
    expect(predicted).not.toEqual(await integers({ ...other, readout: { steps: 2, rule: 'sum' } }));
    const { changed } = await evaluate(other, predicted);
    expect(changed.byIntegers).toBe(0);
  });
});
