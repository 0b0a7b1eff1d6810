// SPDX-License-Identifier: Apache-2.0
/** models/training/pytorch: the module is the integer network's twin, and what it trains compiles. About 10 s. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { frontendDigest } from '../../compiler/core/program/digest.ts';
import type { FrontendDefinition } from '../../compiler/core/program/frontend-program.ts';
import { biasOf } from '../../compiler/core/quant/levels.ts';
import { quantize } from '../../compiler/core/quant/quantize.ts';
import { Network } from '../../compiler/core/sim/network.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadModel } from '../../compiler/host/load/load.ts';
import { levelOf } from '../../compiler/training/train/quantizer.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { inWork, json, MODEL, write, writeNoise } from '../cli/egru.ts';
import { lacking } from '../support/needs.ts';
import { pythonWithTorch, twoProcesses } from '../support/torch.ts';

const python = pythonWithTorch();
const SCRIPT = packagePath('models', 'training', 'pytorch', 'train.py');
const BINS = 64;
const STEPS = 64;
/** Each product is rounded down by up to 2^-15, a hundred of them per row (as in chip.test.ts). */
const TOLERANCE = 0.01;

interface Answer {
  readonly version: string;
  readonly vectors: { readonly loss: number; readonly gradient: number; readonly rate: number };
  readonly levels: Readonly<Record<'code' | 'equation', readonly number[]>>;
  readonly q15: readonly number[];
  readonly digests: readonly string[];
  readonly runs: readonly { readonly code: number; readonly stderr: string }[];
  readonly logits: readonly (readonly (readonly (readonly number[])[])[])[];
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], input = ''): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const environment = { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
    const child = spawn(python ?? 'python3', args, { env: environment });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}

const original = JSON.parse(readFileSync(packagePath(MODEL, 'model.json'), 'utf8')) as {
  readonly labels: readonly string[];
  readonly frontend: FrontendDefinition;
};
/** Of the same feature extractor, but small. */
const small = {
  ...original,
  weights: 'weights.pt',
  layers: [
    { type: 'egru', name: 'gru1', inputs: BINS, units: 9, initialState: Array(9).fill(8192) },
    { type: 'egru', name: 'gru2', inputs: 9, units: 7 },
    { type: 'dense', name: 'fc3', inputs: 7, units: 6, activation: 'relu' },
    { type: 'dense', name: 'fc4', inputs: 6, units: 10, activation: 'none' },
  ],
  splits: undefined,
};
const combinations = (['code', 'equation'] as const).flatMap((quantizer) =>
  (['septenary', 'q15'] as const).map((bias) => ({ quantizer, bias })),
);
const other = { ...original.frontend, gain: 7e-7 };
const normalizing: FrontendDefinition = {
  ...original.frontend,
  bands: { scale: 'mel', from: 0, to: 3900.5 },
  normalize: { over: 'frame', rise: 0, fall: 8, floor: 11468, center: 16384, gain: 2 },
};
const linear: FrontendDefinition = { ...original.frontend, scale: 'linear', gain: 0.00003125, divisor: 1 };

function folder(name: string, model: object): string {
  mkdirSync(inWork(name));
  write(join(name, 'model.json'), JSON.stringify(model));
  return inWork(name);
}

const randomFeatures = () => {
  const random = new Random(8);
  return [0, 1].map(() =>
    Array.from({ length: STEPS }, () => Array.from({ length: BINS }, () => random.below(32768))),
  );
};

/** Around every threshold the neighbours in float32, and what must not be rounded up. */
function edgeValues(): number[] {
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  const edges = [Math.SQRT1_2, Math.SQRT1_2 / 2, Math.SQRT1_2 / 4, 0.25].flatMap((edge) => {
    float[0] = edge;
    const middle = bits[0] ?? 0;
    return [-2, -1, 0, 1, 2].map((offset) => {
      bits[0] = middle + offset;
      return float[0] ?? 0;
    });
  });
  const halves = [0.49999997, 0.5, 0.50000006, 1.5, 2.5].map((n) => Math.fround(n / 32768));
  const random = new Random(3);
  const spread = Array.from({ length: 200 }, () => Math.fround(random.uniform(-1.5, 1.5)));
  return [0, 1, 1.2, ...edges, ...halves].flatMap((value) => [value, -value]).concat(spread);
}

describe.skipIf(lacking('torch'))('PyTorch module (needs python3 with torch and numpy)', () => {
  const features = randomFeatures();
  const values = edgeValues();
  const folders =
    python === null ? [] : combinations.map((rules, i) => folder(`saved${i}`, { ...small, ...rules }));
  let answer: Answer;
  let torchrun: Outcome;

  beforeAll(async () => {
    // Files of egru itself; the model.json that they are made with has no weights yet.
    const model = folder('new', small);
    const clips = original.labels.map((_, i) => writeNoise(`${i}_a_0.wav`, i + 1, 0.3 + 0.05 * i));
    const pattern = ['--pattern', '{label}_{speaker}_{index}.wav'];
    const foreign = folder('foreign', { ...small, frontend: other });
    const unknown = writeNoise('unknown.wav', 9);
    await Promise.all(
      [
        [model, ...clips, ...pattern, '-o', inWork('a.npy')],
        [model, ...clips.slice(4), ...pattern, '-o', inWork('b.safetensors')],
        [foreign, ...clips, ...pattern, '-o', inWork('foreign.npy')],
        [model, unknown, ...clips, '-o', inWork('unknown.npy')],
      ].map((args) => json(['features', ...args])),
    );
    const phase = { epochs: 2, rate: 0.02 };
    const recipe = {
      // 16 clips in batches of 5: of the last one, a clip, the second of two processes has nothing.
      batch: 5,
      loss: { classWeights: 'balanced' },
      phases: [
        { ...phase, quantize: false },
        { ...phase, quantize: true },
      ],
    };
    const config = write('recipe.json', JSON.stringify(recipe));
    const training = ['--training', inWork('a.npy'), inWork('b.safetensors')];
    const common = [
      model,
      ...training,
      '--validation',
      inWork('a.npy'),
      '--device',
      'cpu',
      '--config',
      config,
    ];
    const bad = (file: string, ...more: string[]) => ({
      arguments: [model, '--training', file, '--validation', inWork('a.npy'), '-o', inWork('never'), ...more],
    });
    const request = {
      values,
      save: combinations.map((rules, i) => ({ model: { ...small, ...rules }, folder: folders[i] })),
      frontends: [original.frontend, other, linear, normalizing],
      runs: [
        { arguments: [...common, '-o', inWork('one')] },
        { arguments: [...common, '-o', inWork('again')], epochs: 3 },
        { arguments: [...common, '-o', inWork('again'), '--resume'] },
        { arguments: [...common, '-o', inWork('seed'), '--seed', '2', '--rotate'] },
        { arguments: [...common, '-o', inWork('again'), '--resume', '--seed', '2'] },
        bad(inWork('foreign.npy')),
        bad(inWork('unknown.npy')),
        bad(write('damaged.safetensors', '12345678{')),
        bad(inWork('missing.npy')),
        bad(inWork('a.npy'), '--config', write('typo.json', '{"bach": 5}')),
      ],
      folders: [...folders, inWork('one')],
      features,
    };
    const launcher = await twoProcesses(inWork('logs'));
    const checks = start([packagePath('test', 'train', 'torch-module.py')], JSON.stringify(request));
    const both = start([...launcher, SCRIPT, ...common, '-o', inWork('two')]);
    const { code, stdout, stderr } = await checks;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    answer = JSON.parse(stdout) as Answer;
    torchrun = await both;
  });

  it('has the loss, the gradients and the rates of torch-vectors.json', () => {
    for (const difference of Object.values(answer.vectors)) expect(difference).toBeLessThan(1e-12);
  });

  it('quantizes as the compiler does, to the bit', () => {
    for (const rule of ['code', 'equation'] as const) {
      expect(answer.levels[rule].map((level) => level + 0)).toEqual(values.map((v) => levelOf(v, rule)));
    }
    expect(answer.q15.map((bias) => bias * 32768 + 0)).toEqual(values.map((v) => biasOf(v, 'q15', 'code')));
  });

  it('computes the digest of a feature extractor as egru does', () => {
    expect(answer.digests).toEqual([original.frontend, other, linear, normalizing].map(frontendDigest));
  });

  it.each(
    [...combinations.map(({ quantizer, bias }) => `${quantizer}, ${bias}`), 'trained'].map((name, i) => ({
      name,
      i,
    })),
  )('logits are those of the compiled network ($name)', ({ name, i }) => {
    const simulator = new Network(
      quantize(loadModel(name === 'trained' ? inWork('one') : (folders[i] ?? ''))),
    );
    let [error, largest] = [0, 0];
    features.forEach((clip, k) => {
      simulator.reset();
      clip.forEach((step, t) => {
        simulator.step(Int16Array.from(step));
        simulator.logits.forEach((logit, label) => {
          const expected = answer.logits[i]?.[k]?.[t]?.[label] ?? Number.NaN;
          error = Math.max(error, Math.abs(logit / 32768 - expected));
          largest = Math.max(largest, Math.abs(expected));
        });
      });
    });
    expect(error).toBeLessThan(TOLERANCE);
    expect(largest).toBeGreaterThan(name === 'trained' ? 0.2 : 1);
  });

  it('trains, is interrupted, and goes on with the same bits', () => {
    expect(answer.runs.slice(0, 4).map(({ code }) => code)).toEqual([0, 130, 0, 0]);
    expect(weights('again')).toEqual(weights('one'));
    expect(weights('seed')).not.toEqual(weights('one'));
    expect(epochs('again')).toEqual(epochs('one'));
    expect(epochs('one').map(({ quantized }) => quantized)).toEqual([false, false, true, true]);
    expect(readdirSync(inWork('one')).sort()).toEqual(FILES);
  });

  it('gives the same under torchrun, up to the rounding of sums', () => {
    expect(torchrun.code, torchrun.stderr).toBe(0);
    expect(readdirSync(inWork('two')).sort()).toEqual(FILES);
    const [one, two] = [epochs('one'), epochs('two')];
    two.forEach(({ loss, validationLoss, accuracy }, epoch) => {
      expect(loss).toBeCloseTo(one[epoch]?.loss ?? Number.NaN, 5);
      expect(validationLoss).toBeCloseTo(one[epoch]?.validationLoss ?? Number.NaN, 5);
      expect(accuracy).toBeCloseTo(one[epoch]?.accuracy ?? Number.NaN, 9);
    });
    const expected = weights('one');
    weights('two').forEach((weight, i) => {
      expect(weight, `weight ${i}`).toBeCloseTo(expected[i] ?? Number.NaN, 4);
    });
  });

  it.each([
    ['another recipe', 4, 'WORK/again/resume.pt: was begun with another recipe, model or other clips'],
    [
      'features of another feature extractor',
      5,
      'WORK/foreign.npy: its features come from feature extractor ',
    ],
    ['a clip without label', 6, 'WORK/unknown.npy: WORK/unknown.wav has no label'],
    ['a damaged file', 7, 'WORK/damaged.safetensors: is no safetensors file that is read here (its header'],
    ['a missing file', 8, 'WORK/missing.npy: No such file or directory'],
    ['a misspelt key', 9, 'WORK/typo.json: unknown key "bach"; there are seed, batch, '],
  ])('refuses %s in one line', (_, run, message) => {
    const { code, stderr } = answer.runs[run] ?? expect.fail();
    expect(code).toBe(2);
    expect(stderr.replaceAll(inWork(), 'WORK')).toContain(`train.py: ${message}`);
    expect(stderr.indexOf('\n')).toBe(stderr.length - 1);
    expect(existsSync(inWork('never'))).toBe(false);
  });
});

const FILES = ['model.json', 'resume.pt', 'training.json', 'weights.pt'];

/** All weights and biases of a trained model, as the checkpoint has them. */
function weights(name: string): number[] {
  return loadModel(inWork(name)).layers.flatMap((layer) =>
    layer.linears.flatMap(({ weight, bias }) => [...weight.values, ...bias.values]),
  );
}

interface Epoch {
  readonly quantized: boolean;
  readonly loss: number;
  readonly accuracy: number;
  readonly validationLoss: number;
}

/** Records of training.json without the time that they took. */
function epochs(name: string): Epoch[] {
  const { epochs } = JSON.parse(readFileSync(inWork(name, 'training.json'), 'utf8')) as { epochs: Epoch[] };
  return epochs.map((epoch) => ({ ...epoch, seconds: undefined }));
}
