// SPDX-License-Identifier: Apache-2.0
/**
 * npm run bench:train: an epoch of training over 2,400 clips of spoken-digits (64 steps, the paper's network, batches
 * of 128, features in memory, quantization in the loop), here and in PyTorch where that is installed. Both start from
 * the same parameters and see the same batches and initial states, so that their losses must agree.
 * Environment: PYTHON (an interpreter with torch), DATA (the folder of recordings; random features without it).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cutClip } from '../../../build/dist/core/audio/crop.js';
import { Frontend } from '../../../build/dist/core/frontend/features.js';
import { quantize } from '../../../build/dist/core/quant/quantize.js';
import { readWav } from '../../../build/dist/host/audio/wav.js';
import { loadModel } from '../../../build/dist/host/load/load.js';
import { Engine, newClips } from '../../../build/dist/training/train/engine/engine.js';
import { batchesOf, epochOrder, initialStates, runEpoch } from '../../../build/dist/training/train/epoch.js';
import { initialize, networkOf } from '../../../build/dist/training/train/network.js';
import { ADAM, newAdamState } from '../../../build/dist/training/train/optimizer.js';
import { quantizeInto } from '../../../build/dist/training/train/quantizer.js';
import { Random } from '../../../build/dist/training/train/random.js';

const EPOCHS = 10;
const WARM_UP = 2;
const STEPS = 64;
const SEED = 1;
const TOLERANCE = 0.02;
const root = fileURLToPath(new URL('../../..', import.meta.url));
const data = process.env.DATA ?? join(root, '../shared/data/spoken-digits');

const network = networkOf([
  { type: 'egru', name: 'gru1', inputs: 64, units: 30 },
  { type: 'egru', name: 'gru2', inputs: 30, units: 20 },
  { type: 'dense', name: 'fc3', inputs: 20, units: 16, activation: 'relu' },
  { type: 'dense', name: 'fc4', inputs: 16, units: 10, activation: 'none' },
]);
const rules = {
  seed: SEED,
  batch: 128,
  adam: ADAM,
  quantization: { quantizer: 'code', bias: 'septenary' },
  schedule: { kind: 'one-cycle', peak: 0.003 },
  share: null,
  penalty: 0,
};
const loss = { readout: 'sum', scale: 4, smoothing: 0.05, classWeights: [] };

/** Clips 10 .. 49 of every digit and speaker, or as many random ones. */
function loadClips() {
  const files = existsSync(data) ? readdirSync(data).filter((name) => /_[1-4]\d\.wav$/.test(name)) : [];
  if (files.length === 0) {
    console.log(`no recordings in ${data}: random features`);
    const random = new Random(SEED);
    const clips = newClips(2400, STEPS, network.inputs, 1);
    for (let i = 0; i < clips.features.length; i++) clips.features[i] = random.below(32768);
    for (let i = 0; i < clips.labels.length; i++) clips.labels[i] = random.below(10);
    return clips;
  }
  const { frontend } = quantize(loadModel(join(root, 'models/spoken-digits')));
  const machine = new Frontend(frontend);
  const clips = newClips(files.length, STEPS, network.inputs, 1);
  files.forEach((name, i) => {
    const { samples } = readWav(join(data, name), frontend.sampleRate);
    const pcm = cutClip(samples, frontend.frame, frontend.hop, STEPS);
    for (let t = 0; t < STEPS; t++) {
      const start = (i * STEPS + t) * frontend.bins;
      machine.frame(pcm, t * frontend.hop, clips.features.subarray(start, start + frontend.bins));
    }
    clips.labels[i] = Number(basename(name)[0]);
  });
  return clips;
}

/** As Python's statistics.median: of an even number of values the mean of the two in the middle. */
const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
};

async function measure(clips, start, threads) {
  const engine = new Engine(network, loss, STEPS, clips, rules.batch, threads);
  await engine.ready();
  const parameters = start.slice();
  const adam = newAdamState(network.size);
  const all = Int32Array.from(clips.labels, (_, i) => i);
  const batches = batchesOf(all.length, rules.batch);
  const seconds = [];
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const began = performance.now();
    const place = { epoch, before: epoch * batches, total: EPOCHS * batches };
    await runEpoch(engine, network, rules, place, all, parameters, adam, async () => true);
    seconds.push((performance.now() - began) / 1000);
  }
  const used = new Float32Array(network.size);
  quantizeInto(used, parameters, network, rules.quantization);
  const final = engine.evaluate(used, all);
  await engine.close();
  return { seconds: median(seconds.slice(WARM_UP)), loss: final.loss, accuracy: final.correct / all.length };
}

/** What the other side needs: raw little-endian numbers, and their description. */
function writeTask(folder, clips, start) {
  const all = Int32Array.from(clips.labels, (_, i) => i);
  const orders = Array.from({ length: EPOCHS }, (_, epoch) => epochOrder(all, SEED, epoch));
  const states = orders.map((order, epoch) => initialStates(order.length, network.states, SEED, epoch));
  const save = (name, ...arrays) =>
    writeFileSync(
      join(folder, name),
      Buffer.concat(arrays.map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength))),
    );
  save('features.i16', clips.features);
  save('labels.i32', clips.labels);
  save('parameters.f32', start);
  save('orders.i32', ...orders);
  save('states.f32', ...states);
  const layers = network.layers.map(({ shape }) => shape);
  const task = {
    steps: STEPS,
    epochs: EPOCHS,
    warmUp: WARM_UP,
    layers,
    tensors: network.tensors.map(({ name }) => name),
    ...rules.quantization,
    batch: rules.batch,
    peak: rules.schedule.peak,
    ...loss,
    ...ADAM,
  };
  writeFileSync(join(folder, 'task.json'), JSON.stringify(task));
}

const interpreters = process.env.PYTHON ? [process.env.PYTHON] : ['python3', '/usr/bin/python3'];
const python = interpreters.find((name) => spawnSync(name, ['-c', 'import torch, numpy']).status === 0);

/** Results of PyTorch with so many threads. */
function measureTorch(folder, threads) {
  const script = fileURLToPath(new URL('./train-torch.py', import.meta.url));
  const { status, stdout, stderr } = spawnSync(python, [script, folder, String(threads)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const print = (name, { seconds, loss: value, accuracy }) =>
  console.log(
    `${name.padEnd(24)} ${seconds.toFixed(3)} s per epoch, loss ${value.toFixed(4)}, accuracy ${(100 * accuracy).toFixed(1)} %`,
  );

const clips = loadClips();
// Four times the usual size: the usual one is below the smallest level, and a network of zeros learns nothing.
const start = initialize(network, new Random(SEED)).map((w) => 4 * w);
console.log(
  `${clips.labels.length} clips, median epoch of ${EPOCHS} after ${WARM_UP} to warm up; loss after epoch ${EPOCHS}`,
);
const own = [];
for (const threads of new Set([1, availableParallelism()])) {
  own.push(await measure(clips, start, threads));
  print(`egru, ${threads} thread${threads > 1 ? 's' : ''}`, own.at(-1));
}
if (python === undefined) {
  console.log(
    `PyTorch is not installed for ${interpreters.join(' or ')}: nothing compared (Debian: python3-torch)`,
  );
} else {
  const folder = mkdtempSync(join(tmpdir(), 'egru-bench-train-'));
  try {
    writeTask(folder, clips, start);
    compare([1, 2].map((threads) => measureTorch(folder, threads)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Fails where the losses disagree, or where PyTorch's better number of threads is faster. */
function compare(torch) {
  torch.forEach((result, i) => {
    print(`PyTorch ${result.version}, ${i + 1} thread${i > 0 ? 's' : ''}`, result);
  });
  const best = Math.min(...torch.map(({ seconds }) => seconds));
  const mine = Math.min(...own.map(({ seconds }) => seconds));
  const apart = Math.max(...own.flatMap((a) => torch.map((b) => Math.abs(a.loss / b.loss - 1))));
  console.log(
    `${(best / mine).toFixed(2)} times as fast as PyTorch; the losses are ${(100 * apart).toFixed(2)} % apart`,
  );
  // Written so that a loss that is no number fails, too.
  if (!(apart <= TOLERANCE)) {
    console.error(`the losses must agree within ${100 * TOLERANCE} %`);
    process.exitCode = 1;
  }
  if (!(mine <= best)) {
    console.error('egru is slower than PyTorch');
    process.exitCode = 1;
  }
}
