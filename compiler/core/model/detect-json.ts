// SPDX-License-Identifier: Apache-2.0
/** `detect` of model.json: how keywords are found in a stream, in the units of detect-units.ts. */
import { type JsonValue, quote } from '../base/json.ts';
import { nearest } from '../base/nearest.ts';
import { checkRing, needsSound } from '../program/detect-json.ts';
import {
  DEFAULT_SCALE,
  DEFAULT_THRESHOLD,
  type DetectKeyword,
  type DetectVad,
  defaultFrames,
  defaultRelease,
  MAX_DETECT_LABELS,
  MAX_SCALE,
  MAX_WINDOW,
  MIN_SCALE,
  THRESHOLD_MAX,
} from '../program/detect-program.ts';
import { readFrames, readShare } from './detect-units.ts';
import type { DetectModel, FrontendModel } from './model.ts';

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
  const stated = detect.optional('window');
  const window = stated === null ? frames.window : readFrames(stated, 1, MAX_WINDOW, frontend);
  const keywords = readKeywords(detect.get('keywords'), labels);
  checkRing(value, window, keywords.length);
  const vad = detect.optional('vad');
  const scale = detect.optional('scale');
  const refractory = detect.optional('refractory');
  return {
    scale: scale === null ? DEFAULT_SCALE : readScale(scale),
    window,
    refractory: refractory === null ? frames.refractory : readFrames(refractory, 0, 65535, frontend),
    keywords,
    vad: vad === null ? null : readVad(vad, frontend),
  };
}

function readVad(value: JsonValue, frontend: FrontendModel | null): DetectVad {
  const vad = value.object(['level', 'hangover', 'reset']);
  if (frontend === null) needsSound(value);
  return {
    level: readShare(vad.get('level'), 32767, ''),
    hangover: readFrames(vad.get('hangover'), 0, 65535, frontend),
    reset: readFrames(vad.get('reset'), 1, 65535, frontend),
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
    const [stated, release] = [keyword.optional('threshold'), keyword.optional('release')];
    const threshold = stated === null ? DEFAULT_THRESHOLD : readShare(stated, THRESHOLD_MAX, '');
    return {
      label,
      threshold,
      release: release === null ? defaultRelease(threshold) : readShare(release, threshold, 'the threshold'),
    };
  });
  if (keywords.length === 0) value.fail('must name at least one label that is a keyword');
  return keywords.sort((a, b) => a.label - b.label);
}
