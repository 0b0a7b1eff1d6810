// SPDX-License-Identifier: Apache-2.0
/** The synthesizer that is a part of the product, and what is made of its sound. */
import { describe, expect, it } from 'vitest';
import { decodeSound } from '../../compiler/host/audio/sound-file.ts';
import { FLITE_VOICES, flitePhonemes, fliteSpeak } from '../../compiler/training/speech/engines/flite.ts';
import { SPEECH_RATE, shapeSpeech } from '../../compiler/training/speech/shape.ts';

const voiceOf = (name: string) => FLITE_VOICES.find((voice) => voice.name === name) ?? FLITE_VOICES[0];
const speak = async (name: string, rate = 1, pitch = 1) => {
  const voice = voiceOf(name);
  if (voice === undefined) throw new Error(name);
  return decodeSound(name, fliteSpeak({ text: 'hey lamp.', voice, rate, pitch }));
};

/** Hz, by the lag at which a piece of 100 ms in the loudest part is most like itself. */
function pitchOf(samples: Int16Array, sampleRate: number): number {
  const length = sampleRate / 10;
  const energy = (at: number) => samples.subarray(at, at + length).reduce((sum, x) => sum + x * x, 0);
  let from = 0;
  for (let at = 0; at + 2 * length < samples.length; at += 160) if (energy(at) > energy(from)) from = at;
  let [best, lag] = [0, 1];
  for (let shift = Math.floor(sampleRate / 350); shift < sampleRate / 60; shift++) {
    let sum = 0;
    for (let i = from; i < from + length; i++) sum += (samples[i] ?? 0) * (samples[i + shift] ?? 0);
    const likeness = sum / Math.sqrt(energy(from) * energy(from + shift));
    if (likeness > best + 0.02) [best, lag] = [likeness, shift];
  }
  return sampleRate / lag;
}

describe('flite', () => {
  it.each(FLITE_VOICES.map(({ name }) => name))('speaks as %s, each time the same', async (name) => {
    const first = await speak(name);
    expect(first.samples.length / first.sampleRate).toBeGreaterThan(0.5);
    expect(await speak(name)).toEqual(first);
  });

  it('speaks faster and higher where it is asked to', async () => {
    const [plain, fast, high] = [await speak('slt'), await speak('slt', 1.4), await speak('slt', 1, 1.4)];
    expect(plain.samples.length / fast.samples.length).toBeGreaterThan(1.25);
    const octaves = Math.log2(pitchOf(high.samples, 16000) / pitchOf(plain.samples, 16000));
    expect(octaves).toBeGreaterThan(0.3);
    expect(octaves).toBeLessThan(0.7);
  });

  it('knows how it pronounces a word', () => {
    expect(flitePhonemes('lamp')).toEqual(['L', 'AE', 'M', 'P']);
  });
});

describe('the shape of a recording', () => {
  const tone = Int16Array.from({ length: 8000 }, (_, i) =>
    i < 2000 || i >= 6000 ? 0 : Math.round(9000 * Math.sin((2 * Math.PI * 500 * i) / 8000)),
  );
  const shape = { tract: 1, level: -20, before: 0.25, after: 0.5 };
  const level = (samples: Int16Array) =>
    10 * Math.log10(samples.reduce((sum, x) => sum + (x / 32768) ** 2, 0) / samples.length);

  it('is at 16 kHz, without the silence of the synthesizer, with the pauses and the level that were drawn', () => {
    const shaped = shapeSpeech(tone, 8000, shape);
    expect(shaped?.start).toBe(0.25);
    expect(shaped?.end).toBeCloseTo(0.75, 1);
    expect((shaped?.samples.length ?? 0) / SPEECH_RATE).toBeCloseTo((shaped?.end ?? 0) + 0.5);
    const word = shaped?.samples.subarray(0.3 * SPEECH_RATE, 0.7 * SPEECH_RATE) ?? new Int16Array(0);
    expect(level(word)).toBeCloseTo(-20, 0);
    expect(pitchOf(word, SPEECH_RATE)).toBeCloseTo(500 / 2, -1.5);
  });

  it('is shorter and higher with a shorter vocal tract', () => {
    const shaped = shapeSpeech(tone, 8000, { ...shape, tract: 1.25 });
    expect((shaped?.end ?? 0) - (shaped?.start ?? 0)).toBeCloseTo(0.4, 1);
  });

  it('is never clipped, and nothing of silence', () => {
    const loud = shapeSpeech(tone, 8000, { ...shape, level: 6 })?.samples ?? [];
    expect(Math.max(...loud)).toBe(32000);
    expect(shapeSpeech(new Int16Array(8000), 8000, shape)).toBeNull();
  });
});
