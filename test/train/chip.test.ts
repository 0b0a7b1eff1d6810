// SPDX-License-Identifier: Apache-2.0
/** What training computes with floats is what the compiled network computes with integers. About a second. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { quantize } from '../../compiler/core/quant/quantize.ts';
import { Network as Simulator } from '../../compiler/core/sim/network.ts';
import { readSafetensors } from '../../compiler/core/weights/safetensors.ts';
import { loadModel } from '../../compiler/host/load/load.ts';
import { initialize, type LayerShape, networkOf } from '../../compiler/training/train/network.ts';
import { quantizeInto } from '../../compiler/training/train/quantizer.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { ReferenceTrainer } from '../../compiler/training/train/reference/trainer.ts';
import { parametersFrom, weightsFile } from '../../compiler/training/train/weights.ts';
import { PAPER, randomParameters, rulesOf, stack } from './networks.ts';

const STEPS = 64;
const folder = mkdtempSync(join(tmpdir(), 'egru-train-chip-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(['code', 'equation'] as const)('quantizer %s', (quantizer) => {
  it.each(['septenary', 'q15'] as const)('a model with %s biases predicts alike', (bias) => {
    const network = networkOf(PAPER);
    const random = new Random(8);
    const parameters = Float32Array.from(randomParameters(network, random, 0.6));
    writeFileSync(join(folder, 'weights.safetensors'), weightsFile(network, parameters, {}));
    const labels = Array.from({ length: 10 }, (_, i) => `label ${i}`);
    const model = {
      format: 1,
      name: 'm',
      labels,
      weights: 'weights.safetensors',
      layers: PAPER,
      quantizer,
      bias,
    };
    writeFileSync(join(folder, 'model.json'), JSON.stringify(model));
    const simulator = new Simulator(quantize(loadModel(folder)));

    const used = new Float64Array(network.size);
    quantizeInto(used, parameters, network, { quantizer, bias });
    const features = Int16Array.from({ length: STEPS * 64 }, () => random.below(32768));
    const { logits } = new ReferenceTrainer(network, rulesOf('sum')).forward(
      used,
      Float64Array.from(features, (x) => x / 32768),
      new Float64Array(network.states),
    );
    let [error, largest] = [0, 0];
    for (let t = 0; t < STEPS; t++) {
      simulator.step(features.subarray(t * 64, (t + 1) * 64));
      simulator.logits.forEach((logit, k) => {
        const expected = logits[t * 10 + k] ?? Number.NaN;
        error = Math.max(error, Math.abs(logit / 32768 - expected));
        largest = Math.max(largest, Math.abs(expected));
      });
    }
    expect(largest).toBeGreaterThan(0.5);
    // Each product is rounded down by up to 2^-15, a hundred of them per row.
    expect(error).toBeLessThan(0.01);
  });
});

describe('weights files', () => {
  it('come back as they were', () => {
    const network = stack('egru', 'gru', 'dense');
    const parameters = Float32Array.from(randomParameters(network, new Random(3)));
    const bytes = weightsFile(network, parameters, { frontendDigest: 'abc' });
    const { tensors, metadata } = readSafetensors('w.safetensors', bytes);
    expect(parametersFrom('w.safetensors', network, tensors, 1)).toEqual({ parameters, isWhole: true });
    expect(metadata.get('frontendDigest')).toBe('abc');
    expect(() => parametersFrom('w.safetensors', stack('egru', 'dense'), tensors, 1)).toThrow(
      'w.safetensors: tensor "layer1.weight" is missing',
    );
  });

  it('start a task with other labels from all but its last layer, which is drawn', () => {
    const [before, after] = [networkOf(shapes(4, 5)), networkOf(shapes(4, 2))];
    const parameters = Float32Array.from(randomParameters(before, new Random(3)));
    const { tensors } = readSafetensors('w.safetensors', weightsFile(before, parameters, {}));
    const begun = parametersFrom('w.safetensors', after, tensors, 7);
    const last = after.layers.at(-1)?.tensors[0]?.offset ?? 0;
    expect(begun.isWhole).toBe(false);
    expect(begun.parameters.subarray(0, last)).toEqual(parameters.subarray(0, last));
    expect(begun.parameters.subarray(last)).toEqual(initialize(after, new Random(7)).subarray(last));
    const wider = networkOf(shapes(5, 2));
    expect(() => parametersFrom('w.safetensors', wider, tensors, 7)).toThrow('needs shape');
  });
});

function shapes(units: number, labels: number): LayerShape[] {
  return [
    { type: 'egru', name: 'gru1', inputs: 3, units },
    { type: 'dense', name: 'fc2', inputs: units, units: labels, activation: 'none' },
  ];
}
