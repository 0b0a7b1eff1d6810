// SPDX-License-Identifier: Apache-2.0
/**
 * One recording, changed as chance will have it, in the order in which it happens in the world: the voice (speed), the
 * room, the distance (gain), when it comes (shift), other sounds (background, noise), the microphone (clipping).
 */
import { clipSamples } from '../../../core/audio/crop.ts';
import { addAt, at } from '../arrays.ts';
import type { Random } from '../random.ts';
import { effectiveLevel, noise } from './noise.ts';
import { reverberate } from './reverberation.ts';
import type { AugmentRules, Interval } from './rules.ts';
import { atSpeed } from './speed.ts';

const FULL_SCALE = 32768;

/** The clip's place in time: as cutClip() takes it. */
export interface Window {
  readonly frame: number;
  readonly hop: number;
  readonly steps: number;
}

/** Learns what chance chose for a part: a number by its unit, or a word. */
export type Note = (part: string, value: number | string) => void;

/** Where a recording lies in a window, in samples; it may begin before it and end behind it. */
export interface Place {
  readonly start: number;
  readonly length: number;
}

export interface Augmented extends Place {
  /** frame + (steps - 1) * hop samples. */
  readonly pcm: Int16Array;
}

/**
 * @param samples the whole recording
 * @param backgrounds recordings to mix in; may be empty
 * @returns the window of the readout, and where in it the recording lies
 */
export function augment(
  samples: Int16Array,
  sampleRate: number,
  window: Window,
  rules: AugmentRules,
  backgrounds: readonly Int16Array[],
  random: Random,
  note: Note = () => {},
): Augmented {
  const draw = ({ low, high }: Interval, part: string): number => {
    const value = random.uniform(low, high);
    note(part, value);
    return value;
  };
  let sound: Float64Array = new Float64Array(samples);
  if (rules.speed !== null) sound = atSpeed(sound, draw(rules.speed, 'speed'));
  const { length } = sound;
  const { reverberation } = rules;
  if (reverberation !== null && random.unit() < reverberation.probability) {
    const seconds = draw(reverberation.seconds, 'reverberation');
    sound = reverberate(sound, sampleRate, seconds, draw(reverberation.wet, 'wet'), random);
  }
  if (rules.gain !== null) {
    const gain = 10 ** draw(rules.gain, 'gain');
    sound = sound.map((value) => value * gain);
  }
  const level = effectiveLevel(sound);
  const { placed, start } = place(sound, window, rules.shift ? random : null, note);
  mixBackground(placed, level, rules, backgrounds, random, note);
  if (rules.noise !== null) {
    const { colours } = rules.noise;
    const colour = colours[random.below(colours.length)] ?? 'white';
    note('colour', colour);
    const wanted = FULL_SCALE * 10 ** draw(rules.noise.level, 'noise');
    const added = noise(colour, placed.length, sampleRate, random);
    for (let n = 0; n < placed.length; n++) addAt(placed, n, wanted * at(added, n));
  }
  let limit = FULL_SCALE;
  if (rules.clipping !== null && random.unit() < rules.clipping.probability) {
    const peak = placed.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    limit = Math.min(limit, peak * draw(rules.clipping.level, 'clipping'));
  }
  const pcm = new Int16Array(placed.length);
  for (let n = 0; n < pcm.length; n++) {
    const clipped = Math.max(-limit, Math.min(at(placed, n), limit));
    pcm[n] = Math.max(-32768, Math.min(32767, Math.floor(clipped + 0.5)));
  }
  return { pcm, start, length };
}

/** In a window of silence: in the middle, or with a random generator anywhere. */
function place(
  sound: Float64Array,
  { frame, hop, steps }: Window,
  random: Random | null,
  note: Note,
): { placed: Float64Array; start: number } {
  const placed = new Float64Array(clipSamples(frame, hop, steps));
  const spare = placed.length - sound.length;
  const middle = spare >= 0 ? Math.floor(spare / 2) : -Math.floor(-spare / 2);
  const start = random === null ? middle : Math.min(0, spare) + random.below(Math.abs(spare) + 1);
  if (random !== null) note('shift', start - middle);
  for (let n = Math.max(0, -start); n < sound.length && start + n < placed.length; n++) {
    placed[start + n] = at(sound, n);
  }
  return { placed, start };
}

function mixBackground(
  placed: Float64Array,
  level: number,
  { background }: AugmentRules,
  recordings: readonly Int16Array[],
  random: Random,
  note: Note,
): void {
  if (background === null || recordings.length === 0 || random.unit() >= background.probability) return;
  const index = random.below(recordings.length);
  const recording = recordings[index];
  if (recording === undefined || recording.length === 0) return;
  // A recording that is shorter than the window goes round.
  const start = random.below(recording.length);
  const piece = Float64Array.from(placed, (_, n) => recording[(start + n) % recording.length] ?? 0);
  const own = effectiveLevel(piece);
  if (own === 0) return;
  const snr = random.uniform(background.snr.low, background.snr.high);
  note('background', index);
  note('snr', snr);
  const factor = (level / own) * 10 ** (-snr / 20);
  piece.forEach((value, n) => {
    addAt(placed, n, factor * value);
  });
}
