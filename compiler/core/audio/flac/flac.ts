// SPDX-License-Identifier: Apache-2.0
/** FLAC files (RFC 9639), frame by frame. What is damaged becomes silence of its length, and is noted. */
import { InputError } from '../../base/errors.ts';
import type { ByteSource } from '../bytes.ts';
import { BLOCK, type Block, MAX_RATE, MIN_RATE, Notes, type SoundSource } from '../source.ts';
import { BitReader, BrokenBits, PADDING } from './bits.ts';
import { type Frame, FrameDecoder } from './frame.ts';
import { readFrameHeader, readStreamInfo, STREAMINFO_BYTES, type StreamInfo } from './header.ts';

/** Most metadata blocks that a file may have; pictures and seek tables are some of them. */
const MAX_BLOCKS = 4096;

/** Frames of a block, where STREAMINFO does not know: some encoders never write it back. */
const MAX_BLOCK = 65_535;

/** @param start of "fLaC" in the file; @param path only for messages */
export function openFlac(path: string, bytes: ByteSource, start = 0): SoundSource {
  const notes = new Notes();
  let at = start + 4;
  let info: StreamInfo | null = null;
  for (let last = false, count = 0; !last; count++) {
    const head = bytes.read(at, 4);
    if (head.length < 4 || count === MAX_BLOCKS)
      throw new InputError(path, 'ends within its metadata', `byte ${at}`);
    last = ((head[0] ?? 0) & 128) !== 0;
    const type = (head[0] ?? 0) & 127;
    const size = ((head[1] ?? 0) << 16) | ((head[2] ?? 0) << 8) | (head[3] ?? 0);
    if (type === 0 && info === null && size >= STREAMINFO_BYTES) {
      const contents = bytes.read(at + 4, STREAMINFO_BYTES);
      if (contents.length === STREAMINFO_BYTES) info = readStreamInfo(contents);
    }
    at += 4 + size;
  }
  if (info === null) throw new InputError(path, 'has no STREAMINFO, so its format is unknown');
  return flacSource(path, info, notes, () => fileFrames(bytes, at, info, notes));
}

/** @param framesOf what can be decoded, in order, from the start each time */
function flacSource(
  path: string,
  info: StreamInfo,
  notes: Notes,
  framesOf: () => Iterable<Frame>,
): SoundSource {
  const { sampleRate, channels, bits, frames } = info;
  if (sampleRate < MIN_RATE || sampleRate > MAX_RATE) {
    const problem = `a sample rate of ${sampleRate} Hz; ${MIN_RATE} to ${MAX_RATE} Hz are supported`;
    throw new InputError(path, problem, 'STREAMINFO');
  }
  if (bits < 4) throw new InputError(path, 'has a STREAMINFO that is none');
  return {
    format: 'FLAC',
    sampleRate,
    channels,
    frames: frames === 0 ? null : frames,
    notes: notes.list,
    blocks: () => placed(path, info, notes, framesOf()),
  };
}

/** Frames at their places, with silence where one is missing. */
function* placed(path: string, info: StreamInfo, notes: Notes, frames: Iterable<Frame>): Iterable<Block> {
  const room = Array.from({ length: info.channels }, () => new Float64Array(65_536));
  const part = (n: number) => room.map((channel) => channel.subarray(0, n));
  let done = 0;
  let fixed: number | null = null; // frames of a block, where all but the last have as many
  let shift = 0; // blocks that were counted before the first: a file may be cut out of another
  for (const { header, channels } of frames) {
    fixed ??= header.numbersFrames ? 1 : header.blockSize;
    const stated = header.number * (header.numbersFrames ? 1 : fixed);
    if (done === 0) shift = stated;
    const place = stated - shift;
    if (place < done) continue; // a frame twice, or noise that looks like one
    if (info.frames > 0 && place > info.frames) continue;
    if (info.frames === 0 && place - done > 60 * info.sampleRate) continue; // no recording misses a minute
    for (let gap = place - done; gap > 0; gap -= BLOCK) {
      const silence = part(Math.min(gap, BLOCK));
      for (const channel of silence) channel.fill(0);
      yield silence;
    }
    const scale = 2 ** (16 - header.bits);
    channels.forEach((samples, i) => {
      const target = room[i] as Float64Array;
      for (let n = 0; n < samples.length; n++) target[n] = (samples[n] as number) * scale;
    });
    yield part(header.blockSize);
    done = place + header.blockSize;
  }
  if (done === 0) throw new InputError(path, 'holds no samples that can be decoded');
  const missing = info.frames - done;
  if (missing > 0) {
    const text = `${missing} of ${info.frames} samples are missing at its end; what is there is read`;
    notes.add('truncated', text);
  }
}

/** Frames one behind the other, from a window that moves over the file. */
function* fileFrames(bytes: ByteSource, from: number, info: StreamInfo, notes: Notes): Iterable<Frame> {
  // No encoder makes a frame larger than its samples as they are, with headers.
  const largest = (info.maxBlock === 0 ? MAX_BLOCK : info.maxBlock) * info.channels * 5 + 1024;
  const window = new Uint8Array(Math.max(1 << 20, 2 * largest) + PADDING);
  const reader = new BitReader(window, 0);
  const decoder = new FrameDecoder(info);
  let base = from; // of the window in the file
  let size = 0;
  const fill = () => {
    base += reader.at >>> 3;
    const piece = bytes.read(base, window.length - PADDING);
    window.set(piece);
    window.fill(0, piece.length);
    size = piece.length;
    reader.restart(size);
  };
  fill();
  for (;;) {
    if (size - (reader.at >>> 3) < largest && base + size < bytes.size) fill();
    const start = reader.at >>> 3;
    if (start >= size) return;
    let frame: Frame | null = null;
    try {
      frame = decoder.read(reader);
    } catch (error) {
      if (!(error instanceof BrokenBits)) throw error;
      // The rest of a file that was cut off is counted by whoever places the frames.
      const found = nextFrame(reader, start + 1, size, info);
      reader.at = 8 * found;
      if (found < size || base + size < bytes.size) {
        notes.add('damaged', `${error.message} (byte ${base + start}); silence stands for what is lost`);
      }
    }
    if (frame !== null) yield frame;
  }
}

/** The next byte from which a frame header can be read; the window's end where there is none. */
function nextFrame(reader: BitReader, from: number, size: number, info: StreamInfo): number {
  const { bytes } = reader;
  for (let at = from; at + 1 < size; at++) {
    if (bytes[at] !== 0xff || ((bytes[at + 1] as number) & 0xfe) !== 0xf8) continue;
    reader.at = 8 * at;
    try {
      readFrameHeader(reader, info);
      return at;
    } catch (error) {
      if (!(error instanceof BrokenBits)) throw error;
    }
  }
  return size;
}
