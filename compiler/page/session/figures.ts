// SPDX-License-Identifier: Apache-2.0
/** What a keyword's threshold comes to, by tuning.json, in words and as places on a curve. */
import { symlogPlace } from '../../core/base/symlog.ts';
import type { DetectProgram, DetectVad } from '../../core/program/detect-program.ts';
import type { TuningFile, TuningKeyword } from '../../core/program/tuning.ts';

/** Misses and false alarms, of so many words and in so many hours. */
export interface Figures {
  readonly words: number;
  readonly hours: number;
  readonly misses: number;
  readonly events: number;
}

/** By the nearest threshold below, that was tried; the lowest one where there is none. */
export function figuresAt({ words, points }: TuningKeyword, hours: number, threshold: number): Figures {
  const point = points.findLast((one) => one.threshold <= threshold) ?? points[0];
  return { words, hours, misses: point?.misses ?? 0, events: point?.events ?? 0 };
}

/** Those of several keywords as one. */
export function together(all: readonly Figures[]): Figures {
  const sum = (key: 'words' | 'misses' | 'events') => all.reduce((total, one) => total + one[key], 0);
  return { words: sum('words'), hours: all[0]?.hours ?? 1, misses: sum('misses'), events: sum('events') };
}

export function wordsFor({ words, hours, misses, events }: Figures): string {
  return `${misses} of ${words} missed, ${(events / hours).toFixed(1)} false alarms an hour`;
}

/** In words, where what stands behind the posteriors is not what it was when they were counted; null: it is. */
export function otherwiseMeasured(tuning: TuningFile, detect: DetectProgram): string | null {
  const same = gateFor(tuning.vad) === gateFor(detect.vad);
  const parts = [
    ...(tuning.window === detect.window ? [] : [`a window of ${tuning.window} frames`]),
    ...(tuning.refractory === detect.refractory ? [] : [`a refractory time of ${tuning.refractory} frames`]),
    ...(same ? [] : [gateFor(tuning.vad)]),
  ];
  return parts.length === 0 ? null : `measured with ${parts.join(' and ')}`;
}

function gateFor(vad: DetectVad | null): string {
  if (vad === null) return 'a network that never sleeps';
  return `voice activity from a level of ${vad.level} on, for ${vad.hangover} frames`;
}

/** Of the axes: constants of symlogPlace. */
const LINEAR = { perHour: 0.5, missed: 0.02 };
/** End of the axis: thresholds beyond are of no use. */
const MOST_PER_HOUR = 100;

/** 0 .. 1: from no false alarm to the end of the axis, and from none missed to all. */
export function placeOf({ words, hours, misses, events }: Figures): readonly [x: number, y: number] {
  return [place(events / hours, LINEAR.perHour, MOST_PER_HOUR), place(misses / words, LINEAR.missed, 1)];
}

function place(value: number, linear: number, end: number): number {
  return Math.min(1, symlogPlace(value, linear, end));
}
