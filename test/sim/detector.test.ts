// SPDX-License-Identifier: Apache-2.0
/** Smoothing, thresholds, release, refractory time and the gate, on cases that can be followed by hand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DetectProgram } from '../../compiler/core/program/detect-program.ts';
import { exponentOf } from '../../compiler/core/quant/detect.ts';
import { Detector, VAD_CLOSED, VAD_OPEN, VAD_RESET } from '../../compiler/core/sim/detector.ts';

/** Logits that make one of three labels certain (posterior 32767), or none of them more likely than the others. */
const FAR = 32768 * 100;
const A = Int32Array.of(FAR, 0, 0);
const B = Int32Array.of(0, FAR, 0);
const OTHER = Int32Array.of(0, 0, FAR);
const EVEN = Int32Array.of(5, 5, 5);

function detect(changes: Partial<DetectProgram> = {}): DetectProgram {
  return {
    ...exponentOf(4),
    window: 4,
    refractory: 0,
    keywords: [
      { label: 0, threshold: 20000, release: 10000 },
      { label: 1, threshold: 20000, release: 10000 },
    ],
    vad: null,
    ...changes,
  };
}

/** The frames in which something fired: "frame:label". */
function fired(program: DetectProgram, frames: readonly (Int32Array | null)[]): string[] {
  const detector = new Detector(program);
  return frames.flatMap((logits, frame) => {
    const detection = detector.step(logits);
    return detection === null ? [] : [`${frame}:${detection.label}`];
  });
}

const times = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);

describe('smoothing', () => {
  test('is the mean over the window, from an empty one on; a gated frame counts 0', () => {
    const detector = new Detector(detect());
    const sums: number[] = [];
    for (const logits of [A, A, EVEN, null, A, OTHER, OTHER, OTHER, OTHER]) {
      detector.step(logits);
      sums.push(detector.sums[0] ?? -1);
    }
    const [one, third] = [32767, 10923];
    const five = 2 * one + third;
    expect(sums).toEqual([one, 2 * one, five, five, five, third + one, one, one, 0]);
    expect([...detector.posteriors]).toEqual([0, 0]);
  });

  test('a window of one frame is the posterior itself', () => {
    const detector = new Detector(detect({ window: 1 }));
    detector.step(EVEN);
    expect([...detector.sums]).toEqual([10923, 10923]);
    expect(detector.step(A)).toEqual({ label: 0, score: 32767 });
  });
});

describe('thresholds', () => {
  test('fire at the threshold and not one unit below it', () => {
    // Three certain frames of four: floor(98301 / 4) = 24575.
    const at = (threshold: number) => detect({ keywords: [{ label: 0, threshold, release: 1 }] });
    expect(fired(at(24575), times(3, A))).toEqual(['2:0']);
    expect(fired(at(24576), times(3, A))).toEqual([]);
    expect(new Detector(at(24575)).step(A)).toBeNull();
    const detector = new Detector(at(24575));
    detector.step(A);
    detector.step(A);
    expect(detector.step(A)).toEqual({ label: 0, score: 24575 });
  });

  test('a label that is no keyword never fires', () => {
    expect(fired(detect(), times(9, OTHER))).toEqual([]);
  });

  test('of two keywords the one with the larger mean fires, the lower one where they are equal', () => {
    const low = { threshold: 1, release: 1 };
    const both = detect({
      window: 1,
      keywords: [
        { label: 0, ...low },
        { label: 1, ...low },
      ],
    });
    expect(fired(both, [B])).toEqual(['0:1']);
    expect(fired(both, [EVEN])).toEqual(['0:0']);
  });
});

describe('release', () => {
  test('holds a keyword until its mean was below; staying above fires once', () => {
    expect(fired(detect(), times(50, A))).toEqual(['2:0']);
    // The mean falls 24575, 16383, 8191: below 10000 in the third frame of silence, and then it may rise again.
    expect(fired(detect(), [A, A, A, A, null, null, A, A, A, A, A])).toEqual(['2:0']);
    expect(fired(detect(), [A, A, A, A, null, null, null, A, A, A, A])).toEqual(['2:0', '9:0']);
  });

  test('is below its value, not at it', () => {
    const at = (release: number) =>
      detect({ window: 1, keywords: [{ label: 0, threshold: 20000, release }] });
    expect(fired(at(10923), [A, EVEN, A])).toEqual(['0:0']);
    expect(fired(at(10924), [A, EVEN, A])).toEqual(['0:0', '2:0']);
  });

  test('one keyword does not hold another', () => {
    expect(fired(detect(), [A, A, A, B, B, B])).toEqual(['2:0', '5:1']);
  });
});

describe('refractory time', () => {
  test('nothing fires in so many frames after an event, and what still stands fires behind them', () => {
    const frames = [A, A, A, ...times(12, B)];
    expect(fired(detect({ refractory: 2 }), frames)).toEqual(['2:0', '5:1']);
    expect(fired(detect({ refractory: 3 }), frames)).toEqual(['2:0', '6:1']);
    expect(fired(detect({ refractory: 9 }), frames)).toEqual(['2:0', '12:1']);
    expect(fired(detect({ refractory: 12 }), frames)).toEqual(['2:0']);
  });

  test('goes on in gated frames', () => {
    const again = [...times(3, A), ...times(5, null), ...times(5, A)];
    expect(fired(detect({ refractory: 7 }), again)).toEqual(['2:0', '10:0']);
    expect(fired(detect({ refractory: 8 }), again)).toEqual(['2:0', '11:0']);
  });

  test('a word that has gone when it ends is not reported', () => {
    expect(fired(detect({ refractory: 9 }), [A, A, A, B, B, B, ...times(20, OTHER)])).toEqual(['2:0']);
  });
});

describe('gate', () => {
  const [quiet, loud] = [99 * 100, 100 * 100];
  const gates = (vad: DetectProgram['vad'], energies: readonly number[]) => {
    const detector = new Detector(detect({ vad }));
    return energies.map((energy) => detector.vad(energy));
  };

  test('opens at the level, stays open for the hang-over, resets once, and begins anew', () => {
    const vad = { level: 100, hangover: 2, reset: 3 };
    expect(
      gates(vad, [loud - 1, loud, quiet, quiet, quiet, quiet, quiet, quiet, quiet, loud, quiet]),
    ).toEqual([
      VAD_CLOSED,
      VAD_OPEN,
      VAD_OPEN,
      VAD_OPEN,
      VAD_CLOSED,
      VAD_CLOSED,
      VAD_RESET,
      VAD_CLOSED,
      VAD_CLOSED,
      VAD_OPEN,
      VAD_OPEN,
    ]);
  });

  test('a loud frame in the hang-over begins it anew; without hang-over it closes at once', () => {
    const zero = { level: 100, hangover: 0, reset: 1 };
    expect(gates(zero, [quiet, quiet, loud, quiet, quiet])).toEqual([
      VAD_RESET,
      VAD_CLOSED,
      VAD_OPEN,
      VAD_RESET,
      VAD_CLOSED,
    ]);
    const two = { level: 100, hangover: 2, reset: 9 };
    expect(gates(two, [loud, quiet, loud, quiet, quiet, quiet])).toEqual([...times(5, VAD_OPEN), VAD_CLOSED]);
  });

  test('without VAD it is open, and full scale opens any', () => {
    expect(gates(null, [0, 0])).toEqual([VAD_OPEN, VAD_OPEN]);
    expect(gates({ level: 32767, hangover: 0, reset: 1 }, [2 ** 30])).toEqual([VAD_OPEN]);
  });
});

test('after a reset everything is as at the start', () => {
  const frame = fc.constantFrom(A, B, OTHER, EVEN, null);
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 40 }), fc.array(frame, { maxLength: 40 }), (before, after) => {
      const program = detect({ refractory: 5 });
      const used = new Detector(program);
      for (const logits of before) used.step(logits);
      used.reset();
      const fresh = new Detector(program);
      return after.every(
        (logits) => JSON.stringify(used.step(logits)) === JSON.stringify(fresh.step(logits)),
      );
    }),
    { numRuns: 200 },
  );
});
