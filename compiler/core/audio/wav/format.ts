// SPDX-License-Identifier: Apache-2.0
/**
 * The "fmt " chunk, checked field by field. WAVE_FORMAT_EXTENSIBLE: Microsoft's "Multiple channel audio data and WAVE
 * files".
 */
import { InputError } from '../../base/errors.ts';
import { MAX_CHANNELS, MAX_RATE, MIN_RATE, type Notes } from '../source.ts';

export type SampleFormat = 'pcm' | 'float' | 'alaw' | 'mulaw' | 'ima';

export interface WavFormat {
  readonly format: SampleFormat;
  readonly bigEndian: boolean;
  /** 1 .. MAX_CHANNELS; ima at most 2 */
  readonly channels: number;
  /** Hz */
  readonly sampleRate: number;
  /** Bytes that a sample takes: pcm 1 .. 4, float 4 or 8, alaw and mulaw 1; ima 0. */
  readonly bytes: number;
  /** Bits of a sample that mean something, at most 8 * bytes. */
  readonly validBits: number;
  /** Bytes of a frame of all channels; ima: of a block. */
  readonly align: number;
  /** ima: frames of a block; otherwise 1. */
  readonly framesPerBlock: number;
}

const TAGS: Readonly<Record<number, SampleFormat>> = {
  1: 'pcm',
  3: 'float',
  6: 'alaw',
  7: 'mulaw',
  17: 'ima',
};
const EXTENSIBLE = 0xfffe;
/** The last eight bytes of the GUID of an extensible format that stands for a plain format tag. */
const GUID_TAIL = [0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
/** The same of a recording of Ambisonics, whose channels are as any other's. */
const AMBISONIC_TAIL = [0x86, 0x44, 0xc8, 0xc1, 0xca, 0, 0, 0];

/** How another program makes a WAV file that can be read of one that cannot. */
export const convertWith = (path: string) => `ffmpeg -i "${path.slice(-60)}" -c:a pcm_s16le out.wav`;

/** @throws InputError that says which field is wrong */
export function readFormat(path: string, fmt: Uint8Array, bigEndian: boolean, notes: Notes): WavFormat {
  const fail = (problem: string): never => {
    throw new InputError(path, problem, 'fmt chunk');
  };
  if (fmt.length < 14) fail(`has ${fmt.length} bytes; at least 14 are needed`);
  const view = new DataView(fmt.buffer, fmt.byteOffset, fmt.byteLength);
  const short = (at: number) => (at + 2 <= fmt.length ? view.getUint16(at, !bigEndian) : 0);
  const tag = formatTag(fmt, view, !bigEndian, notes);
  const format = TAGS[tag];
  if (format === undefined) {
    const kind = tag === EXTENSIBLE ? 'an extensible format of an unknown GUID' : `sample format ${tag}`;
    return fail(`${kind} is not read; ${convertWith(path)}`);
  }
  const channels = short(2);
  const sampleRate = view.getUint32(4, !bigEndian);
  let align = short(12);
  const bits = short(14);
  if (channels < 1 || channels > MAX_CHANNELS)
    fail(`${channels} channels; 1 to ${MAX_CHANNELS} are supported`);
  if (sampleRate < MIN_RATE || sampleRate > MAX_RATE) {
    fail(`a sample rate of ${sampleRate} Hz; ${MIN_RATE} to ${MAX_RATE} Hz are supported`);
  }
  const shared = { format, bigEndian, channels, sampleRate };
  if (format === 'ima') return { ...shared, ...imaBlocks(channels, align, bits, short(18), fail) };
  const stated = format === 'alaw' || format === 'mulaw' ? 8 : bits;
  if (align === 0 && stated > 0) {
    align = channels * Math.ceil(stated / 8);
    notes.add('layout', `states no bytes per frame; ${align} follow from ${channels} x ${stated} bits`);
  }
  const bytes = align / channels;
  const takes = { pcm: [1, 2, 3, 4], float: [4, 8], alaw: [1], mulaw: [1] }[format];
  if (!takes.includes(bytes)) {
    const names = takes.map((n) => 8 * n).join(', ');
    fail(`${align} bytes per frame of ${channels} x ${bits} bits; ${format} samples take ${names} bits`);
  }
  if (format !== 'pcm') return { ...shared, bytes, validBits: 8 * bytes, align, framesPerBlock: 1 };
  const inside = short(0) === EXTENSIBLE && fmt.length >= 40 ? short(18) : 0;
  // 16 bytes have no bits; a valid count of 0 means that all are.
  const validBits = inside > 0 && inside < bits ? inside : bits === 0 ? 8 * bytes : bits;
  if (validBits > 8 * bytes) fail(`${validBits} bits per sample do not fit ${align} bytes per frame`);
  return { ...shared, bytes, validBits, align, framesPerBlock: 1 };
}

/** Blocks of 4 bytes per channel that begin one, and groups of 4 bytes per channel with 8 samples each behind them. */
function imaBlocks(
  channels: number,
  align: number,
  bits: number,
  stated: number,
  fail: (problem: string) => never,
): Pick<WavFormat, 'bytes' | 'validBits' | 'align' | 'framesPerBlock'> {
  if (channels > 2) fail(`${channels} channels; IMA ADPCM is read with 1 or 2`);
  if (bits !== 4) fail(`${bits} bits per sample; IMA ADPCM is read with 4`);
  const groups = Math.floor(align / (4 * channels)) - 1;
  if (groups < 1) fail(`a block of ${align} bytes is too small for IMA ADPCM`);
  const room = 8 * groups + 1;
  // Encoders that state fewer frames fill the block up.
  const framesPerBlock = stated >= 1 && stated <= room ? stated : room;
  return { bytes: 0, validBits: 16, align, framesPerBlock };
}

/** The format tag, looked up in the GUID of an extensible format; a GUID of another family gives 0xfffe. */
function formatTag(fmt: Uint8Array, view: DataView, little: boolean, notes: Notes): number {
  const tag = view.getUint16(0, little);
  if (tag !== EXTENSIBLE) return tag;
  if (fmt.length < 40) {
    notes.add('layout', 'an extensible format without its extension; taken for PCM');
    return 1;
  }
  // The first 4 bytes of a GUID are one number in the file's byte order; the high half is 0 for these formats.
  const inner = view.getUint32(24, little);
  const tail = fmt.subarray(32, 40);
  return inner <= 0xffff && isTail(tail) ? inner : tag;
}

const isTail = (tail: Uint8Array) =>
  [GUID_TAIL, AMBISONIC_TAIL].some((known) => tail.every((byte, i) => byte === known[i]));
