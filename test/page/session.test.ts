// SPDX-License-Identifier: Apache-2.0
/** What the page computes, without a page: runs, changes of detection, live sound, clips. */
import { describe, expect, it } from 'vitest';
import { resample } from '../../compiler/core/audio/resample.ts';
import type { SoundProgram } from '../../compiler/core/program/program.ts';
import { traceDigest } from '../../compiler/core/program/trace-digest.ts';
import { listen } from '../../compiler/core/sim/listen.ts';
import { Stream } from '../../compiler/core/sim/stream.ts';
import { Cutter } from '../../compiler/page/session/cutter.ts';
import { Intake, pcmOf } from '../../compiler/page/session/intake.ts';
import type { Frames } from '../../compiler/page/session/messages.ts';
import { Session } from '../../compiler/page/session/session.ts';
import { Random } from '../support/random.ts';
import { bursts, listener } from '../support/stream-program.ts';

function program(seed: number): SoundProgram {
  const made = listener({ frame: 64, hop: 40, seed, last: 'dense' });
  if (made.frontend === null) throw new Error('a listener has a feature extractor');
  return { ...made, frontend: made.frontend };
}

function digestOf(sound: SoundProgram, samples: Int16Array): string {
  return traceDigest(listen(new Stream(sound), sound, samples, true).trace ?? new Int32Array(0));
}

/** In pieces of random lengths. */
function inPieces(samples: Int16Array, seed: number, push: (piece: Int16Array) => void): void {
  const random = new Random(seed);
  for (let at = 0; at < samples.length; ) {
    const end = Math.min(samples.length, at + random.between(1, 700));
    push(samples.subarray(at, end));
    at = end;
  }
}

describe('a run', () => {
  it('has the digest, the rows and the events of the reference, however its sound is cut', () => {
    for (const seed of [1, 2, 3]) {
      const sound = program(seed);
      const samples = bursts(9000, seed);
      const session = new Session(sound);
      const parts: Frames[] = [];
      inPieces(samples, seed, (piece) => parts.push(session.push(piece)));
      const expected = listen(new Stream(sound), sound, samples, true);
      expect(session.digest).toBe(traceDigest(expected.trace ?? new Int32Array(0)));
      expect(parts.flatMap(({ rows }) => [...rows])).toEqual([...(expected.trace ?? [])]);
      expect(parts.flatMap(({ events }) => events)).toEqual(expected.events);
      expect(parts.map(({ restart }) => restart)).toEqual(parts.map((_, i) => i === 0));
      expect(session.recording()).toEqual(samples);
    }
  });

  it('shows the least and the largest sample of every hop', () => {
    const session = new Session(program(1));
    const samples = Int16Array.from({ length: 144 }, (_, i) => i * (i % 2 === 0 ? 1 : -1));
    expect([...session.push(samples).wave]).toEqual([-39, 38, -79, 78, -119, 118]);
  });

  it('is computed again where detection changes: all of it, or its end', () => {
    const sound = program(4);
    const { detect } = program(5);
    const samples = bursts(20_000, 4);
    const session = new Session(sound);
    session.push(samples);
    const frames = session.change(detect);
    expect(frames.restart).toBe(true);
    expect(session.digest).toBe(digestOf({ ...sound, detect }, samples));
    expect(session.digest).not.toBe(digestOf(sound, samples));

    const short = new Session(sound, { kept: 1, run: 9 });
    const long = bursts(sound.frontend.sampleRate + 1234, 6);
    short.push(long);
    short.change(sound.detect);
    expect(short.recording()).toEqual(long.subarray(1234));
    expect(short.digest).toBe(digestOf(sound, long.subarray(1234)));
  });

  it('ends where it is long, and the next one begins with its end', () => {
    const sound = program(7);
    const rate = sound.frontend.sampleRate;
    const session = new Session(sound, { kept: 1, run: 3 });
    session.push(new Int16Array(3 * rate));
    const frames = session.push(new Int16Array(rate));
    expect(frames.restart).toBe(true);
    expect(frames.samples).toBe(2 * rate);
  });
});

describe('live sound', () => {
  it('is converted as a recording is', () => {
    const samples = bursts(48_000, 8);
    const intake = new Intake(44_100, 8000);
    const parts: number[] = [];
    inPieces(samples, 8, (piece) => parts.push(...intake.push(piece)));
    parts.push(...intake.end());
    const whole = resample(Float64Array.from(samples), 44_100, 8000);
    expect(parts).toEqual(
      Array.from(whole, (value) => Math.max(-32768, Math.min(32767, Math.floor(value + 0.5)))),
    );
  });

  it('of Web Audio is rounded and limited', () => {
    const values = [0, 1, -1, 1.5, 0.25, 0.5 / 32768, Number.NaN];
    expect([...pcmOf(Float32Array.from(values))]).toEqual([0, 32767, -32768, 32767, 8192, 1, 0]);
  });
});

describe('clips', () => {
  const RATE = 8000;
  const tone = (seconds: number) =>
    Int16Array.from({ length: seconds * RATE }, (_, i) => (i % 8 < 4 ? 9000 : -9000));
  const quiet = (seconds: number) => new Int16Array(seconds * RATE);
  const cut = (cutter: Cutter, ...sounds: readonly Int16Array[]) => {
    const clips: Int16Array[] = [];
    for (const sound of sounds) inPieces(sound, 9, (piece) => clips.push(...cutter.push(piece)));
    return clips;
  };

  it('are cut by loudness, with what stands before and behind; clicks are left out', () => {
    const cutter = new Cutter(RATE);
    cutter.set('auto', 1000);
    const clips = cut(cutter, quiet(1), tone(0.5), quiet(1), tone(0.02), quiet(1), tone(0.3), quiet(1));
    expect(clips.map(({ length }) => length / RATE)).toEqual([
      expect.closeTo(0.2 + 0.5 + 0.35, 1),
      expect.closeTo(0.2 + 0.3 + 0.35, 1),
    ]);
    expect(clips[0]?.indexOf(9000)).toBe(0.2 * RATE);
  });

  it('are what came while a button was held', () => {
    const cutter = new Cutter(RATE);
    cut(cutter, quiet(1));
    expect(cutter.set('hold', 0)).toBeNull();
    expect(cut(cutter, tone(0.7))).toEqual([]);
    expect(cutter.open).toBe(true);
    expect(cutter.set('off', 0)?.length).toBe(0.9 * RATE);
    expect(cutter.open).toBe(false);
    expect(cut(cutter, tone(1))).toEqual([]);
  });

  it('end where they are too long', () => {
    const cutter = new Cutter(RATE);
    cutter.set('auto', 1000);
    expect(cut(cutter, tone(5)).map(({ length }) => length / RATE)).toEqual([4]);
  });
});
