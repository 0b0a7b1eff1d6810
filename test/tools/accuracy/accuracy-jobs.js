// SPDX-License-Identifier: Apache-2.0
/** What `make accuracy` trains, and how each network is evaluated. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cutClip } from '../../../build/dist/core/audio/crop.js';
import { Frontend } from '../../../build/dist/core/frontend/features.js';
import { quantizeFrontend } from '../../../build/dist/core/quant/frontend.js';
import { readSafetensors } from '../../../build/dist/core/weights/safetensors.js';
import { readWav } from '../../../build/dist/host/audio/wav.js';
import { shapesOf } from '../../../build/dist/training/train/config.js';
import { Engine, newClips } from '../../../build/dist/training/train/engine/engine.js';
import { networkOf } from '../../../build/dist/training/train/network.js';
import { parametersFrom } from '../../../build/dist/training/train/weights.js';

const SEEDS = [1, 2, 3, 4, 5];
const PRUNED_SEEDS = [1, 2, 3];
export const SPEAKERS = ['george', 'jackson', 'lucas', 'nicolas', 'theo', 'yweweler'];

const DIGITS_SEEDS = [1];

/** name: folder below `out`; data: what is trained on; filter: the recordings of `digits` that evaluate it. */
export function jobsOf(digits, out) {
  const seeds = (config, list) =>
    list.map((seed) => ({ name: `${config}-${seed}`, config, seed, data: digits, filter: '*_[0-4].wav' }));
  return {
    egru: seeds('spoken-digits', SEEDS),
    gru: seeds('spoken-digits-gru', SEEDS),
    pruned: seeds('spoken-digits-sparse', PRUNED_SEEDS),
    speakers: SPEAKERS.map((speaker) => ({
      ...{ name: `without-${speaker}`, config: 'without-speaker', seed: 1, filter: `*_${speaker}_*.wav` },
      data: manifest(digits, out, speaker),
    })),
    digits: DIGITS_SEEDS.map((seed) => ({
      ...{ name: `digits-${seed}`, config: 'digits', seed, data: manySpeakers(digits, out) },
      filter: '*_[0-4].wav',
    })),
    digitsSpeakers: SPEAKERS.map((speaker) => ({
      ...{ name: `digits-without-${speaker}`, config: 'digits-without-speaker', seed: 1 },
      ...{ data: manySpeakers(digits, out, speaker), filter: `*_${speaker}_*.wav` },
    })),
  };
}

/** spoken-digits and field/digits, with the sets of models/training/digits.sh; @param speaker who is left out */
function manySpeakers(digits, out, speaker = '') {
  const folder = join(out, `data-digits${speaker === '' ? '' : `-${speaker}`}`);
  execFileSync('models/training/digits.sh', [dirname(digits), folder, speaker], { stdio: 'inherit' });
  return join(folder, 'digits.csv');
}

/** Recordings of one speaker test, 5 to 9 of the others validate, the rest trains. In a folder with a link to them. */
function manifest(digits, out, speaker) {
  const folder = join(out, `data-${speaker}`);
  const file = join(folder, 'split.csv');
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  symlinkSync(digits, join(folder, 'digits'));
  const names = readdirSync(digits).filter((name) => name.endsWith('.wav'));
  const rows = names.sort().map((name) => {
    const [label, who, index] = name.replace('.wav', '').split('_');
    const others = Number(index) >= 5 && Number(index) <= 9 ? 'validation' : 'train';
    return `digits/${name},${label},${who === speaker ? 'test' : others}`;
  });
  writeFileSync(file, ['file,label,split', ...rows, ''].join('\n'));
  return file;
}

/** A GRU on the official test set, in float: no compiler takes it. */
export function judgeGru(folder, digits) {
  const { configuration, dataset } = JSON.parse(readFileSync(join(folder, 'training.json'), 'utf8'));
  const { frontend: definition, recurrent, dense, readout } = configuration;
  const frontend = quantizeFrontend(definition);
  const network = networkOf(shapesOf('gru', definition.bins, recurrent, dense, dataset.labels.length));
  const file = join(folder, 'weights.safetensors');
  const { tensors } = readSafetensors(file, readFileSync(file));
  const { parameters } = parametersFrom(file, network, tensors, 1);
  const names = readdirSync(digits).filter((name) => /_[0-4]\.wav$/.test(name));
  const { frame, hop, bins, sampleRate } = frontend;
  const { steps, rule } = readout;
  const clips = newClips(names.length, steps, bins, 1);
  const machine = new Frontend(frontend);
  names.forEach((name, i) => {
    const pcm = cutClip(readWav(join(digits, name), sampleRate).samples, frame, hop, steps);
    for (let t = 0; t < steps; t++) {
      const start = (i * steps + t) * bins;
      machine.frame(pcm, t * hop, clips.features.subarray(start, start + bins));
    }
    clips.labels[i] = Number(name[0]);
  });
  const rules = { readout: rule, scale: 1, smoothing: 0, classWeights: [] };
  const engine = new Engine(network, rules, steps, clips, names.length, 1);
  const { correct } = engine.evaluate(parameters, Int32Array.from(names.keys()));
  return { correct, clips: names.length, accuracy: correct / names.length };
}
