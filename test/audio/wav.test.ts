// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wavBytes } from '../../compiler/core/audio/wav/wav-bytes.ts';
import { InputError } from '../../compiler/core/base/errors.ts';
import { decodeWav } from '../../compiler/host/audio/wav.ts';
import { makeWav, pcm16, riff, sine } from './make-wav.ts';

const decode = (bytes: Uint8Array, rate?: number) => decodeWav('clip.wav', bytes, rate);
const samplesOf = (bytes: Uint8Array, rate?: number) => [...decode(bytes, rate).samples];

function bytesOf(
  size: number,
  values: readonly number[],
  put: (view: DataView, at: number, v: number) => void,
) {
  const bytes = new Uint8Array(size * values.length);
  values.forEach((v, i) => {
    put(new DataView(bytes.buffer), size * i, v);
  });
  return bytes;
}

describe('decoding', () => {
  it('passes 16-bit mono at the wanted rate unchanged, whatever chunks stand around it', () => {
    const samples = [0, 1, -1, 32767, -32768, 12345];
    const plain = makeWav(pcm16(samples));
    expect(decode(plain)).toEqual({ sampleRate: 8000, samples: Int16Array.from(samples), notes: [] });
    expect(samplesOf(plain, 8000)).toEqual(samples);
    const odd = makeWav(pcm16(samples), { extra: [['LIST', Buffer.from('odd')]] });
    expect(samplesOf(odd)).toEqual(samples);
    const extensible = makeWav(pcm16(samples), { extensible: true });
    expect(samplesOf(extensible)).toEqual(samples);
    extensible.set(Buffer.from('2107d3118644c8c1ca000000', 'hex'), 48); // of Ambisonics
    expect(samplesOf(extensible)).toEqual(samples);
    extensible.fill(1, 48, 60);
    expect(() => samplesOf(extensible)).toThrow(
      'an extensible format of an unknown GUID is not read; ffmpeg',
    );
  });

  it('reads big-endian files (RIFX), extensible ones too', () => {
    const data = bytesOf(2, [258, -2, 32767], (view, at, v) => view.setInt16(at, v, false));
    expect(samplesOf(makeWav(data, { bigEndian: true }))).toEqual([258, -2, 32767]);
    expect(samplesOf(makeWav(data, { bigEndian: true, extensible: true }))).toEqual([258, -2, 32767]);
    const wide = bytesOf(4, [65536 * 7, -65536], (view, at, v) => view.setInt32(at, v, false));
    expect(samplesOf(makeWav(wide, { bigEndian: true, bits: 32 }))).toEqual([7, -1]);
  });

  it('centres 8-bit samples at 128', () => {
    expect(samplesOf(makeWav(Uint8Array.of(128, 129, 127, 255, 0), { bits: 8 }))).toEqual([
      0, 256, -256, 32512, -32768,
    ]);
  });

  it('rounds 24 and 32 bits half up and saturates', () => {
    const data24 = bytesOf(3, [256, 128, 127, -128, -129, 0x7fffff, -0x800000], (view, at, v) => {
      view.setUint8(at, v & 255);
      view.setInt16(at + 1, v >> 8, true);
    });
    expect(samplesOf(makeWav(data24, { bits: 24 }))).toEqual([1, 1, 0, 0, -1, 32767, -32768]);
    const data32 = bytesOf(4, [65536, 32768, 32767, -32768, -32769, 0x7fffffff, -0x80000000], (view, at, v) =>
      view.setInt32(at, v, true),
    );
    expect(samplesOf(makeWav(data32, { bits: 32 }))).toEqual([1, 1, 0, 0, -1, 32767, -32768]);
  });

  it('reads floats with +-1 as full scale, saturates beyond and refuses what is no number', () => {
    const put32 = (view: DataView, at: number, v: number) => view.setFloat32(at, v, true);
    const put64 = (view: DataView, at: number, v: number) => view.setFloat64(at, v, true);
    const values = [0, 0.5, -1, 1, 1.5 / 32768, -1.5 / 32768, 2, -3];
    const expected = [0, 16384, -32768, 32767, 2, -1, 32767, -32768];
    expect(samplesOf(makeWav(bytesOf(4, values, put32), { tag: 3, bits: 32 }))).toEqual(expected);
    expect(samplesOf(makeWav(bytesOf(8, values, put64), { tag: 3, bits: 64 }))).toEqual(expected);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const data = bytesOf(4, [0, 0, 0, bad], put32);
      expect(() => decode(makeWav(data, { tag: 3, bits: 32, channels: 2 }))).toThrow(
        `clip.wav: holds ${bad}, which is not a sample (frame 1, channel 1)`,
      );
    }
  });

  it('expands A-law and mu-law (G.711)', () => {
    // G.711, tables 1 and 2: the largest values of either sign, and the smallest.
    expect(samplesOf(makeWav(Uint8Array.of(0x80, 0x00, 0xff, 0x7f), { tag: 7, bits: 8 }))).toEqual([
      32124, -32124, 0, 0,
    ]);
    expect(samplesOf(makeWav(Uint8Array.of(0xaa, 0x2a, 0xd5, 0x55), { tag: 6, bits: 8 }))).toEqual([
      32256, -32256, 8, -8,
    ]);
  });

  it('mixes channels to their mean, rounded half up once', () => {
    expect(samplesOf(makeWav(pcm16([10, 20, 1, 2, -1, -2, 32767, 32767]), { channels: 2 }))).toEqual([
      15, 2, -1, 32767,
    ]);
    expect(samplesOf(makeWav(pcm16([1, 1, 0]), { channels: 3 }))).toEqual([1]);
  });

  it('resamples 44.1 kHz: the tone keeps frequency, level and phase', () => {
    const wav = decode(makeWav(pcm16(sine(1000, 0.5, 44100)), { sampleRate: 44100 }), 8000);
    expect(wav.sampleRate).toBe(8000);
    expect(wav.samples.length).toBe(4000);
    const wanted = sine(1000, 0.5, 8000);
    // Within a step of rounding on either side, away from the ends where the tone is cut off.
    for (let i = 50; i < 3950; i++) {
      expect(Math.abs((wav.samples[i] ?? 0) - (wanted[i] ?? 0)), `sample ${i}`).toBeLessThanOrEqual(2);
    }
  });
});

const good = makeWav(pcm16([1, 2, 3, 4]));
function patched(at: number, ...bytes: number[]): Uint8Array {
  const copy = Uint8Array.from(good);
  copy.set(bytes, at);
  return copy;
}
const fmtOf = (bytes: Uint8Array) => bytes.subarray(20, 36);

describe('bad files', () => {
  it.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(0), 'not a recording: it is empty (byte 0)'],
    ['text', Buffer.from('hello, this is no sound'), 'not a recording: neither WAV, FLAC'],
    ['an AVI', Buffer.from('RIFF\x08\0\0\0AVI LIST'), 'not a recording: neither WAV, FLAC'],
    ['RF64 alone', Buffer.from('RF64\xff\xff\xff\xffWAVE', 'latin1'), 'has no "fmt " chunk'],
    ['a cut header', good.subarray(0, 20), 'ends within its "fmt " chunk (byte 12)'],
    ['a header without samples', good.subarray(0, 44), 'holds no samples'],
    ['a fmt size that lies', patched(16, 0, 0, 0, 128), 'ends within its "fmt " chunk (byte 12)'],
    [
      'a short fmt chunk',
      riff([
        ['fmt ', new Uint8Array(12)],
        ['data', new Uint8Array(2)],
      ]),
      '12 bytes; at least 14 are needed',
    ],
    ['no fmt chunk', riff([['data', pcm16([1])]]), 'has no "fmt " chunk'],
    ['no data chunk', riff([['fmt ', fmtOf(good)]]), 'has no "data" chunk, so it holds no sound'],
    [
      'two data chunks',
      riff([
        ['fmt ', fmtOf(good)],
        ['data', pcm16([1])],
        ['data', pcm16([1])],
      ]),
      'two "data"',
    ],
    ['zero channels', makeWav(pcm16([1]), { channels: 0, align: 2 }), '0 channels; 1 to 32 are supported'],
    ['65535 channels', makeWav(pcm16([1]), { channels: 65535, align: 2 }), '65535 channels'],
    ['0 Hz', makeWav(pcm16([1]), { sampleRate: 0 }), 'a sample rate of 0 Hz'],
    ['4 GHz', patched(24, 255, 255, 255, 255), 'a sample rate of 4294967295 Hz'],
    [
      'ADPCM of Microsoft',
      makeWav(new Uint8Array(256), { tag: 2, bits: 4, align: 256 }),
      'sample format 2 is not read; ffmpeg -i "clip.wav" -c:a pcm_s16le out.wav (fmt chunk)',
    ],
    [
      'IMA ADPCM of 3 bits',
      makeWav(new Uint8Array(256), { tag: 17, bits: 3, align: 256 }),
      '3 bits per sample',
    ],
    ['half floats', makeWav(pcm16([1]), { tag: 3 }), '2 bytes per frame of 1 x 16 bits'],
    ['5 bytes per sample', makeWav(new Uint8Array(5), { align: 5 }), '5 bytes per frame of 1 x 16 bits'],
    [
      '20 bits in 2 bytes',
      makeWav(pcm16([1]), { bits: 20, align: 2 }),
      '20 bits per sample do not fit 2 bytes',
    ],
    ['no samples', makeWav(new Uint8Array(0)), 'holds no samples (data chunk)'],
    ['half a stereo frame', makeWav(pcm16([1]), { channels: 2 }), 'holds no samples (data chunk)'],
    ['over an hour', makeWav(new Uint8Array(3_600_001), { sampleRate: 1000, bits: 8 }), '3601 s long'],
  ])('%s', (_, bytes, message) => {
    expect(() => decode(bytes)).toThrow(InputError);
    expect(() => decode(bytes)).toThrow(message);
  });

  it('any bytes either decode or give an InputError', () => {
    const start = makeWav(pcm16([1, 2, 3]), { extra: [['cue ', Uint8Array.of(255, 255, 255, 255)]] });
    const byte = fc.tuple(fc.nat(start.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 6 }), fc.nat(start.length), (changes, cut) => {
        const bytes = Uint8Array.from(start);
        for (const [at, value] of changes) bytes[at] = value;
        for (const input of [bytes, bytes.subarray(0, cut)]) {
          try {
            expect(decode(input, 8000).samples.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});

it('writes the bytes that a 16-bit mono file has', () => {
  const samples = Int16Array.of(0, 1, -1, 32767, -32768);
  for (const sampleRate of [8000, 44100]) {
    expect(wavBytes(samples, sampleRate)).toEqual(new Uint8Array(makeWav(pcm16(samples), { sampleRate })));
    expect(decode(wavBytes(samples, sampleRate))).toEqual({ sampleRate, samples, notes: [] });
  }
});
