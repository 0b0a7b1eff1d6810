// SPDX-License-Identifier: Apache-2.0
/**
 * WAV files as 16-bit mono PCM. The conversion, in this order, rounding once at its end:
 *
 * 1. Samples become numbers in units of one 16-bit step: 8 bits (u - 128) * 256, 16 bits as they are, 24 bits s / 256,
 *    32 bits s / 65536, floats f * 32768, A-law and mu-law by their tables (ITU-T G.711). Floats beyond full scale
 *    saturate at -32768 and 32767; NaN and infinity are refused.
 * 2. Channels are mixed down to their mean.
 * 3. Another sample rate than the wanted one is converted by a windowed sinc (resample.ts).
 * 4. floor(v + 1/2), saturated to -32768 .. 32767.
 *
 * 16-bit mono at the wanted rate passes unchanged.
 */
import wavefile from 'wavefile';
import { resample } from '../../core/audio/resample.ts';
import { InputError } from '../../core/base/errors.ts';
import { readLimited } from '../files/files.ts';
import { parseWav, type SampleFormat, type WavHeader } from './wav-header.ts';

/** Sound of a WAV file: 16-bit PCM, mono. */
export interface Wav {
  /** Hz */
  readonly sampleRate: number;
  /** At least one sample. */
  readonly samples: Int16Array;
}

/** An hour of 16-bit stereo at 48 kHz has 691 MB. */
const MAX_BYTES = 1 << 30;
const TAGS: Readonly<Record<SampleFormat, number>> = { pcm: 1, float: 3, alaw: 6, mulaw: 7 };

/**
 * @param sampleRate the wanted rate in Hz; without it the file's own
 * @throws InputError for whatever is wrong with the file
 */
export function readWav(path: string, sampleRate?: number): Wav {
  return decodeWav(path, readLimited(path, MAX_BYTES), sampleRate);
}

/** The same from bytes; path is for messages only. */
export function decodeWav(path: string, bytes: Uint8Array, sampleRate?: number): Wav {
  const header = parseWav(path, bytes);
  const rate = sampleRate ?? header.sampleRate;
  if (rate === header.sampleRate && header.channels === 1 && header.format === 'pcm' && header.bits === 16) {
    return { sampleRate: rate, samples: plain(header) };
  }
  const converted = resample(mixDown(path, header), header.sampleRate, rate);
  return { sampleRate: rate, samples: Int16Array.from(converted, (v) => saturate(Math.floor(v + 0.5))) };
}

function saturate(v: number): number {
  return Math.max(-32768, Math.min(32767, v));
}

function plain({ data, frames, bigEndian }: WavHeader): Int16Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Int16Array.from({ length: frames }, (_, i) => view.getInt16(2 * i, !bigEndian));
}

/** The mean of the channels in units of one 16-bit step. */
function mixDown(path: string, header: WavHeader): Float64Array {
  const { format, bits, channels, frames } = header;
  const interleaved = unpack(header);
  const scale = format === 'float' ? 32768 : format === 'pcm' ? 2 ** (16 - bits) : 1;
  const zero = format === 'pcm' && bits === 8 ? 128 : 0;
  const mono = new Float64Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      const value = interleaved[frame * channels + channel] ?? 0;
      if (!Number.isFinite(value)) {
        throw new InputError(
          path,
          `holds ${value}, which is not a sample`,
          `frame ${frame}, channel ${channel}`,
        );
      }
      sum += saturate((value - zero) * scale);
    }
    mono[frame] = sum / channels;
  }
  return mono;
}

/**
 * The samples as the file has them. The wavefile package decodes a header of ours with nothing but the two chunks that
 * were checked: it trusts every count that it finds in cue, smpl and LIST chunks of the original.
 */
function unpack(header: WavHeader): Float64Array {
  const wave = new wavefile.WaveFile(canonical(header));
  if (header.format === 'alaw') wave.fromALaw();
  if (header.format === 'mulaw') wave.fromMuLaw();
  return wave.getSamples(true, Float64Array);
}

function canonical({ bigEndian, format, channels, sampleRate, bits, data }: WavHeader): Uint8Array {
  const bytes = new Uint8Array(44 + data.length + (data.length & 1));
  const view = new DataView(bytes.buffer);
  const text = (at: number, name: string) => bytes.set(Buffer.from(name, 'latin1'), at);
  const align = (channels * bits) / 8;
  text(0, bigEndian ? 'RIFX' : 'RIFF');
  view.setUint32(4, bytes.length - 8, !bigEndian);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, !bigEndian);
  view.setUint16(20, TAGS[format], !bigEndian);
  view.setUint16(22, channels, !bigEndian);
  view.setUint32(24, sampleRate, !bigEndian);
  view.setUint32(28, sampleRate * align, !bigEndian);
  view.setUint16(32, align, !bigEndian);
  view.setUint16(34, bits, !bigEndian);
  text(36, 'data');
  view.setUint32(40, data.length, !bigEndian);
  bytes.set(data, 44);
  return bytes;
}
