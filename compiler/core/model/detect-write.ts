// SPDX-License-Identifier: Apache-2.0
/**
 * `detect` of model.json, changed where it has to be: what means the same stays as it was written, and new numbers come
 * in the units of those that stood there.
 */

import { JsonValue } from '../base/json.ts';
import { DEFAULT_SCALE, type DetectProgram, defaultFrames } from '../program/detect-program.ts';
import {
  type Clock,
  readFrames,
  readShare,
  type Unit,
  unitOf,
  writeFrames,
  writeShare,
} from './detect-units.ts';

type Document = Readonly<Record<string, unknown>>;

/** What detection is to be. */
export type DetectChange = Pick<DetectProgram, 'window' | 'refractory' | 'keywords' | 'vad'> & {
  /** Of the logits, which the program holds in another form. */
  readonly scale: number;
};

/**
 * @param written what stands in model.json and could be read; undefined: nothing
 * @param clock of the feature extractor
 */
export function changedDetect(
  written: unknown,
  change: DetectChange,
  labels: readonly string[],
  clock: Clock,
): Document {
  const old = objectOf(written);
  const usual = written === undefined ? null : defaultFrames(clock);
  const detect: Document = {
    ...old,
    scale:
      old.scale === undefined && usual !== null && change.scale === DEFAULT_SCALE ? undefined : change.scale,
    window: keepFrames(old.window, change.window, clock, usual?.window),
    refractory: keepFrames(old.refractory, change.refractory, clock, usual?.refractory),
    keywords: changedKeywords(objectOf(old.keywords), change, labels),
    vad:
      change.vad !== null
        ? changedVad(objectOf(old.vad), change.vad, clock)
        : old.vad === null
          ? null
          : undefined,
  };
  // What stands for its default stays away where it was not written.
  return Object.fromEntries(Object.entries(detect).filter(([, value]) => value !== undefined));
}

function changedKeywords(old: Document, { keywords }: DetectChange, labels: readonly string[]): Document {
  const thresholds = Object.values(old).map((keyword) => objectOf(keyword).threshold);
  const usual = unitOf(thresholds.find((threshold) => threshold !== undefined));
  const byLabel = new Map(keywords.map((keyword) => [labels[keyword.label] ?? '', keyword]));
  // Those that stand there keep their order.
  const names = [...Object.keys(old).filter((name) => byLabel.has(name)), ...byLabel.keys()];
  return Object.fromEntries(
    [...new Set(names)].map((name) => {
      const { threshold = 1, release = 1 } = byLabel.get(name) ?? {};
      const stated = objectOf(old[name]);
      const changed = {
        threshold: keepShare(stated.threshold, threshold, usual),
        release: keepShare(
          stated.release,
          release,
          stated.threshold === undefined ? usual : unitOf(stated.threshold),
        ),
      };
      return [name, { ...stated, ...changed }];
    }),
  );
}

function changedVad(old: Document, vad: NonNullable<DetectProgram['vad']>, clock: Clock): Document {
  return {
    ...old,
    level: keepShare(old.level, vad.level, 'integer'),
    hangover: keepFrames(old.hangover, vad.hangover, clock),
    reset: keepFrames(old.reset, vad.reset, clock),
  };
}

const MAX_FRAMES = 65535;

/** @param preset what stands for a value that is not written; undefined: nothing does */
function keepFrames(old: unknown, frames: number, clock: Clock, preset?: number): unknown {
  if (old === undefined || old === null) return frames === preset ? undefined : frames;
  const same = readFrames(new JsonValue('', old, ''), 0, MAX_FRAMES, clock) === frames;
  return same ? old : writeFrames(frames, unitOf(old), clock);
}

function keepShare(old: unknown, q15: number, usual: Unit): unknown {
  if (typeof old !== 'number') return writeShare(q15, usual);
  return readShare(new JsonValue('', old, ''), 32767, '') === q15 ? old : writeShare(q15, unitOf(old));
}

function objectOf(value: unknown): Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Document) : {};
}
