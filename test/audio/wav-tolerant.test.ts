// SPDX-License-Identifier: Apache-2.0
/** WAV files as they are found: what is read of them, and what is noted. */

import { describe, expect, it } from 'vitest';
import wavefile from 'wavefile';
import { decodeWav } from '../../compiler/host/audio/wav.ts';
import { makeWav, pcm16, riff, sine } from './make-wav.ts';

const samples = sine(440, 0.25, 8000, 0.3);
const plain = makeWav(pcm16(samples));
const read = (bytes: Uint8Array) => decodeWav('clip.wav', bytes);
const kinds = (bytes: Uint8Array) => read(bytes).notes.map(({ kind }) => kind);

/** A copy with a little-endian number at an offset. */
function with32(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
}
const both = (riffSize: number, data: number) => with32(with32(plain, 4, riffSize), 40, data);
const size = 2 * samples.length;

describe('sizes', () => {
  it.each([
    ['never written back, 0', both(0, 0)],
    ['never written back, by ffmpeg into a pipe', both(0xffffffff, 0xffffffff)],
    ['never written back, by Oboe', both(0x7fffffff, 0x7fffffff)],
    ['never written back, by SoX into a pipe', both(0x7ffff024, 0x7ffff000)],
    ['of the data that count the header', both(size + 44, size + 44)],
    ['of the data that count 8 bytes of it', both(size + 44, size + 8)],
    ['of the data too small by a header', with32(plain, 40, size - 44)],
    ['of the data too small by 8', with32(plain, 40, size - 8)],
    ['of the RIFF chunk too large by 8', with32(plain, 4, size + 44)],
    ['of the RIFF chunk too small by 8', with32(plain, 4, size + 28)],
    ['of the RIFF chunk 0', with32(plain, 4, 0)],
  ])('%s: all samples, and a note', (_, bytes) => {
    expect(read(bytes).samples).toEqual(samples);
    expect(kinds(bytes)).toEqual(['sizes']);
  });

  it('of an RF64 file are in its ds64 chunk', () => {
    const ds64 = new Uint8Array(28);
    new DataView(ds64.buffer).setUint32(8, size, true);
    const fmt = plain.subarray(20, 36);
    const data = new Uint8Array(size + 8);
    data.set(pcm16(samples));
    data.set(Buffer.from('tail\x00\x00\x00\x00'), size); // a chunk behind the sound
    const bytes = Uint8Array.from(
      riff([
        ['ds64', ds64],
        ['fmt ', fmt],
        ['data', data],
      ]),
    ); // prettier-ignore
    bytes.set(Buffer.from('RF64\xff\xff\xff\xff', 'latin1'));
    expect(read(with32(bytes, 76, 0xffffffff))).toEqual({ sampleRate: 8000, samples, notes: [] });
  });

  it('of a data chunk of 0 with other chunks behind it hold no sound', () => {
    const bytes = riff([
      ['fmt ', plain.subarray(20, 36)],
      ['data', new Uint8Array(0)],
      ['LIST', new Uint8Array(8)],
    ]); // prettier-ignore
    expect(() => read(bytes)).toThrow('holds no samples');
  });
});

describe('ends', () => {
  it('that are missing are counted', () => {
    const { samples: there, notes } = read(plain.subarray(0, 44 + 1001));
    expect(there).toEqual(samples.subarray(0, 500));
    expect(notes).toEqual([
      { kind: 'truncated', text: '1500 of 2000 samples are missing at its end; what is there is read' },
    ]);
  });

  it('within a frame are left out', () => {
    const bytes = makeWav(Buffer.concat([pcm16(samples), Uint8Array.of(7)]));
    expect(read(bytes).samples).toEqual(samples);
    expect(kinds(bytes)).toEqual(['partial frame']);
  });

  it('may have a tag behind the RIFF chunk', () => {
    const tag = new Uint8Array(128).fill(1);
    expect(read(Buffer.concat([plain, tag])).samples).toEqual(samples);
    expect(kinds(Buffer.concat([plain, tag]))).toEqual(['trailing bytes']);
  });

  it('of an odd chunk need no padding', () => {
    const fmt = plain.subarray(12, 36);
    const head = Buffer.concat([
      plain.subarray(0, 12),
      Buffer.from('odd \x03\0\0\0abc'),
      fmt,
      plain.subarray(36),
    ]);
    expect(read(with32(head, 4, head.length - 8)).samples).toEqual(samples);
  });
});

describe('samples', () => {
  const bits24 = (shift: number) => {
    const view = new DataView(new ArrayBuffer(2 * size));
    samples.forEach((value, i) => {
      view.setInt32(4 * i, value * 2 ** shift, true);
    });
    return new Uint8Array(view.buffer);
  };

  it('of 24 bits in 4 bytes stand at either end', () => {
    for (const shift of [16, 8]) {
      const bytes = makeWav(bits24(shift), { bits: 24, align: 4 });
      expect(read(bytes).samples, `shift ${shift}`).toEqual(samples);
      expect(kinds(bytes)).toEqual(['layout']);
    }
  });

  it('of 12 bits in 2 bytes stand at the top, or below where only these bits are used', () => {
    const top = samples.map((value) => value & ~15);
    expect(read(makeWav(pcm16(top), { bits: 12, align: 2 })).samples).toEqual(top);
    expect(read(makeWav(pcm16(top.map((value) => value >> 4)), { bits: 12, align: 2 })).samples).toEqual(top);
    const extensible = Uint8Array.from(makeWav(pcm16(top), { extensible: true }));
    extensible[38] = 12; // wValidBitsPerSample
    expect(read(extensible).samples).toEqual(top);
    expect(kinds(extensible)).toEqual(['layout']);
  });

  const floats = (values: ArrayLike<number>) => {
    const data = new Uint8Array(Float32Array.from(values).buffer);
    return makeWav(data, { tag: 3, bits: 32 });
  };

  it('as floats of whole numbers are rescaled, and those that fit nothing are refused', () => {
    expect(read(floats(samples)).samples).toEqual(samples);
    expect(kinds(floats(samples))).toEqual(['float scale']);
    expect(read(floats(Float64Array.from(samples, (v) => v * 256))).samples).toEqual(samples);
    expect(kinds(floats([...samples].map((v) => v / 16384)))).toEqual([]); // within full scale
    expect(kinds(floats([...samples].map((v) => v / 8192)))).toEqual(['float scale']); // overs
    expect(() => read(floats([0, 37]))).toThrow('float samples reach 37.0 where 1 is full scale; ffmpeg -i');
    expect(() => read(floats([0, 1e30]))).toThrow('float samples reach');
  });

  /** IMA ADPCM in blocks of 256 bytes per channel, of which "fact" states so many frames. */
  const ima = (channels: number, data: Uint8Array, frames: number) => {
    const fmt = new Uint8Array(20);
    const view = new DataView(fmt.buffer);
    view.setUint16(0, 17, true);
    view.setUint16(2, channels, true);
    view.setUint32(4, 8000, true);
    view.setUint16(12, 256 * channels, true);
    view.setUint16(14, 4, true);
    const fact = new Uint8Array(Uint32Array.of(frames).buffer);
    return riff([
      ['fmt ', fmt],
      ['fact', fact],
      ['data', data],
    ]);
  };

  it('of IMA ADPCM are those that another decoder finds, as far as "fact" states', () => {
    const wave = new wavefile.WaveFile();
    wave.fromScratch(1, 8000, '16', samples);
    wave.toIMAADPCM();
    const { samples: codes } = wave.data as { samples: Uint8Array };
    const data = codes.slice(0, 256 * Math.ceil(samples.length / 505));
    wave.fromIMAADPCM();
    // That decoder gives the sample that begins a block twice.
    const twiceFirst = [...(wave.getSamples(true, Int16Array) as unknown as Int16Array)];
    const decoded = Int16Array.from(twiceFirst.filter((_, i) => i % 506 !== 1)).subarray(0, 1900);
    const mono = ima(1, data, 1900);
    expect(read(mono)).toEqual({ sampleRate: 8000, samples: decoded, notes: [] });
    // Two channels take turns in groups of 4 bytes.
    const twice = new Uint8Array(2 * data.length);
    for (let at = 0; at < data.length; at += 4) {
      twice.set(data.subarray(at, at + 4), 2 * at);
      twice.set(data.subarray(at, at + 4), 2 * at + 4);
    }
    expect(read(ima(2, twice, 1900)).samples).toEqual(decoded);
  });
});

describe('channels', () => {
  const interleave = (left: ArrayLike<number>, right: ArrayLike<number>) =>
    pcm16(Array.from(left).flatMap((value, i) => [value, right[i] ?? 0]));

  it('that cancel leave the loudest, and its number is noted', () => {
    const opposite = makeWav(
      interleave(
        samples.map((v) => -v >> 1),
        samples,
      ),
      { channels: 2 },
    ); // prettier-ignore
    expect(kinds(opposite)).toEqual([]); // a quarter is left
    const bytes = makeWav(
      interleave(
        samples.map((v) => -v),
        samples,
      ),
      { channels: 2 },
    ); // prettier-ignore
    expect(read(bytes).samples).toEqual(samples.map((v) => -v));
    expect(read(bytes).notes[0]?.text).toBe('its 2 channels cancel; channel 1 is taken');
  });
});
