// SPDX-License-Identifier: Apache-2.0
/**
 * tuning.json beside model.json: what `egru tune` counted at every threshold that it tried. It belongs to one network
 * and is of no use to another: what stands behind the posteriors may change, the posteriors may not.
 */
import { InputError } from '../base/errors.ts';
import { type JsonValue, parseJson } from '../base/json.ts';
import { sha256 } from '../base/sha256.ts';
import { readVad, vadToJson } from './detect-json.ts';
import {
  type DetectProgram,
  type DetectVad,
  MAX_DETECT_LABELS,
  MAX_WINDOW,
  THRESHOLD_MAX,
} from './detect-program.ts';
import type { StreamProgram } from './program.ts';
import { programToJson } from './program-json.ts';

/** At one threshold, Q15, and up to the next one that stands there. */
export interface TuningPoint {
  readonly threshold: number;
  readonly misses: number;
  /** False alarms in all of the background. */
  readonly events: number;
}

export interface TuningKeyword {
  readonly label: string;
  /** Recordings of it. */
  readonly words: number;
  /** By rising threshold: misses do not fall, events do not rise. */
  readonly points: readonly TuningPoint[];
}

export interface TuningFile {
  /** posteriorDigest of the program. */
  readonly network: string;
  /** Frames. */
  readonly window: number;
  readonly refractory: number;
  readonly vad: DetectVad | null;
  /** Of background. */
  readonly hours: number;
  readonly keywords: readonly TuningKeyword[];
  /** All keywords together: the fewest misses for each number of events, by rising events. */
  readonly curve: readonly { readonly events: number; readonly misses: number }[];
}

export const MAX_TUNING_BYTES = 1 << 20;
const MAX_POINTS = 2000;
const MAX_COUNT = 1e9;
/** Least: a frame of a few milliseconds. */
const HOURS = { least: 1e-7, most: 1e6 };

/** SHA-256 in hex of everything that posteriors depend on: the program with the scale of its logits alone as detection. */
export function posteriorDigest(program: StreamProgram): string {
  const { multiplier, preShift, postShift } = program.detect;
  const detect: DetectProgram = {
    ...{ multiplier, preShift, postShift, window: 1, refractory: 0, vad: null },
    keywords: [{ label: 0, threshold: 1, release: 1 }],
  };
  return sha256(programToJson({ ...program, detect }));
}

/** The file: a line for each keyword. Thresholds at which nothing changes are left out. */
export function tuningToJson(tuning: TuningFile): string {
  const { network, window, refractory, hours, keywords, curve } = tuning;
  const own = keywords.map(({ label, words, points }) => {
    const kept = changes(points).map(({ threshold, misses, events }) => [threshold, misses, events]);
    return `    ${JSON.stringify({ label, words, points: kept })}`;
  });
  const head = Object.entries({ format: 1, network, window, refractory, vad: vadToJson(tuning.vad), hours });
  const joint = curve.map(({ events, misses }) => [events, misses]);
  return [
    '{',
    ...head.map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`),
    `  "keywords": [\n${own.join(',\n')}\n  ],`,
    `  "curve": ${JSON.stringify(joint)}`,
    '}\n',
  ].join('\n');
}

function changes(points: readonly TuningPoint[]): TuningPoint[] {
  return points.filter((point, i) => {
    const before = points[i - 1];
    return before?.misses !== point.misses || before.events !== point.events;
  });
}

/**
 * Reads it from anyone.
 * @param file what to call it in messages
 * @param program of the model beside it
 * @throws InputError also where it is another network's
 */
export function readTuning(file: string, source: Uint8Array, program: StreamProgram): TuningFile {
  if (source.length > MAX_TUNING_BYTES) {
    throw new InputError(file, `too large: ${source.length} bytes, at most ${MAX_TUNING_BYTES} are read`);
  }
  const document = parseJson(file, source);
  const top = document.object([
    'format',
    'network',
    'window',
    'refractory',
    'vad',
    'hours',
    'keywords',
    'curve',
  ]);
  top.get('format').integer(1, 1);
  const network = top.get('network').text();
  const vad = top.optional('vad');
  const tuning: TuningFile = {
    network,
    window: top.get('window').integer(1, MAX_WINDOW, 'frames'),
    refractory: top.get('refractory').integer(0, 65535, 'frames'),
    vad: vad === null ? null : readVad(vad, true),
    hours: top.get('hours').number(HOURS.least, HOURS.most),
    keywords: top.get('keywords').array(1, MAX_DETECT_LABELS).map(readKeyword),
    curve: readCurve(top.get('curve')),
  };
  if (network !== posteriorDigest(program)) {
    throw new InputError(file, 'was measured with another network; egru tune measures this one');
  }
  for (const [i, { label }] of tuning.keywords.entries()) {
    const isTwice = tuning.keywords.findIndex((other) => other.label === label) !== i;
    if (isTwice || !program.labels.includes(label)) {
      document.fail(`keyword ${i} ${isTwice ? 'is listed twice' : 'is not a label of the model'}`);
    }
  }
  return tuning;
}

function readKeyword(value: JsonValue): TuningKeyword {
  const keyword = value.object(['label', 'words', 'points']);
  const words = keyword.get('words').integer(1, MAX_COUNT);
  const points: TuningPoint[] = [];
  for (const item of keyword.get('points').array(1, MAX_POINTS)) {
    const [threshold, misses, events] = item.array(3, 3);
    const last = points.at(-1) ?? { threshold: 0, misses: 0, events: MAX_COUNT };
    points.push({
      threshold: threshold?.integer(last.threshold + 1, THRESHOLD_MAX) ?? 0,
      misses: misses?.integer(last.misses, words) ?? 0,
      events: events?.integer(0, last.events) ?? 0,
    });
  }
  return { label: keyword.get('label').name(), words, points };
}

function readCurve(value: JsonValue): TuningFile['curve'] {
  const points: { events: number; misses: number }[] = [];
  for (const item of value.array(0, MAX_POINTS)) {
    const [events, misses] = item.array(2, 2);
    const last = points.at(-1) ?? { events: -1, misses: MAX_COUNT };
    points.push({
      events: events?.integer(last.events + 1, MAX_COUNT) ?? 0,
      misses: misses?.integer(0, last.misses) ?? 0,
    });
  }
  return points;
}
