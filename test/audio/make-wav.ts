// SPDX-License-Identifier: Apache-2.0
/** Writes WAV files byte by byte, right and wrong ones, without the code under test. */

export interface WavOptions {
  readonly tag?: number;
  readonly channels?: number;
  readonly sampleRate?: number;
  readonly bits?: number;
  readonly align?: number;
  readonly bigEndian?: boolean;
  /** Chunks before "data", as [name, contents]. */
  readonly extra?: readonly (readonly [string, Uint8Array])[];
  /** WAVE_FORMAT_EXTENSIBLE with `tag` in the GUID. */
  readonly extensible?: boolean;
}

/** data: the bytes of the data chunk. */
export function makeWav(data: Uint8Array, options: WavOptions = {}): Uint8Array {
  const {
    tag = 1,
    channels = 1,
    sampleRate = 8000,
    bits = 16,
    bigEndian = false,
    extensible = false,
  } = options;
  const align = options.align ?? (channels * bits) / 8;
  const fmt = new Uint8Array(extensible ? 40 : 16);
  const view = new DataView(fmt.buffer);
  view.setUint16(0, extensible ? 0xfffe : tag, !bigEndian);
  view.setUint16(2, channels, !bigEndian);
  view.setUint32(4, sampleRate, !bigEndian);
  view.setUint32(8, sampleRate * align, !bigEndian);
  view.setUint16(12, align, !bigEndian);
  view.setUint16(14, bits, !bigEndian);
  if (extensible) {
    view.setUint16(16, 22, !bigEndian);
    view.setUint16(18, bits, !bigEndian);
    view.setUint32(24, tag, !bigEndian);
    view.setUint16(30, 16, !bigEndian);
    fmt.set([0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71], 32);
  }
  return riff([['fmt ', fmt], ...(options.extra ?? []), ['data', data]], bigEndian);
}

export function riff(chunks: readonly (readonly [string, Uint8Array])[], bigEndian = false): Uint8Array {
  const number = (n: number) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, n, !bigEndian);
    return bytes;
  };
  const body = chunks.flatMap(([name, contents]) => [
    Buffer.from(name, 'latin1'),
    number(contents.length),
    contents,
    new Uint8Array(contents.length & 1),
  ]);
  const size = body.reduce((sum, part) => sum + part.length, 4);
  return Buffer.concat([
    Buffer.from(bigEndian ? 'RIFX' : 'RIFF'),
    number(size),
    Buffer.from('WAVE'),
    ...body,
  ]);
}

/** Little-endian 16-bit samples. */
export function pcm16(samples: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(2 * samples.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples.length; i++) view.setInt16(2 * i, samples[i] ?? 0, true);
  return bytes;
}

/** A sine of so many seconds, level 0 .. 1 of full scale. */
export function sine(hertz: number, seconds: number, sampleRate: number, level = 0.5): Int16Array {
  const n = Math.round(seconds * sampleRate);
  return Int16Array.from({ length: n }, (_, i) =>
    Math.round(32767 * level * Math.sin((2 * Math.PI * hertz * i) / sampleRate)),
  );
}
