// SPDX-License-Identifier: Apache-2.0
/** `detect` of model.json: how keywords are found in a stream. Integers in the chip's units, but for the scale. */
import { type JsonValue, quote } from '../base/json.ts';
import { nearest } from '../base/nearest.ts';
import { checkRing, readVad } from '../program/detect-json.ts';
import {
  DEFAULT_SCALE,
  DEFAULT_THRESHOLD,
  type DetectKeyword,
  type DetectProgram,
  defaultFrames,
  defaultRelease,
  MAX_DETECT_LABELS,
  MAX_SCALE,
  MAX_WINDOW,
  MIN_SCALE,
  THRESHOLD_MAX,
} from '../program/detect-program.ts';
import type { DetectModel, FrontendModel } from './model.ts';

/**
 * `detect` of model.json for a program's detection.
 * @param scale of the logits, which the program holds in another form
 */
export function detectJson(
  { window, refractory, keywords, vad }: DetectProgram,
  labels: readonly string[],
  scale: number,
): object {
  return {
    scale,
    window,
    refractory,
    keywords: Object.fromEntries(
      keywords.map(({ label, threshold, release }) => [labels[label] ?? '', { threshold, release }]),
    ),
    ...(vad === null ? {} : { vad }),
  };
}

/** @throws InputError with the place in the document */
export function readDetect(
  value: JsonValue,
  labels: readonly string[],
  frontend: FrontendModel | null,
): DetectModel {
  const detect = value.object(['scale', 'window', 'refractory', 'keywords', 'vad']);
  if (labels.length > MAX_DETECT_LABELS) {
    value.fail(`${labels.length} labels; streams of at most ${MAX_DETECT_LABELS} are detected`);
  }
  const frames = defaultFrames(frontend);
  const window = detect.optional('window')?.integer(1, MAX_WINDOW, 'frames') ?? frames.window;
  const keywords = readKeywords(detect.get('keywords'), labels);
  checkRing(value, window, keywords.length);
  const vad = detect.optional('vad');
  const scale = detect.optional('scale');
  return {
    scale: scale === null ? DEFAULT_SCALE : readScale(scale),
    window,
    refractory: detect.optional('refractory')?.integer(0, 65535, 'frames') ?? frames.refractory,
    keywords,
    vad: vad === null ? null : readVad(vad, frontend !== null),
  };
}

function readScale(value: JsonValue): number {
  const scale = value.positive();
  if (scale < MIN_SCALE || scale > MAX_SCALE) {
    value.fail(`must be a number from ${MIN_SCALE} to ${MAX_SCALE}, found ${scale}`);
  }
  return scale;
}

/** Label -> thresholds; a label that is no keyword (background) is left out. */
function readKeywords(value: JsonValue, labels: readonly string[]): DetectKeyword[] {
  if (Array.isArray(value.value)) {
    const name = typeof value.value[0] === 'string' ? value.value[0] : (labels[0] ?? '');
    value.fail(`must be an object with a member per keyword: {${quote(name)}: {}}, found a list`);
  }
  const keywords = [...value.members()].map(([name, member]): DetectKeyword => {
    const label = labels.indexOf(name);
    if (label < 0) {
      value.fail(`${quote(name)} is not a label; the nearest one is ${quote(nearest(name, labels) ?? '')}`);
    }
    const keyword = member.object(['threshold', 'release']);
    const threshold =
      keyword.optional('threshold')?.integer(1, THRESHOLD_MAX, 'in Q15 (32768 is 1)') ?? DEFAULT_THRESHOLD;
    const release =
      keyword.optional('release')?.integer(1, threshold, 'in Q15 (at most the threshold)') ??
      defaultRelease(threshold);
    return { label, threshold, release };
  });
  if (keywords.length === 0) value.fail('must name at least one label that is a keyword');
  return keywords.sort((a, b) => a.label - b.label);
}
