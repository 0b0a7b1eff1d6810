// SPDX-License-Identifier: Apache-2.0
/** FLAC against WAV: files that an encoder wrote, damaged ones, any bytes. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';
import { decodeWav, readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';

const folder = packagePath('test', 'audio', 'compressed');
const names = readdirSync(folder).filter((name) => /^(?:mono|stereo)-\d+\.flac$/.test(name));
const bytesOf = (name: string) => new Uint8Array(readFileSync(`${folder}/${name}`));

describe('files of the flac encoder', () => {
  it.each(names)('%s: the integers of the WAV file, at its own rate and at 8 kHz', (name) => {
    const wav = `${folder}/${name.replace('.flac', '.wav')}`;
    for (const rate of [undefined, 8000]) {
      expect(readWav(`${folder}/${name}`, rate)).toEqual(readWav(wav, rate));
    }
  });

  it('are of every kind', () => {
    expect(names).toEqual(['mono-16.flac', 'mono-8.flac', 'stereo-24.flac']);
  });
});

describe('a FLAC file', () => {
  const good = bytesOf('mono-16.flac');
  const whole = decodeWav('a.flac', good).samples;

  it('that is cut off gives the frames before, and the number of samples that are missing', () => {
    const { samples, notes } = decodeWav('a.flac', good.subarray(0, good.length - 40));
    expect(notes.map(({ kind }) => kind)).toEqual(['truncated']);
    expect(samples.length).toBeGreaterThan(0);
    expect(samples).toEqual(whole.subarray(0, samples.length));
    expect(notes[0]?.text).toContain(
      `${whole.length - samples.length} of ${whole.length} samples are missing`,
    );
  });

  it('with a damaged frame has silence of its length there, and a note', () => {
    const bytes = Uint8Array.from(good);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    const { samples, notes } = decodeWav('a.flac', bytes);
    expect(notes.map(({ kind }) => kind)).toEqual(['damaged']);
    expect(samples.length).toBe(whole.length);
    const wrong = [...samples.keys()].filter((i) => samples[i] !== whole[i]);
    expect(wrong.length).toBeGreaterThan(0);
    expect(wrong.length).toBeLessThanOrEqual(1152);
    expect(wrong.every((i) => samples[i] === 0)).toBe(true);
  });

  it('has tags and padding in front of it, or none of its length in the header', () => {
    const tag = Buffer.from('ID3\x04\0\0\0\0\0\x05tag..');
    expect(decodeWav('a', Buffer.concat([tag, good])).samples).toEqual(whole);
    const unknown = Uint8Array.from(good);
    unknown.fill(0, 22, 26); // the low 32 bits of the number of samples
    unknown.fill(0, 8, 12); // sizes of blocks
    expect(decodeWav('a', unknown).samples).toEqual(whole);
  });

  it('of any bytes either decodes or gives an InputError', () => {
    const byte = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte, { minLength: 1, maxLength: 6 }), fc.nat(good.length), (changes, cut) => {
        const bytes = Uint8Array.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        for (const input of [bytes, bytes.subarray(0, cut)]) {
          try {
            expect(decodeWav('a.flac', input).samples.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
