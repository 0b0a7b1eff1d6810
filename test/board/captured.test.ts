// SPDX-License-Identifier: Apache-2.0
/** What a board hears is what is judged: run and eval with --board against the emulated board; about 20 s. */
import { mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resample } from '../../compiler/core/audio/resample.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { inWork, json, MODEL, refusal, write } from '../cli/egru.ts';

interface Event {
  readonly label: string;
  readonly sample: number;
  readonly score: number;
}

/** Words with pauses at 16 kHz, a rate that is neither the model's nor a microphone's. */
const RATE = 16_000;
const words = ['7_engb_0', '5_engb_0', '6_enusf2_0'].map((name) => {
  const bytes = readFileSync(packagePath(MODEL, 'samples', `${name}.wav`));
  const samples = new Int16Array(
    bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + (bytes.length & ~1)),
  );
  return Int16Array.from(resample(Float64Array.from(samples), 8000, RATE), Math.round);
});
const pause = new Int16Array(RATE / 3);
const wav = (samples: readonly number[]) => makeWav(pcm16(Int16Array.from(samples)), { sampleRate: RATE });
const recording = write('long.wav', wav(words.flatMap((word) => [...pause, ...word]).concat([...pause])));
mkdirSync(inWork('clips'));
words.forEach((word, i) => {
  write(`clips/${['seven', 'five', 'six'][i]}_${i}.wav`, wav([...word]));
});

const streamed = async (...args: readonly string[]) =>
  ((await json(['run', MODEL, recording, '--stream', ...args])).events as Event[]).map(
    ({ label, sample, score }) => ({ label, sample, score }),
  );

describe.each([
  ['feather_m0', 'i2s'],
  ['circuitplay_express', 'pdm'],
  ['trinket_m0', 'adc'],
])('%s with %s', (board, mic) => {
  it('has the events of the emulated board, sample for sample', async () => {
    const { events } = await json(['emulate', MODEL, '--board', board, '--mic', recording]);
    expect((events as Event[]).length).toBeGreaterThanOrEqual(2);
    expect(await streamed('--board', board, '--mic', mic)).toEqual(events);
  });
});

describe('a microphone', () => {
  it('changes what the model gets, on every machine alike', async () => {
    const own = await streamed();
    const heard = await streamed('--board', 'feather_m0');
    expect(heard).not.toEqual(own);
    expect(await streamed('--board', 'feather_m0', '--on', 'host')).toEqual(heard);
  });

  it('hears clips, too', async () => {
    const scores = async (...args: readonly string[]) =>
      ((await json(['run', MODEL, inWork('clips'), ...args])).clips as { scores: number[] }[]).map(
        (clip) => clip.scores,
      );
    const heard = await scores('--board', 'feather_m0');
    expect(heard).not.toEqual(await scores());
    expect(await scores('--board', 'feather_m0', '--mic', 'i2s', '--on', 'host')).toEqual(heard);
    const pattern = ['--pattern', '{label}_{index}.wav'];
    const report = await json(['eval', MODEL, inWork('clips'), ...pattern, '--board', 'circuitplay_express']);
    expect(report).toMatchObject({ clips: 3 });
  });

  it('that does not exist is refused', async () => {
    expect(await refusal(['run', MODEL, recording, '--stream', '--mic', 'i2s'])).toBe(
      '--mic: belongs to a board; name it with --board',
    );
    expect(
      await refusal(['run', MODEL, recording, '--stream', '--board', 'feather_m0', '--mic', 'pdm']),
    ).toBe('pdm: no microphone of the Adafruit Feather M0; it supports i2s, adc (--mic)');
  });
});
