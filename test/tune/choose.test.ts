// SPDX-License-Identifier: Apache-2.0
/** Thresholds from what was heard, against the detector itself played at every threshold. */
import { describe, expect, it } from 'vitest';
import type { DetectProgram } from '../../compiler/core/program/detect-program.ts';
import { Trigger } from '../../compiler/core/sim/detector.ts';
import { choose, judge } from '../../compiler/report/tune/choose.ts';
import { activeFrames, countEvents, THRESHOLDS } from '../../compiler/report/tune/events.ts';
import { poissonInterval } from '../../compiler/report/tune/interval.ts';
import { jointChoices, withRoom } from '../../compiler/report/tune/joint-choice.ts';
import { jointCurve } from '../../compiler/report/tune/joint-curve.ts';
import { type Heard, type KeywordPoint, keywordCurves } from '../../compiler/report/tune/keyword-curve.ts';
import { expectedEvents } from '../../compiler/report/tune/tail.ts';
import { releaseOf } from '../../compiler/training/background/release.ts';
import { Random } from '../support/random.ts';

const DETECT: DetectProgram = {
  ...{ multiplier: 16384, preShift: 0, postShift: 0, window: 8, refractory: 5, vad: null },
  keywords: [
    { label: 1, threshold: 16384, release: 8192 },
    { label: 2, threshold: 16384, release: 8192 },
  ],
};

/** Posteriors that rise and fall like those of a network: humps of random height. */
function humps(
  frames: number,
  count: number,
  height: (column: number) => number,
  random: Random,
): Int16Array {
  const posteriors = new Int16Array(frames * count);
  for (let column = 0; column < count; column++) {
    for (let frame = 0; frame < frames; ) {
      const [length, top] = [random.between(5, 30), height(column)];
      for (let i = 0; i < length && frame < frames; i++, frame++) posteriors[frame * count + column] = top;
      frame += random.between(3, 40);
    }
  }
  return posteriors;
}

function heardOf(seed: number): Heard {
  const random = new Random(seed);
  const words = Array.from({ length: 60 }, (_, i) => {
    const label = 1 + (i % 2);
    const top = random.between(9000, 32000);
    const own = (column: number) => (column === label - 1 ? top : 0);
    return { label, posteriors: humps(40, 2, own, random) };
  });
  const background = humps(20_000, 2, (column) => random.between(0, column === 0 ? 21_000 : 15_000), random);
  return { labels: [1, 2], words, background };
}

describe('events by threshold', () => {
  it('are those of the detector', () => {
    const { background } = heardOf(1);
    for (const column of [0, 1]) {
      const active = activeFrames(background, column, 2, 8);
      for (const threshold of THRESHOLDS.filter((_, i) => i % 9 === 0)) {
        const keyword = { label: 0, threshold, release: releaseOf(threshold) };
        const trigger = new Trigger({ keywords: [keyword], window: 8, refractory: 5 });
        let [sum, events] = [0, 0];
        for (let frame = 0; frame < 20_000; frame++) {
          sum += (background[2 * frame + column] ?? 0) - (background[2 * (frame - 8) + column] ?? 0);
          if (trigger.step(Int32Array.of(sum)) !== null) events++;
        }
        expect(countEvents(active, threshold, 8, 5)).toBe(events);
      }
    }
  });
});

describe('thresholds of all keywords together', () => {
  it('have as few misses as any pair of thresholds at that number of events', () => {
    const curves = keywordCurves(heardOf(2), 8, 5);
    const [first, second] = curves;
    const curve = jointCurve(curves);
    expect(curve.length).toBeGreaterThan(5);
    for (const budget of [0, 3, 10, 40]) {
      let least = Number.POSITIVE_INFINITY;
      for (const a of first?.points ?? []) {
        for (const b of second?.points ?? []) {
          if (a.events + b.events <= budget) least = Math.min(least, a.misses + b.misses);
        }
      }
      const point = curve.findLast(({ events }) => events <= budget);
      expect(point?.misses ?? Number.POSITIVE_INFINITY).toBe(least);
    }
  });
});

describe('expected events', () => {
  /** Peaks that fall off exponentially in the logit, counted by threshold. */
  function exponential(random: Random, count: number, scale: number): KeywordPoint[] {
    const peaks = Array.from(
      { length: count },
      () => -scale * Math.log(1 - random.between(0, 65_535) / 65_536),
    );
    return THRESHOLDS.map((threshold, i) => ({
      ...{ threshold, misses: 0 },
      events: peaks.filter((peak) => peak >= i).length,
    }));
  }

  it('are those of the law that made them, closer than counts are', () => {
    const random = new Random(7);
    // Of 400 events one is left above this step on average.
    const [scale, rare] = [8, Math.round(8 * Math.log(400))];
    let [tail, counts] = [0, 0];
    const error = (events: number) => (Math.max(events, 0.1) - 1) ** 2;
    for (let round = 0; round < 100; round++) {
      const points = exponential(random, 400, scale);
      tail += error(expectedEvents(points)[rare] ?? 0);
      counts += error(points[rare]?.events ?? 0);
    }
    expect(tail).toBeLessThan(0.6 * counts);
    const many = exponential(random, 20_000, scale);
    const exact = 20_000 * Math.exp(-rare / scale);
    expect((expectedEvents(many)[rare] ?? 0) / exact).toBeGreaterThan(0.8);
    expect((expectedEvents(many)[rare] ?? 0) / exact).toBeLessThan(1.25);
  });

  it('never rise with the threshold, and are counts where these are many or there are none', () => {
    const random = new Random(8);
    const points = exponential(random, 300, 10);
    const expected = expectedEvents(points);
    for (const [i, { events }] of points.entries()) {
      if (events > 20) expect(expected[i]).toBe(events);
      if (i > 0) expect(expected[i]).toBeLessThanOrEqual(expected[i - 1] ?? 0);
    }
    const none = expectedEvents(points.map((point) => ({ ...point, events: 0 })));
    expect(none.at(-1)).toBeLessThan(1e-9);
  });
});

describe('thresholds by expected events', () => {
  it('come from as few as any pair of thresholds with that number of misses', () => {
    const curves = keywordCurves(heardOf(2), 8, 5);
    const choices = jointChoices(curves);
    expect(choices.length).toBeGreaterThan(5);
    const tails = curves.map(({ points }) => expectedEvents(points));
    for (const { misses, expected } of choices.filter((_, i) => i % 7 === 0)) {
      let least = Number.POSITIVE_INFINITY;
      for (const [i, a] of (curves[0]?.points ?? []).entries()) {
        for (const [j, b] of (curves[1]?.points ?? []).entries()) {
          if (a.misses + b.misses === misses)
            least = Math.min(least, (tails[0]?.[i] ?? 0) + (tails[1]?.[j] ?? 0));
        }
      }
      expect(expected).toBeCloseTo(least, 9);
    }
  });

  it('are lowered as far as the wanted events allow', () => {
    const curves = keywordCurves(heardOf(2), 8, 5);
    const choice = jointChoices(curves).at(-20) ?? { misses: 0, expected: 0, places: [] };
    const [tight, free] = [choice.expected, choice.expected + 9].map((most) =>
      withRoom(curves, choice, most),
    );
    expect(free?.expected).toBeGreaterThan(tight?.expected ?? 0);
    expect(free?.expected).toBeLessThanOrEqual(choice.expected + 9);
    for (const [keyword, threshold] of (free?.thresholds ?? []).entries())
      expect(threshold).toBeLessThanOrEqual(tight?.thresholds[keyword] ?? 0);
  });
});

describe('a choice', () => {
  const heard = heardOf(3);

  it('keeps to the false alarms that are wanted, and says what the detector comes to', () => {
    const tuning = choose('model', DETECT, heard, 2, { perHour: 3 });
    expect(tuning.falseAlarms).toBeLessThanOrEqual(6);
    const again = judge(tuning.detect, heard, 2);
    expect(again).toMatchObject({ misses: tuning.misses, falseAlarms: tuning.falseAlarms });
    const freer = choose('model', DETECT, heard, 2, { perHour: 30 });
    expect(freer.misses).toBeLessThan(tuning.misses);
    expect(tuning.perHourInterval[0]).toBeLessThanOrEqual(tuning.perHour);
    expect(tuning.perHourInterval[1]).toBeGreaterThan(tuning.perHour);
    expect(tuning.missInterval[0]).toBeLessThan(tuning.missRate);
    expect(tuning.missInterval[1]).toBeGreaterThan(tuning.missRate);
  });

  it('keeps to the misses that are wanted, with fewer false alarms for more misses', () => {
    const few = choose('model', DETECT, heard, 2, { missed: 0.05 });
    expect(few.misses).toBeLessThanOrEqual(3);
    // Not counts: at thresholds that are never released again, one event stands for hours.
    const more = choose('model', DETECT, heard, 2, { missed: 0.3 });
    expect(more.expectedPerHour).toBeLessThan(few.expectedPerHour);
  });

  it('offers the nearest where nothing fits', () => {
    const silent = { ...heard, words: [{ label: 1, posteriors: new Int16Array(20) }] };
    expect(() => choose('model', DETECT, silent, 2, { missed: 0.1 })).toThrow(
      /model: no threshold gives 10.0 % missed; the nearest is 0.0 per hour at 100.0 % missed \(--at\)/,
    );
    expect(() => choose('model', DETECT, { ...heard, words: [] }, 2, { missed: 0.1 })).toThrow(/no keyword/);
    expect(() => choose('model', DETECT, heard, 0, { missed: 0.1 })).toThrow(/no background/);
  });
});

describe('intervals of counts', () => {
  it('are those of the tables (Garwood 1936)', () => {
    for (const [n, low, high] of [
      [0, 0, 3.689],
      [1, 0.0253, 5.572],
      [10, 4.795, 18.39],
      [100, 81.36, 121.63],
      [5000, 4862.4, 5140.6],
    ] as const) {
      const [least, most] = poissonInterval(n);
      expect(least).toBeCloseTo(low, n > 50 ? -1 : 2);
      expect(most).toBeCloseTo(high, n > 50 ? -1 : 2);
    }
  });
});

it('of windows that come to the same, takes the one whose threshold has most room on both sides', () => {
  const spikes = new Int16Array(40_000).map((_, i) => (i % 400 < 8 ? 31_000 : 0));
  const words = Array.from({ length: 30 }, () => ({
    label: 1,
    posteriors: new Int16Array(100).map((_, i) => (i < 60 ? 32_000 : 0)),
  }));
  const detect = { ...DETECT, keywords: DETECT.keywords.slice(0, 1) };
  const tuned = choose('m', detect, { labels: [1], words, background: spikes }, 0.2, { perHour: 0.5 });
  expect([tuned.misses, tuned.falseAlarms]).toEqual([0, 0]);
  // With 8 frames any threshold from 31,000 to 32,000, with 48 from 5,167: in the middle of their logits.
  expect(tuned.detect.window).toBe(48);
  expect(tuned.detect.keywords[0]?.threshold).toBeCloseTo(24_140, -3);
});
