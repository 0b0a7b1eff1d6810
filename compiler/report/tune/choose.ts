// SPDX-License-Identifier: Apache-2.0
/** Window, thresholds and releases for a wanted rate of false alarms or of misses, and what they come to. */
import { InputError } from '../../core/base/errors.ts';
import { type DetectProgram, MAX_RING, MAX_WINDOW } from '../../core/program/detect-program.ts';
import { Trigger } from '../../core/sim/detector.ts';
import { releaseOf } from '../../training/background/release.ts';
import { wilson } from '../evaluate/evaluation.ts';
import { type Interval, poissonInterval } from './interval.ts';
import { type JointChoice, jointChoices, withRoom } from './joint-choice.ts';
import { type JointPoint, jointCurve } from './joint-curve.ts';
import { type Heard, type KeywordCurve, keywordCurves } from './keyword-curve.ts';
import type { Posteriors } from './posteriors.ts';

export type Goal =
  /** False alarms per hour, all keywords together. */
  | { readonly perHour: number }
  /** Share of the keywords that may be missed. */
  | { readonly missed: number };

/** What a detection comes to with all keywords at once, as the chip decides. */
export interface Judgement {
  readonly detect: DetectProgram;
  readonly hours: number;
  readonly words: number;
  readonly misses: number;
  readonly missRate: number;
  readonly missInterval: Interval;
  /** Words that another keyword fired in. */
  readonly confusions: number;
  readonly falseAlarms: number;
  readonly perHour: number;
  readonly perHourInterval: Interval;
}

/** A detection with the thresholds that it could have. */
export interface TuningCurve extends Judgement {
  /** Of the detection's window. */
  readonly keywords: readonly KeywordCurve[];
  readonly curve: readonly JointPoint[];
}

export interface Tuning extends TuningCurve {
  /** By the tail of what was heard, which is not as much a matter of luck as the few that were counted. */
  readonly expectedPerHour: number;
  /** What the detection as it was comes to. */
  readonly before: Judgement;
}

/** Frames: 0.13 to 1 s at 16 ms. */
const WINDOWS = [8, 12, 16, 24, 32, 48, 64];

/**
 * @param detect scale, refractory time and VAD, which stay; its window is tried as well
 * @param hours of the background
 * @throws InputError where there is nothing to choose by, or the goal cannot be reached: the nearest is named
 */
export function choose(
  subject: string,
  detect: DetectProgram,
  heard: Heard,
  hours: number,
  goal: Goal,
): Tuning {
  const words = heard.words.length;
  if (words === 0 || hours === 0) {
    throw new InputError(
      subject,
      `there is no ${words === 0 ? 'keyword' : 'background'} to choose thresholds by`,
    );
  }
  const [few, rare] =
    'perHour' in goal
      ? [Number.POSITIVE_INFINITY, goal.perHour * hours]
      : [goal.missed * words, Number.POSITIVE_INFINITY];
  // Fewest misses for a rate, fewest events for a share of misses.
  const order = (a: JointChoice, b: JointChoice) =>
    'perHour' in goal
      ? a.misses - b.misses || a.expected - b.expected
      : a.expected - b.expected || a.misses - b.misses;
  const candidates = windowsOf(detect).map((window) => {
    const keywords = keywordCurves(heard, window, detect.refractory);
    const [choice] = jointChoices(keywords)
      .filter(({ misses, expected }) => misses <= few && expected <= rare)
      .sort(order);
    return { window, keywords, choice };
  });
  const [best] = candidates
    .flatMap(({ choice, ...rest }) => (choice === undefined ? [] : [{ ...rest, choice }]))
    .sort((a, b) => order(a.choice, b.choice));
  if (best === undefined)
    throw unreachable(
      subject,
      goal,
      candidates.flatMap(({ keywords }) => jointCurve(keywords)),
      hours,
      words,
    );
  const { keywords, choice } = best;
  const { thresholds, expected } = withRoom(keywords, choice, 'perHour' in goal ? rare : choice.expected);
  const chosen: DetectProgram = {
    ...detect,
    window: best.window,
    keywords: heard.labels.map((label, i) => {
      const threshold = thresholds[i] ?? 1;
      return { label, threshold, release: releaseOf(threshold) };
    }),
  };
  return {
    ...judge(chosen, heard, hours),
    keywords,
    curve: jointCurve(keywords),
    expectedPerHour: expected / hours,
    before: judge(detect, heard, hours),
  };
}

/** A detection as it is, and what other thresholds would come to with its window. */
export function curveOf(detect: DetectProgram, heard: Heard, hours: number): TuningCurve {
  const keywords = keywordCurves(heard, detect.window, detect.refractory);
  return { ...judge(detect, heard, hours), keywords, curve: jointCurve(keywords) };
}

/** What a detection comes to in what was heard. */
export function judge(detect: DetectProgram, { words, background }: Heard, hours: number): Judgement {
  let [misses, confusions] = [0, 0];
  for (const { label, posteriors } of words) {
    const events = eventsIn(detect, posteriors);
    if (!events.includes(label)) misses++;
    if (events.some((event) => event !== label)) confusions++;
  }
  const falseAlarms = eventsIn(detect, background).length;
  const [low, high] = wilson(words.length - misses, words.length);
  const perHour = poissonInterval(falseAlarms).map((mean) => mean / hours);
  return {
    detect,
    hours,
    words: words.length,
    misses,
    missRate: misses / words.length,
    missInterval: [1 - high, 1 - low],
    confusions,
    falseAlarms,
    perHour: falseAlarms / hours,
    perHourInterval: [perHour[0] ?? 0, perHour[1] ?? 0],
  };
}

/** Labels that fire, one after the other. */
function eventsIn(detect: DetectProgram, posteriors: Posteriors): number[] {
  const count = detect.keywords.length;
  const back = detect.window * count;
  const trigger = new Trigger(detect);
  const sums = new Int32Array(count);
  const events: number[] = [];
  for (let at = 0; at < posteriors.length; at += count) {
    for (let k = 0; k < count; k++) {
      const left = at + k < back ? 0 : (posteriors[at + k - back] ?? 0);
      sums[k] = (sums[k] ?? 0) + (posteriors[at + k] ?? 0) - left;
    }
    const event = trigger.step(sums);
    if (event !== null) events.push(event.label);
  }
  return events;
}

function windowsOf({ window, keywords }: DetectProgram): number[] {
  const most = Math.min(MAX_WINDOW, Math.floor(MAX_RING / keywords.length));
  return [...new Set([...WINDOWS, window])].filter((frames) => frames <= most).sort((a, b) => a - b);
}

function unreachable(
  subject: string,
  goal: Goal,
  points: readonly JointPoint[],
  hours: number,
  words: number,
): InputError {
  const missed = (point: JointPoint) => `${((100 * point.misses) / words).toFixed(1)} % missed`;
  const rate = (point: JointPoint) => `${(point.events / hours).toFixed(1)} per hour`;
  const [nearest] = [...points].sort((a, b) =>
    'perHour' in goal ? a.events - b.events : a.misses - b.misses || a.events - b.events,
  );
  const wanted =
    'perHour' in goal
      ? `${goal.perHour} false alarms per hour`
      : `${(100 * goal.missed).toFixed(1)} % missed`;
  const offer = nearest === undefined ? '' : `; the nearest is ${rate(nearest)} at ${missed(nearest)}`;
  return new InputError(subject, `no threshold gives ${wanted}${offer}`, '--at');
}
