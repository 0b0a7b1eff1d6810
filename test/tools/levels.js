// SPDX-License-Identifier: Apache-2.0
/** Accuracy of a model for spoken digits at several levels and against recorded noise, on the reference. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cutClip } from '../../build/dist/core/audio/crop.js';
import { Simulator } from '../../build/dist/core/sim/simulator.js';
import { readSound } from '../../build/dist/host/audio/sound-file.js';
import { loadProgram } from '../../build/dist/host/load/load-program.js';
import { effectiveLevel } from '../../build/dist/training/train/augment/noise.js';
import { Random } from '../../build/dist/training/train/random.js';

/** Peaks of the recordings, dBFS. */
export const LEVELS = [-45, -35, -25, -15, -5];
/** Peaks at which noise is added, and how far below the recording it lies, both in decibels. */
export const NOISY = [-15, -35];
const SNR = 10;
const SEED = 1;

const clip16 = (value) => Math.max(-32768, Math.min(32767, Math.round(value)));

/** The official test set of spoken-digits, and recordings of noise and of music that no training here hears. */
export async function readTestSounds(data) {
  const digits = join(data, 'spoken-digits');
  const names = readdirSync(digits).filter((name) => /_[0-4]\.wav$/.test(name));
  const words = [];
  for (const name of names.sort()) {
    const { samples } = await readSound(join(digits, name), 8000);
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1);
    words.push({ label: Number(name[0]), samples, peak });
  }
  const rows = readFileSync(join(data, 'field/manifest.tsv'), 'utf8').trim().split('\n');
  const others = { noise: [], music: [] };
  for (const [kind, , , file] of rows.map((line) => line.split('\t'))) {
    others[kind]?.push((await readSound(join(data, 'field', file), 8000)).samples);
  }
  return { words, ...others };
}

/** @returns right ones at each of LEVELS, then with noise and with music at each of NOISY; of how many */
export function judgeLevels(folder, { words, noise, music }) {
  const program = loadProgram(folder);
  const simulator = new Simulator(program);
  const { frame, hop } = program.frontend;
  const cut = (samples) => cutClip(samples, frame, hop, program.readout.steps);
  const right = (sound) =>
    words.filter((word, i) => simulator.run(sound(word, i)).label === word.label).length;
  const factor = ({ peak }, level) => (10 ** (level / 20) * 32768) / peak;
  const alone = LEVELS.map((level) =>
    right((word) => cut(word.samples.map((sample) => clip16(sample * factor(word, level))))),
  );
  const against = [noise, music].flatMap((others) =>
    NOISY.map((level) =>
      right((word, i) => {
        const random = new Random(SEED, i);
        const other = others[random.below(others.length)];
        const samples = cut(word.samples);
        const start = random.below(Math.max(1, other.length - samples.length));
        const piece = samples.map((_, n) => other[(start + n) % other.length]);
        const loudness = effectiveLevel(Float64Array.from(word.samples)) * 10 ** (-SNR / 20);
        const share = loudness / Math.max(1, effectiveLevel(Float64Array.from(piece)));
        return samples.map((sample, n) => clip16((sample + share * piece[n]) * factor(word, level)));
      }),
    ),
  );
  return { alone, against, of: words.length };
}
