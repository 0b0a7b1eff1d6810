// SPDX-License-Identifier: Apache-2.0
/** Headers of FLAC, as RFC 9639 defines them: STREAMINFO (8.2), frame header (9.1). */
import { type BitReader, BrokenBits } from './bits.ts';
import { crc8 } from './crc.ts';

export interface StreamInfo {
  /** Frames of a block at most; 0: not known. */
  readonly maxBlock: number;
  /** Hz */
  readonly sampleRate: number;
  /** 1 .. 8 */
  readonly channels: number;
  /** 4 .. 32 */
  readonly bits: number;
  /** Of every channel; 0: not known. */
  readonly frames: number;
}

export const STREAMINFO_BYTES = 34;

/** @param bytes STREAMINFO_BYTES of them */
export function readStreamInfo(bytes: Uint8Array): StreamInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packed = view.getUint32(10); // rate 20, channels - 1 3, bits - 1 5, the high 4 of the frames
  return {
    maxBlock: view.getUint16(2),
    sampleRate: packed >>> 12,
    channels: ((packed >>> 9) & 7) + 1,
    bits: ((packed >>> 4) & 31) + 1,
    frames: (packed & 15) * 2 ** 32 + view.getUint32(14),
  };
}

export interface FrameHeader {
  /** 1 .. 65536 */
  readonly blockSize: number;
  /** 0 .. 7: so many + 1 channels; 8: left and side, 9: side and right, 10: mid and side. */
  readonly assignment: number;
  /** Of a sample. */
  readonly bits: number;
  /** First frame of the block, where blocks have sizes of their own; otherwise number of the block. */
  readonly number: number;
  readonly numbersFrames: boolean;
}

const BITS = [0, 8, 12, -1, 16, 20, 24, 32];

/** @throws BrokenBits where it is none, or its checksum is wrong */
export function readFrameHeader(reader: BitReader, info: StreamInfo): FrameHeader {
  const start = reader.at >>> 3;
  if (reader.unsigned(15) !== 0x7ffc) throw new BrokenBits('has no frame where one must begin');
  const numbersFrames = reader.unsigned(1) === 1;
  const sizeCode = reader.unsigned(4);
  const rateCode = reader.unsigned(4);
  const assignment = reader.unsigned(4);
  const bitsCode = reader.unsigned(3);
  if (reader.unsigned(1) !== 0 || sizeCode === 0 || rateCode === 15 || assignment > 10) {
    throw new BrokenBits('has a frame header with reserved values');
  }
  const number = codedNumber(reader);
  const blockSize =
    sizeCode === 1
      ? 192
      : sizeCode <= 5
        ? 576 << (sizeCode - 2)
        : sizeCode === 6
          ? reader.unsigned(8) + 1
          : sizeCode === 7
            ? reader.unsigned(16) + 1
            : 256 << (sizeCode - 8);
  if (rateCode === 12) reader.unsigned(8);
  if (rateCode > 12) reader.unsigned(16);
  const bits = bitsCode === 0 ? info.bits : (BITS[bitsCode] ?? -1);
  const channels = assignment > 7 ? 2 : assignment + 1;
  if (bits < 0 || channels !== info.channels) throw new BrokenBits('has a frame that is unlike its header');
  const end = reader.at >>> 3;
  if (reader.unsigned(8) !== crc8(reader.bytes, start, end)) {
    throw new BrokenBits('has a frame header with a wrong checksum');
  }
  return { blockSize, assignment, bits, number, numbersFrames };
}

/** Up to 36 bits, written like a character of UTF-8. */
function codedNumber(reader: BitReader): number {
  const first = reader.unsigned(8);
  const ones = Math.clz32(~(first << 24));
  if (ones === 0) return first;
  if (ones === 1 || ones > 7) throw new BrokenBits('has a frame without a number');
  let value = ones === 7 ? 0 : first & (2 ** (7 - ones) - 1);
  for (let i = 1; i < ones; i++) {
    const next = reader.unsigned(8);
    if ((next & 0xc0) !== 0x80) throw new BrokenBits('has a frame without a number');
    value = value * 64 + (next & 63);
  }
  return value;
}
