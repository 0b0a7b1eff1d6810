// SPDX-License-Identifier: Apache-2.0
/** The detection part of program.json. */
import type { JsonValue } from '../base/json.ts';
import {
  type DetectKeyword,
  type DetectProgram,
  type DetectVad,
  MAX_DETECT_LABELS,
  MAX_RING,
  MAX_WINDOW,
  THRESHOLD_MAX,
} from './detect-program.ts';

interface DetectJson {
  readonly [key: string]: number | null | { readonly [key: string]: number } | readonly DetectJson[];
}

export function detectToJson(detect: DetectProgram): DetectJson {
  const { multiplier, preShift, postShift, window, refractory, vad } = detect;
  const keywords = detect.keywords.map(({ label, threshold, release }) => ({ label, threshold, release }));
  return { multiplier, preShift, postShift, window, refractory, keywords, vad: vadToJson(vad) };
}

export function vadToJson(vad: DetectVad | null): { readonly [key: string]: number } | null {
  return vad === null ? null : { level: vad.level, hangover: vad.hangover, reset: vad.reset };
}

/** @param labels of the program; @throws InputError with the place in the document */
export function detectFromJson(value: JsonValue, labels: number, hasFrontend: boolean): DetectProgram {
  const detect = value.object([
    'multiplier',
    'preShift',
    'postShift',
    'window',
    'refractory',
    'keywords',
    'vad',
  ]);
  if (labels > MAX_DETECT_LABELS) {
    value.fail(`${labels} labels; streams of at most ${MAX_DETECT_LABELS} are detected`);
  }
  const window = detect.get('window').integer(1, MAX_WINDOW);
  const items = detect.get('keywords').array(1, labels);
  const keywords: DetectKeyword[] = [];
  for (const item of items) {
    const keyword = item.object(['label', 'threshold', 'release']);
    const label = keyword.get('label').integer((keywords.at(-1)?.label ?? -1) + 1, labels - 1);
    const threshold = keyword.get('threshold').integer(1, THRESHOLD_MAX);
    keywords.push({ label, threshold, release: keyword.get('release').integer(1, threshold) });
  }
  checkRing(value, window, keywords.length);
  const vad = detect.optional('vad');
  return {
    multiplier: detect.get('multiplier').integer(16384, 32767),
    preShift: detect.get('preShift').integer(0, 15),
    postShift: detect.get('postShift').integer(0, 11),
    window,
    refractory: detect.get('refractory').integer(0, 65535, 'frames'),
    keywords,
    vad: vad === null ? null : readVad(vad, hasFrontend),
  };
}

export function readVad(value: JsonValue, hasFrontend: boolean): DetectVad {
  const vad = value.object(['level', 'hangover', 'reset']);
  if (!hasFrontend) needsSound(value);
  return {
    level: vad.get('level').integer(1, 32767),
    hangover: vad.get('hangover').integer(0, 65535, 'frames'),
    reset: vad.get('reset').integer(1, 65535, 'frames'),
  };
}

/** Of `vad` in a model that is fed with features. */
export function needsSound(value: JsonValue): never {
  return value.fail('needs sound: a model without "frontend" has no frame energy for voice activity');
}

/** The ring of posteriors must fit the state. */
export function checkRing(value: JsonValue, window: number, keywords: number): void {
  if (window * keywords <= MAX_RING) return;
  value.fail(`a window of ${window} frames for ${keywords} keywords; their product may be ${MAX_RING}`);
}
