// SPDX-License-Identifier: Apache-2.0
/**
 * What events save on the emulated chip: a model of event-based eGRU layers beside the same weights in eGRU layers,
 * over clips of its test split and over a stream of which nine tenths are quiet.
 *
 *     node test/tools/events/event-model.js MODEL FOLDER [CLIPS]
 *
 * prints a table for each. Quiet is noise of ±4 steps of 16-bit PCM.
 */
import { cellOf, matricesOf } from '../../../build/dist/core/program/cells/index.js';
import { programRanges } from '../../../build/dist/core/program/program-ranges.js';
import { Network } from '../../../build/dist/core/sim/network.js';
import { Simulator } from '../../../build/dist/core/sim/simulator.js';
import { spread } from '../../../build/dist/host/audio/clips.js';
import { loadModel } from '../../../build/dist/host/load/load.js';
import { loadProgram } from '../../../build/dist/host/load/load-program.js';
import { measureKernel } from '../../../build/dist/report/bench/bench.js';
import { benchClips } from '../../../build/dist/report/bench/clips.js';
import { sequence } from '../../../build/dist/report/bench/sequence.js';

/** Quiet steps for each of a clip. */
const QUIET = 9;

const [model, folder, limit = '20'] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: event-model.js MODEL FOLDER [CLIPS]');
const program = loadProgram(model);
const { splits } = loadModel(model);
const selected = await benchClips(program, model, [folder], { split: 'test', splits });
const clips = spread(selected.clips, Number(limit));
const random = sequence(3);
const quiet = (length) => Int16Array.from({ length }, () => (random() >>> 29) - 4);
const streams = clips.map((clip) => Int16Array.from([...clip, ...quiet(QUIET * clip.length)]));

/** The features of recordings: the feature extractor costs the same with every network. */
const featuresOf = (sounds) => {
  const simulator = new Simulator(program);
  return sounds.map((sound) =>
    Int16Array.from(
      Array.from({ length: simulator.steps(sound.length) }, (_, t) => [
        ...simulator.features(sound, t),
      ]).flat(),
    ),
  );
};

/** The same weights in eGRU layers, without thresholded inputs. */
function dense({ layers, ...rest }) {
  const same = layers
    .filter((layer) => matricesOf(layer).length > 0)
    .map((layer) =>
      matricesOf(layer).length === 2
        ? { ...layer, type: 'egru', initialState: new Int16Array(layer.units) }
        : layer,
    );
  const changed = { ...rest, layers: same };
  for (const { matrix, ranges } of programRanges(changed).matrices) {
    matrix.min.set(ranges.map(({ min }) => min));
    matrix.max.set(ranges.map(({ max }) => max));
  }
  return changed;
}

/** "gru1 12.3 %" for every layer that sends events. */
function activityOf(one, features) {
  const network = new Network(one);
  const inputs = one.layers[0].inputs;
  const sent = one.layers.map(() => 0);
  let steps = 0;
  for (const clip of features) {
    network.reset();
    let before = one.layers.map(({ units }) => new Int32Array(units));
    for (let at = 0; at < clip.length; at += inputs, steps++) {
      network.step(clip.subarray(at, at + inputs));
      const now = network.outputs.map((values) => Int32Array.from(values));
      one.layers.forEach((layer, i) => {
        now[i].forEach((y, unit) => {
          if (cellOf(layer).isEvent?.(layer, y, before[i][unit])) sent[i]++;
        });
      });
      before = now;
    }
  }
  return one.layers.flatMap((layer, i) =>
    cellOf(layer).isEvent === undefined
      ? []
      : [`${layer.name} ${((100 * sent[i]) / steps / layer.units).toFixed(1)} %`],
  );
}

const events = { ...program, frontend: null };
const rows = [
  ['events, packed', events, 'packed'],
  ['events, unrolled', events, 'unrolled'],
  ['dense, packed', dense(events), 'packed'],
  ['dense, unrolled', dense(events), 'unrolled'],
];
const whole = (value) => Math.round(value).toLocaleString('en');
for (const [what, sounds] of [
  ['clips of the test split', clips],
  [`streams, ${(100 * QUIET) / (QUIET + 1)} % quiet`, streams],
]) {
  const features = featuresOf(sounds);
  console.log(`\n${clips.length} ${what}\n`);
  console.log('| kernel | mean cycles | 99 % | worst | flash | RAM | active |');
  console.log('|---|--:|--:|--:|--:|--:|---|');
  for (const [name, one, kernel] of rows) {
    const measured = await measureKernel(one, kernel, features, () => {});
    const { cyclesPerStep, cyclesPerStep99, cyclesPerStepMax, flash, ram } = measured.kernel;
    const active = activityOf(one, features);
    const cells = [cyclesPerStep, cyclesPerStep99, cyclesPerStepMax, flash, ram].map(whole);
    console.log(`| ${[name, ...cells, active.join(', ') || '-'].join(' | ')} |`);
  }
}
const weights = program.layers.flatMap((layer) =>
  matricesOf(layer).flatMap(({ matrix }) => [...matrix.codes]),
);
const kept = weights.filter((code) => code !== 7).length / weights.length;
console.log(`\n${whole(weights.length)} weights, ${(100 * kept).toFixed(0)} % not zero`);
