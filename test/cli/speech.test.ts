// SPDX-License-Identifier: Apache-2.0
/** Clips with next to no sound in them, and what is not a WAV file, through the executable. */
import { copyFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { egru, inWork, json, MODEL, write } from './egru.ts';

const seven = packagePath('models', 'spoken-digits', 'samples', '7_engb_0.wav');
const { samples } = readWav(seven);

interface Clip {
  readonly label: string | null;
  readonly speech: boolean;
  readonly scores: readonly number[];
}
async function clipOf(file: string): Promise<Clip | undefined> {
  return ((await json(['run', MODEL, file])) as unknown as { clips: Clip[] }).clips[0];
}

describe.concurrent('no speech', () => {
  it.each([
    ['ten samples', samples.subarray(0, 10)],
    ['silence', new Int16Array(4000)],
    [
      'noise below the level of the VAD',
      Int16Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? 31 : -31)),
    ],
  ])('%s', async (name, sound) => {
    const file = write(`${name}.wav`, makeWav(pcm16(sound)));
    expect(await clipOf(file)).toMatchObject({ label: null, speech: false });
    expect((await egru(['run', MODEL, file])).stdout).toContain('no speech');
  });

  it('is not reported from the level on', async () => {
    const sound = Int16Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? 32 : -32));
    const clip = await clipOf(write('level.wav', makeWav(pcm16(sound))));
    expect(clip?.speech).toBe(true);
    expect(clip?.label).not.toBeNull();
  });

  it('is counted by eval', async () => {
    const file = write('7_none_0.wav', makeWav(pcm16(new Int16Array(4000))));
    const document = await json(['eval', MODEL, file, seven]);
    expect(document).toMatchObject({ noSpeech: 1 });
  });
});

describe.concurrent('formats', () => {
  it.each(['mp3', 'ogg', 'opus', 'opus.flac'])('%s under the name of a WAV file', async (format) => {
    copyFileSync(packagePath('test', 'audio', 'compressed', `speech.${format}`), inWork(`${format}.wav`));
    expect((await clipOf(inWork(`${format}.wav`)))?.speech).toBe(true);
  });

  it('a constant offset changes no label', async () => {
    const plain = await clipOf(seven);
    const file = write('offset.wav', makeWav(pcm16(samples.map((value) => Math.min(32767, value + 8000)))));
    const { stdout, stderr } = await egru(['run', MODEL, file, '--json']);
    expect(stderr).toMatch(/^egru: note: \S+: has a constant offset of 8\d\d\d, which is removed\n$/);
    expect(JSON.parse(stdout)).toMatchObject({ clips: [{ label: plain?.label }] });
  });
});
