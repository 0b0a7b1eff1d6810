// SPDX-License-Identifier: Apache-2.0
/** A model for streams where it is loud, quiet or noisy, with the thresholds that ship, and ten minutes without speech. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { percent, table } from '../bench/folded.js';
import { emptied } from './people.js';

const OUT = 'build/accuracy';
const RATE = 8000;
const PEAKS = [-45, -35, -25, -15, -5];
const MINUTES = 10;

/** Recordings of a kind by speakers (or of sources) of a set, as links. */
function ofSet(data, kind, set) {
  const list = readFileSync('models/training/field-split.txt', 'utf8').split('\n');
  const names = new Set(list.flatMap((line) => line.match(`^(.*\\S)\\s+${set}$`)?.[1] ?? []));
  const folder = emptied(join(OUT, `${kind}-${set}`));
  for (const line of readFileSync(join(data, 'field/manifest.tsv'), 'utf8').split('\n')) {
    const [category, source, speaker, path] = line.split('\t');
    if (category === kind && names.has(speaker))
      symlinkSync(join(data, 'field', path), join(folder, `${source}-${path.replaceAll('/', '-')}`));
  }
  return folder;
}

/** 16-bit mono. @param sample (index) => -1 .. 1 */
function writeSound(file, sample) {
  const count = MINUTES * 60 * RATE;
  const bytes = Buffer.alloc(44 + 2 * count);
  bytes.write('RIFF');
  bytes.writeUInt32LE(36 + 2 * count, 4);
  bytes.write('WAVEfmt ', 8);
  [16, 1 | (1 << 16), RATE, 2 * RATE, 2 | (16 << 16)].forEach((word, i) => {
    bytes.writeUInt32LE(word, 16 + 4 * i);
  });
  bytes.write('data', 36);
  bytes.writeUInt32LE(2 * count, 40);
  for (let i = 0; i < count; i++) bytes.writeInt16LE(Math.round(32767 * sample(i)), 44 + 2 * i);
  writeFileSync(file, bytes);
}

/** A generator of Park and Miller: the same noise everywhere. */
function uniform(seed) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  };
}

/** Four chords in turn, two seconds each: three notes that die away, their overtones, and a beat on every half second. */
function music() {
  const chords = [
    [220, 277.2, 329.6],
    [146.8, 185, 220],
    [164.8, 207.7, 246.9],
    [196, 233.1, 293.7],
  ];
  const hiss = uniform(3);
  return (i) => {
    const [time, beat] = [(i % (2 * RATE)) / RATE, (i % (RATE / 2)) / RATE];
    const chord = chords[Math.floor(i / (2 * RATE)) % chords.length];
    const octave = 2 ** (Math.floor(i / (16 * RATE)) % 3);
    let sum = 0;
    for (const note of chord) {
      for (let k = 1; k <= 5; k++) {
        const frequency = octave * note * k;
        if (frequency < RATE / 2) sum += Math.sin(2 * Math.PI * frequency * time) / k;
      }
    }
    return 0.12 * Math.exp(-1.5 * time) * sum + 0.15 * Math.exp(-60 * beat) * hiss();
  };
}

/** By name: (index) => sample. */
function sounds() {
  const [white, soft] = [uniform(1), uniform(2)];
  let brown = 0;
  return {
    silence: () => 0,
    // A tone a second, 100 to 3,900 Hz, at four levels, with a gap.
    tones: (i) => {
      const second = Math.floor(i / RATE);
      const [at, frequency, gain] = [i % RATE, 100 + ((second * 137) % 3800), 0.4 / 4 ** (second % 4)];
      return at > 0.9 * RATE ? 0 : gain * Math.sin((2 * Math.PI * frequency * at) / RATE);
    },
    music: music(),
    'white noise': () => 0.05 * white(),
    'brown noise': () => {
      brown = 0.98 * brown + 0.02 * soft();
      return brown;
    },
  };
}

async function quietMinutes(json, model) {
  const rows = [];
  for (const [name, sample] of Object.entries(sounds())) {
    const folder = emptied(join(OUT, 'sound'));
    mkdirSync(join(folder, 'other'));
    writeSound(join(folder, 'other/sound.wav'), sample);
    const { falseAlarms } = await json('eval', model, folder, '--stream');
    rows.push([name, String(falseAlarms)]);
  }
  return rows;
}

export async function robustness(json, model, data) {
  const words = join(data, 'wake-words');
  const missed = ({ misses, keywords }) => [`${misses} of ${keywords}`, percent(misses / keywords)];
  const on = (...more) => json('eval', model, words, '--split', 'test', '--stream', ...more);
  const levels = [];
  for (const peak of PEAKS)
    levels.push([`peak at ${peak} dBFS`, ...missed(await on('--peak', String(peak)))]);
  const noises = [];
  const under = (noise, ...more) => on('--snr', '10', '--noise', noise, ...more);
  noises.push(['white noise', ...missed(await under('white'))]);
  noises.push(['recorded noise (exercise bike)', ...missed(await under(ofSet(data, 'noise', 'test')))]);
  noises.push(['babble of six', ...missed(await under(ofSet(data, 'speech', 'test'), '--voices', '6'))]);
  return [
    'Louder, quieter, and with what never trained 10 dB below each word, at the thresholds that ship:',
    '',
    ...table(['test recordings of the words', 'missed', ''], [...levels, ...noises]),
    '',
    `False accepts in ${MINUTES} minutes each:`,
    '',
    ...table(['made by test/tools/accuracy/robustness.js', 'false accepts'], await quietMinutes(json, model)),
  ];
}
