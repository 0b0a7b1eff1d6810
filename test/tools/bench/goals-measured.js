// SPDX-License-Identifier: Apache-2.0
// `node test/tools/bench/goals-measured.js [DATA]`: the goals' table, measured on the emulated chip. About a minute.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { defaultBoard } from '../../../build/dist/boards/boards.js';
import { loadProgram } from '../../../build/dist/host/load/load-program.js';
import { modelFlash } from '../../../build/dist/machines/firmware/fit.js';
import { measureKernel } from '../../../build/dist/report/bench/bench.js';
import { benchClips } from '../../../build/dist/report/bench/clips.js';
import { sparseEach } from '../densities.js';
import { networks, randomNumbers, weightsOf } from '../networks.js';
import { egru } from './egru.js';
import { GOALS, goalLines, HEADING } from './goals.js';

const DIGITS = 'models/spoken-digits';
const WAKE_WORDS = 'models/wake-words';
const CLIPS = 12;
const STEPS = 16;

const [LARGE, DENSE] = Object.values(networks);
const BYTES = GOALS.find(({ of }) => of === 'largeBytes').most;
/** The fastest step within the goal's bytes, or what the board has; header and descriptors take less than 1 KB of them. */
const MIXED = `mixed:${Math.min(BYTES, modelFlash(defaultBoard)) - 1024}`;

/** Cycles of a step of a model over a dozen recordings, or noise where there are none. */
async function wakeWords(data) {
  const audio = `${data}/wake-words`;
  const program = loadProgram(WAKE_WORDS);
  const found = existsSync(audio) ? [audio] : [];
  const { clips } = await benchClips(program, WAKE_WORDS, found, { limit: CLIPS });
  return (await measureKernel(program, 'unrolled', clips, () => {})).kernel.cyclesPerStep;
}

/** A network's kernel, measured with features from 0 to 1. */
async function ofNetwork(program, kernel) {
  const random = randomNumbers(1);
  const features = Int16Array.from({ length: STEPS * program.layers[0].inputs }, () => 32768 * random());
  return (await measureKernel(program, kernel, [features], () => {})).kernel;
}

function sparseFigures() {
  const layers = sparseEach().filter(({ inputs, units }) => inputs === 64 && units === 256);
  const figures = layers.flatMap(({ density, cycles, bytes }) => [
    [`sparse${100 * density}`, cycles],
    [`bytes${100 * density}`, bytes],
  ]);
  return Object.fromEntries(figures);
}

/** @param report what `egru bench --json` says of models/spoken-digits @param data the folder of recordings */
export async function goalFigures(report, data) {
  const cyclesOf = (kernel) => report.kernels.find(({ name }) => name === kernel).cyclesPerStep;
  const [large, dense] = [LARGE(), DENSE()];
  const eachPacked = async (network) =>
    (await ofNetwork(network, 'packed')).cyclesPerStepMax / weightsOf(network);
  const mixed = await ofNetwork(large, MIXED);
  return {
    digits: cyclesOf('unrolled'),
    features: report.frontend.cycles,
    packedDigits: cyclesOf('packed') / weightsOf(loadProgram(DIGITS)),
    wakeWords: existsSync(WAKE_WORDS) ? await wakeWords(data) : null,
    large: mixed.cyclesPerStepMax,
    largeBytes: mixed.flash,
    dense: (await ofNetwork(dense, MIXED)).cyclesPerStepMax,
    packedLarge: await eachPacked(large),
    packedDense: await eachPacked(dense),
    ...sparseFigures(),
  };
}

/** The section of docs/BENCHMARKS.md, line by line. */
export async function goalsSection(report, data) {
  return [...HEADING, ...goalLines(await goalFigures(report, data))];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const data = process.argv[2] ?? '../shared/data';
  const clips = `${data}/spoken-digits`;
  const audio = existsSync(clips) ? [clips, '--split', 'test'] : [];
  const report = JSON.parse(await egru('bench', DIGITS, ...audio, '--json'));
  process.stdout.write(`${(await goalsSection(report, data)).join('\n')}\n`);
}
