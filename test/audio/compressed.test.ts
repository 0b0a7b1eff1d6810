// SPDX-License-Identifier: Apache-2.0
/** Lossy recordings against what other decoders make of them (compressed/make.sh), by content and not by name. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';
import { decodeSound } from '../../compiler/host/audio/sound-file.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { Random } from '../support/random.ts';

const file = (name: string) => packagePath('test', 'audio', 'compressed', name);
const FORMATS = ['mp3', 'ogg', 'opus'];

describe.each(FORMATS)('%s', (format) => {
  const bytes = new Uint8Array(readFileSync(file(`speech.${format}`)));
  const expected = readWav(file(`speech.${format}.flac`));

  it('has the samples of the other decoder within 1, at the same place', async () => {
    const { sampleRate, samples, notes } = await decodeSound('clip.wav', bytes);
    expect(sampleRate).toBe(expected.sampleRate);
    expect(samples.length).toBe(expected.samples.length);
    expect(notes).toEqual([]);
    const apart = samples.map((value, i) => Math.abs(value - (expected.samples[i] ?? 0)));
    expect(Math.max(...apart)).toBeLessThanOrEqual(1);
    expect(Math.max(...samples)).toBeGreaterThan(1000);
  });

  if (format !== 'mp3')
    it('with a second stream behind the first is read to its end, and noted', async () => {
      const { samples, notes } = await decodeSound('clip', Buffer.concat([bytes, bytes]));
      expect(samples).toEqual((await decodeSound('clip', bytes)).samples);
      expect(notes.map(({ kind }) => kind)).toEqual(['chained streams']);
    });

  it('of any bytes is decoded or gives an InputError', async () => {
    const random = new Random(1);
    for (let i = 0; i < 30; i++) {
      const changed = Uint8Array.from(bytes.subarray(0, random.between(20, bytes.length)));
      for (let n = 0; n < 3; n++) changed[random.between(0, changed.length - 1)] = random.between(0, 255);
      try {
        expect((await decodeSound('clip', changed, 8000)).samples.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }
  });
});

it.each([
  ['Layer II', Buffer.from('fffd1400', 'hex')],
  ['Layer III of free format', Buffer.from('fffb0064', 'hex')],
])('%s leads to ffmpeg', async (_, head) => {
  const bytes = Buffer.concat([head, Buffer.alloc(400)]);
  await expect(decodeSound('a', bytes)).rejects.toThrow('is not read; ffmpeg -i "a"');
});
