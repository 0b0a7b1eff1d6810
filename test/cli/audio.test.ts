// SPDX-License-Identifier: Apache-2.0
/** Every kind of sound file through the executable: what is converted, and what is refused with which words. */
import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { egru, inWork, json, MODEL, noise, refusal, work, write } from './egru.ts';

interface RunDocument {
  readonly clips: readonly { readonly label: string; readonly scores: readonly number[] }[];
}

async function classified(file: string): Promise<RunDocument['clips'][number]> {
  const document = (await json(['run', MODEL, file])) as unknown as RunDocument;
  const [clip] = document.clips;
  if (clip === undefined) throw new Error('one clip was expected');
  return clip;
}

const samples = noise(0.4, 7);
const plain = write('plain.wav', makeWav(pcm16(samples)));

function each(size: number, put: (view: DataView, at: number, v: number) => void): Uint8Array {
  const bytes = new Uint8Array(size * samples.length);
  samples.forEach((v, i) => {
    put(new DataView(bytes.buffer), size * i, v);
  });
  return bytes;
}

describe.concurrent('conversion to 16-bit mono changes nothing that 16 bits can hold', () => {
  const stereo = pcm16(Int16Array.from({ length: 2 * samples.length }, (_, i) => samples[i >> 1] ?? 0));
  const bits24 = each(3, (view, at, v) => view.setInt16(at + 1, v, true));
  const bits32 = each(4, (view, at, v) => view.setInt32(at, v * 65536, true));
  const floats = each(4, (view, at, v) => view.setFloat32(at, v / 32768, true));
  const big = each(2, (view, at, v) => view.setInt16(at, v, false));
  it.each([
    ['stereo', makeWav(stereo, { channels: 2 })],
    ['24 bits', makeWav(bits24, { bits: 24 })],
    ['24 bits, extensible', makeWav(bits24, { bits: 24, extensible: true })],
    ['32 bits', makeWav(bits32, { bits: 32 })],
    ['float', makeWav(floats, { tag: 3, bits: 32 })],
    ['RIFX', makeWav(big, { bigEndian: true })],
  ])('%s', async (name, bytes) => {
    expect((await classified(write(`${name}.wav`, bytes))).scores).toEqual((await classified(plain)).scores);
  });
});

it('resamples 44.1 kHz', async () => {
  const file = write('44100.wav', makeWav(pcm16(noise(0.4, 7, 44100)), { sampleRate: 44100 }));
  expect((await classified(file)).scores).toHaveLength(10);
});

describe.concurrent('what is assumed', () => {
  const cut = makeWav(pcm16(samples)).subarray(0, 1000);

  it('is one line on stderr for each kind, with the number of files', async () => {
    mkdirSync(inWork('cut'));
    for (const name of ['a', 'b', 'c']) write(`cut/${name}.wav`, cut);
    const { code, stderr } = await egru(['run', MODEL, inWork('cut')]);
    expect(code).toBe(0);
    const found = '2722 of 3200 samples are missing at its end; what is there is read';
    expect(stderr.replaceAll(work, 'WORK')).toBe(`egru: note: 3 files, e.g. WORK/cut/a.wav: ${found}\n`);
  });

  it.each([['run'], ['verify']])('%s --strict makes it an error', async (command) => {
    const file = write(`strict-${command}.wav`, cut);
    expect(await refusal([command, MODEL, file, '--strict'])).toContain('2722 of 3200 samples are missing');
  });
});

describe.concurrent('refused', () => {
  it.each<[string, Uint8Array, string]>([
    [
      'a tag and no more',
      Buffer.from('ID3 this is an MP3'),
      'not a recording: it ends within its tag (byte 18)',
    ],
    [
      'a text',
      Buffer.from('this is a text'),
      'not a recording: neither WAV, FLAC, Ogg Vorbis, Opus nor MP3 (byte 0)',
    ],
    [
      'of MPEG-4',
      Buffer.from('\0\0\0\x20ftypM4A '),
      'an MPEG-4 file (m4a, mp4), which is not read; ffmpeg -i',
    ],
    ['no samples', makeWav(new Uint8Array()), 'holds no samples (data chunk)'],
    ['an empty file', new Uint8Array(), 'not a recording: it is empty (byte 0)'],
    [
      'NaN',
      makeWav(
        each(4, (view, at) => view.setFloat32(at, Number.NaN, true)),
        { tag: 3, bits: 32 },
      ),
      'holds NaN, which is not a sample (frame 0, channel 0)',
    ],
    [
      'compressed',
      makeWav(new Uint8Array(256), { tag: 2, bits: 4, align: 256 }),
      'sample format 2 is not read; ffmpeg -i',
    ],
    ['0 Hz', makeWav(pcm16([1]), { sampleRate: 0 }), 'a sample rate of 0 Hz'],
  ])('%s', async (name, bytes, message) => {
    const file = write(`bad ${name}.wav`, bytes);
    expect(await refusal(['run', MODEL, file])).toContain(`WORK/bad ${name}.wav: ${message}`);
  });

  it('a folder without sound, a device, a file name that is not there', async () => {
    expect(await refusal(['run', MODEL, 'docs'])).toBe(
      'docs: no recordings are in this folder (.wav, .flac, .ogg, .opus, .mp3)',
    );
    expect(await refusal(['run', MODEL, '/dev/zero'])).toBe('/dev/zero: is not a regular file');
    expect(await refusal(['run', MODEL, inWork('no\nfile.wav')])).toBe(
      'WORK/no\\u{a}file.wav: no such file or folder',
    );
  });
});
