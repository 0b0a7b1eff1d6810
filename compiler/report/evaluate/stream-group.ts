// SPDX-License-Identifier: Apache-2.0
/**
 * Files played one after the other as one stream, and what was detected in each. A file is one keyword where its label
 * is one, otherwise background. Silence follows every file, so that a word at its end can still be decided: detections
 * up to the end of that silence count for the file.
 */

import type { DetectProgram } from '../../core/program/detect-program.ts';
import { streamTraceLayout } from '../../core/program/stream-trace.ts';
import { type Detection, Trigger } from '../../core/sim/detector.ts';
import type { StreamResult } from '../../core/sim/listen.ts';
import { readRecordings, type SoundProgram } from '../../machines/batch/stream-input.ts';
import { at } from '../../training/train/arrays.ts';
import { effectiveLevel, noise } from '../../training/train/augment/noise.ts';
import type { NoiseColour } from '../../training/train/augment/rules.ts';
import { Random } from '../../training/train/random.ts';

export interface LabelledFile {
  readonly file: string;
  /** Index of the label; null where none is known: background. */
  readonly truth: number | null;
}

/** Noise that is added to every file and the silence behind it. */
export interface AddedNoise {
  readonly colour: NoiseColour;
  /** Decibels from the file's effective level down to the noise's. */
  readonly snr: number;
  readonly seed: number;
}

/** One file in the stream, in samples. */
export interface Span {
  readonly truth: number | null;
  readonly length: number;
  /** Behind its silence. */
  readonly end: number;
}

export interface Group {
  readonly samples: Int16Array;
  readonly spans: readonly Span[];
}

/** The detections at one threshold. */
export interface Tally {
  /** Keywords that were not detected. */
  misses: number;
  /** Events in background. */
  falseAlarms: number;
  /** Events of another keyword than the spoken one. */
  confusions: number;
  /** Further events of the spoken keyword. */
  repeats: number;
}

export interface GroupCounts {
  readonly keywords: number;
  /** Of background, without the silence that follows it. */
  readonly backgroundSamples: number;
  /** With the model's own thresholds. */
  readonly own: Tally;
  /** With each threshold of the sweep. */
  readonly sweep: readonly Tally[];
}

/** Seconds of silence behind a file, at least; enough for window and refractory time to pass. */
const GAP_SECONDS = 0.5;

/** @param added null: the files as they are */
export async function readGroup(
  program: SoundProgram,
  files: readonly LabelledFile[],
  added: AddedNoise | null = null,
): Promise<Group> {
  const { sampleRate, hop } = program.frontend;
  const { window, refractory } = program.detect;
  const gap = Math.max(Math.ceil(GAP_SECONDS * sampleRate), (window + refractory) * hop);
  const parts = await readRecordings(
    program,
    files.map(({ file }) => file),
  );
  const samples = new Int16Array(parts.reduce((sum, { length }) => sum + length + gap, 0));
  let start = 0;
  const spans = parts.map(({ length }, i): Span => {
    samples.set(parts[i] ?? [], start);
    const piece = samples.subarray(start, start + length + gap);
    if (added !== null) addNoise(piece, length, sampleRate, added, i);
    start += length + gap;
    return { truth: files[i]?.truth ?? null, length, end: start };
  });
  return { samples, spans };
}

/** @param length samples of the file at the beginning of the piece; @param index of the file in its group */
function addNoise(
  piece: Int16Array,
  length: number,
  sampleRate: number,
  { colour, snr, seed }: AddedNoise,
  index: number,
): void {
  const level = effectiveLevel(Float64Array.from(piece.subarray(0, length))) * 10 ** (-snr / 20);
  const values = noise(colour, piece.length, sampleRate, new Random(seed, index));
  for (let n = 0; n < piece.length; n++) {
    const value = Math.floor((piece[n] ?? 0) + level * at(values, n) + 0.5);
    piece[n] = Math.max(-32768, Math.min(value, 32767));
  }
}

/** The sums of the posteriors, frame by frame, out of a trace. */
export function sumsOf(program: SoundProgram, { steps, trace }: StreamResult): Int32Array {
  if (trace === null) throw new Error('the stream must have been traced');
  const { groups, width } = streamTraceLayout(program);
  const { offset = 0, units = 0 } = groups.find(({ name, layer }) => name === 'sums' && layer > 0) ?? {};
  const sums = new Int32Array(steps * units);
  for (let step = 0; step < steps; step++) {
    const at = step * width + offset;
    sums.set(trace.subarray(at, at + units), step * units);
  }
  return sums;
}

/**
 * @param events of the machine, with the model's own thresholds
 * @param sums frame by frame, keyword by keyword
 * @param thresholds of the sweep, each for all keywords
 */
export function countGroup(
  program: SoundProgram,
  spans: readonly Span[],
  events: StreamResult['events'],
  sums: Int32Array,
  thresholds: readonly number[],
): GroupCounts {
  const { detect } = program;
  const keywords = new Set(detect.keywords.map(({ label }) => label));
  const targets = spans.map(({ truth }) => (truth !== null && keywords.has(truth) ? truth : null));
  const tally = (detections: readonly TimedDetection[]) => tallyOf(spans, targets, detections);
  return {
    keywords: targets.filter((target) => target !== null).length,
    backgroundSamples: spans.reduce((sum, { length }, i) => sum + (targets[i] === null ? length : 0), 0),
    own: tally(events),
    sweep: thresholds.map((threshold) => tally(replay(program, atThreshold(detect, threshold), sums))),
  };
}

interface TimedDetection extends Detection {
  readonly sample: number;
}

/** All keywords at one threshold, the releases lowered or raised in proportion. */
export function atThreshold(detect: DetectProgram, threshold: number): DetectProgram {
  const keywords = detect.keywords.map(({ label, threshold: own, release }) => ({
    label,
    threshold,
    release: Math.max(1, Math.floor((release * threshold) / own)),
  }));
  return { ...detect, keywords };
}

/** The events that other thresholds would have given: nothing before the sums depends on them. */
function replay({ frontend }: SoundProgram, detect: DetectProgram, sums: Int32Array): TimedDetection[] {
  const trigger = new Trigger(detect);
  const count = detect.keywords.length;
  const events: TimedDetection[] = [];
  for (let step = 0; step * count < sums.length; step++) {
    const detection = trigger.step(sums, step * count);
    if (detection !== null) {
      events.push({ ...detection, sample: step * frontend.hop + frontend.frame - 1 });
    }
  }
  return events;
}

function tallyOf(
  spans: readonly Span[],
  targets: readonly (number | null)[],
  detections: readonly TimedDetection[],
): Tally {
  const tally = { misses: 0, falseAlarms: 0, confusions: 0, repeats: 0 };
  let at = 0;
  spans.forEach(({ end }, i) => {
    const target = targets[i] ?? null;
    let hits = 0;
    for (let event = detections[at]; event !== undefined && event.sample < end; event = detections[++at]) {
      if (target === null) tally.falseAlarms++;
      else if (event.label === target) hits++;
      else tally.confusions++;
    }
    if (target !== null && hits === 0) tally.misses++;
    tally.repeats += Math.max(0, hits - 1);
  });
  return tally;
}
