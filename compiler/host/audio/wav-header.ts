// SPDX-License-Identifier: Apache-2.0
/**
 * The container of a WAV file, checked field by field before anything is decoded: files are hostile until shown
 * otherwise. Layout: Microsoft/IBM "Multimedia Programming Interface and Data Specifications 1.0" and, for
 * WAVE_FORMAT_EXTENSIBLE, Microsoft's "Multiple channel audio data and WAVE files".
 */
import { InputError } from '../../core/base/errors.ts';

export type SampleFormat = 'pcm' | 'float' | 'alaw' | 'mulaw';

export interface WavHeader {
  /** true: RIFX, all numbers most significant byte first. */
  readonly bigEndian: boolean;
  readonly format: SampleFormat;
  /** 1 .. MAX_CHANNELS */
  readonly channels: number;
  /** Hz, MIN_RATE .. MAX_RATE */
  readonly sampleRate: number;
  /** Of one sample in the file: pcm 8, 16, 24, 32; float 32, 64; alaw and mulaw 8. */
  readonly bits: number;
  /** Sample frames, at least 1. */
  readonly frames: number;
  /** The data chunk's contents: frames * channels * bits / 8 bytes. */
  readonly data: Uint8Array;
}

export const MAX_CHANNELS = 32;
export const MIN_RATE = 1000;
export const MAX_RATE = 384_000;
export const MAX_SECONDS = 3600;

const TAGS: Readonly<Record<number, SampleFormat>> = { 1: 'pcm', 3: 'float', 6: 'alaw', 7: 'mulaw' };
const BITS: Readonly<Record<SampleFormat, readonly number[]>> = {
  pcm: [8, 16, 24, 32],
  float: [32, 64],
  alaw: [8],
  mulaw: [8],
};
const EXTENSIBLE = 0xfffe;
/** The last eight bytes of the GUID of an extensible format that stands for a plain format tag. */
const GUID_TAIL = [0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

interface Chunk {
  readonly at: number;
  readonly size: number;
}

/**
 * @param path only for messages
 * @throws InputError that names the problem and the chunk
 */
export function parseWav(path: string, bytes: Uint8Array): WavHeader {
  const fail = (problem: string, where?: string): never => {
    throw new InputError(path, problem, where);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const id = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  const container = bytes.length < 12 ? '' : id(0);
  if (container === 'RF64') fail('an RF64 file; convert it to a WAV file of under 4 GB', 'byte 0');
  if ((container !== 'RIFF' && container !== 'RIFX') || id(8) !== 'WAVE') {
    fail(
      bytes.length === 0 ? 'not a WAV file: it is empty' : 'not a WAV file: no RIFF/WAVE header',
      'byte 0',
    );
  }
  const bigEndian = container === 'RIFX';
  const little = !bigEndian;
  const size = view.getUint32(4, little);
  if (size + 8 > bytes.length) {
    fail(`truncated: its header promises ${size + 8} bytes, the file has ${bytes.length}`, 'byte 4');
  }

  const end = size + 8;
  const chunks = new Map<string, Chunk>();
  for (let at = 12; at + 8 <= end; ) {
    const name = id(at);
    const chunk = { at: at + 8, size: view.getUint32(at + 4, little) };
    if (chunk.at + chunk.size > end) {
      fail(
        `truncated: chunk "${name}" promises ${chunk.size} bytes, ${end - chunk.at} are left`,
        `byte ${at}`,
      );
    }
    if (name === 'fmt ' || name === 'data') {
      if (chunks.has(name)) fail(`has two "${name}" chunks`, `byte ${at}`);
      chunks.set(name, chunk);
    }
    at = chunk.at + chunk.size + (chunk.size & 1); // chunks begin at even offsets
  }

  const fmt = chunks.get('fmt ');
  const data = chunks.get('data');
  if (fmt === undefined) return fail('has no "fmt " chunk, so its format is unknown');
  if (data === undefined) return fail('has no "data" chunk, so it holds no sound');
  if (fmt.size < 16) fail(`its "fmt " chunk has ${fmt.size} bytes; at least 16 are needed`, `byte ${fmt.at}`);

  const tag = formatTag(bytes, view, fmt, little);
  const format = TAGS[tag];
  if (format === undefined)
    return fail(`sample format ${tag} is not supported; convert it to PCM`, 'fmt chunk');
  const channels = view.getUint16(fmt.at + 2, little);
  const sampleRate = view.getUint32(fmt.at + 4, little);
  const align = view.getUint16(fmt.at + 12, little);
  const bits = view.getUint16(fmt.at + 14, little);
  if (channels < 1 || channels > MAX_CHANNELS) {
    fail(`${channels} channels; 1 to ${MAX_CHANNELS} are supported`, 'fmt chunk');
  }
  if (sampleRate < MIN_RATE || sampleRate > MAX_RATE) {
    fail(`a sample rate of ${sampleRate} Hz; ${MIN_RATE} to ${MAX_RATE} Hz are supported`, 'fmt chunk');
  }
  if (!BITS[format].includes(bits)) {
    fail(`${bits} bits per sample; ${format} samples have ${BITS[format].join(', ')}`, 'fmt chunk');
  }
  if (align !== (channels * bits) / 8) {
    fail(`${align} bytes per frame do not fit ${channels} x ${bits} bits`, 'fmt chunk');
  }
  if (data.size === 0) fail('holds no samples', 'data chunk');
  if (data.size % align !== 0)
    fail(`ends within a sample: ${data.size} bytes, ${align} per frame`, 'data chunk');
  const frames = data.size / align;
  if (frames > MAX_SECONDS * sampleRate) {
    fail(`${Math.ceil(frames / sampleRate)} s long; at most ${MAX_SECONDS} s are read`, 'data chunk');
  }
  const contents = bytes.subarray(data.at, data.at + data.size);
  return { bigEndian, format, channels, sampleRate, bits, frames, data: contents };
}

/** The format tag, looked up in the GUID of an extensible format; a GUID of another family gives 0xfffe. */
function formatTag(bytes: Uint8Array, view: DataView, fmt: Chunk, little: boolean): number {
  const tag = view.getUint16(fmt.at, little);
  if (tag !== EXTENSIBLE || fmt.size < 40) return tag;
  const guid = fmt.at + 24;
  // The first 4 bytes of a GUID are one number in the file's byte order; the high half is 0 for these formats.
  const inner = view.getUint32(guid, little);
  const tail = bytes.subarray(guid + 8, guid + 16);
  return inner <= 0xffff && tail.every((byte, i) => byte === GUID_TAIL[i]) ? inner : tag;
}
