// SPDX-License-Identifier: Apache-2.0
/** WAV files, as they are found: RIFF, RIFX, RF64 and BW64 with PCM, floats, A-law, mu-law and IMA ADPCM. */
import { InputError } from '../../base/errors.ts';
import type { ByteSource } from '../bytes.ts';
import { BLOCK, type Block, Notes, type SoundSource } from '../source.ts';
import { readChunks, type WavChunks } from './chunks.ts';
import { convertWith, readFormat, type WavFormat } from './format.ts';
import { decodeImaBlock } from './ima.ts';
import { Extremes, floatScale, type Getter, getterOf, unpacker } from './samples.ts';

/** @param path only for messages; @throws InputError for what cannot be read with certainty */
export function openWav(path: string, bytes: ByteSource): SoundSource {
  const notes = new Notes();
  const chunks = readChunks(path, bytes, notes);
  const format = readFormat(path, chunks.fmt, chunks.bigEndian, notes);
  const frames = framesOf(path, chunks, format, notes);
  const { channels, sampleRate, align } = format;
  const source = { format: 'WAV', sampleRate, channels, frames, notes: notes.list };
  if (format.format === 'ima') return { ...source, blocks: () => imaBlocks(bytes, chunks, format, frames) };
  const get = getterOf(format);
  const pieces = function* () {
    for (let first = 0; first < frames; first += BLOCK) {
      const n = Math.min(BLOCK, frames - first);
      yield { data: bytes.read(chunks.data.at + first * align, n * align), n, first };
    }
  };
  const scale = scaleOf(path, format, get, pieces, notes);
  const unpack = unpacker(format, get, scale);
  return {
    ...source,
    *blocks() {
      const room = roomFor(channels, BLOCK);
      for (const { data, n } of pieces()) {
        unpack(data, n, room);
        yield n === BLOCK ? room : room.map((channel) => channel.subarray(0, n));
      }
    },
  };
}

const roomFor = (channels: number, frames: number) =>
  Array.from({ length: channels }, () => new Float64Array(frames));

/** Whole frames that are there; what is missing is noted. */
function framesOf(path: string, { data, missing, fact }: WavChunks, format: WavFormat, notes: Notes): number {
  const { align, framesPerBlock, channels, format: kind } = format;
  let frames = Math.floor(data.size / align) * framesPerBlock;
  let rest = data.size % align;
  if (kind === 'ima') {
    // The last block may be cut at any group of codes.
    const groups = Math.floor(rest / (4 * channels));
    if (groups > 0) {
      frames += Math.min(framesPerBlock, 1 + 8 * (groups - 1));
      rest -= 4 * channels * groups;
    }
    // The last block is filled up; "fact" knows where the sound ends.
    if (fact !== null && missing === 0 && fact > 0 && fact <= frames && frames - fact < framesPerBlock)
      frames = fact;
  }
  if (frames === 0) throw new InputError(path, 'holds no samples', 'data chunk');
  if (missing > 0) {
    const lost = Math.ceil(missing / align) * framesPerBlock;
    notes.add(
      'truncated',
      `${lost} of ${frames + lost} samples are missing at its end; what is there is read`,
    );
  } else if (rest > 0) {
    notes.add('partial frame', `ends ${rest} bytes into a frame of ${align}; whole frames are read`);
  }
  return frames;
}

type Pieces = () => Iterable<{ data: Uint8Array; n: number; first: number }>;

/** 16-bit steps of one unit, which some formats tell only by what they hold. */
function scaleOf(path: string, format: WavFormat, get: Getter, pieces: Pieces, notes: Notes): number {
  const { format: kind, bytes, validBits } = format;
  if (kind === 'alaw' || kind === 'mulaw') return 1;
  const plain = 2 ** (16 - 8 * bytes);
  if (kind === 'pcm' && validBits === 8 * bytes) return plain;
  const extremes = new Extremes(path, format, get);
  for (const { data, n, first } of pieces()) extremes.add(data, n, first);
  const { peak, used } = extremes;
  if (kind === 'pcm') {
    // Valid bits stand at the top of their container, unless what stands below them is used and nothing above, or
    // they would be at most -48 dB there.
    const low = (used & (2 ** (8 * bytes - validBits) - 1)) !== 0;
    const right = peak <= 2 ** (validBits - 1) && (low || 8 * bytes - validBits >= 8);
    const place = right ? 'right' : 'left';
    notes.add('layout', `${validBits} bits in ${bytes} bytes; taken for ${place}-justified`);
    return right ? 2 ** (16 - validBits) : plain;
  }
  const found = floatScale(peak);
  if (found === null) {
    const problem = `float samples reach ${peak.toPrecision(3)} where 1 is full scale; ${convertWith(path)}`;
    throw new InputError(path, problem);
  }
  if (found.bits > 0) {
    notes.add('float scale', `float samples reach ${Math.round(peak)}; taken for ${found.bits}-bit numbers`);
  } else if (peak > 1) {
    notes.add('float scale', `float samples reach ${peak.toPrecision(3)}; beyond 1 they are cut off`);
  }
  return found.scale;
}

function* imaBlocks(
  bytes: ByteSource,
  { data }: WavChunks,
  { channels, align, framesPerBlock }: WavFormat,
  frames: number,
): Iterable<Block> {
  const perPiece = Math.max(1, Math.floor(BLOCK / framesPerBlock));
  const room = roomFor(channels, perPiece * framesPerBlock);
  let left = frames;
  for (let at = 0; at < data.size && left > 0; at += perPiece * align) {
    const piece = bytes.read(data.at + at, Math.min(perPiece * align, data.size - at));
    let n = 0;
    for (let block = 0; block < piece.length; block += align) {
      n += decodeImaBlock(piece.subarray(block, block + align), channels, framesPerBlock, room, n);
    }
    n = Math.min(n, left);
    left -= n;
    if (n > 0) yield room.map((channel) => channel.subarray(0, n));
  }
}
