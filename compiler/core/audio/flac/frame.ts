// SPDX-License-Identifier: Apache-2.0
/** One frame of FLAC (RFC 9639, 9): the samples of all channels over one block. */
import { type BitReader, BrokenBits } from './bits.ts';
import { crc16 } from './crc.ts';
import { type FrameHeader, readFrameHeader, type StreamInfo } from './header.ts';
import { readSubframe, type Samples } from './subframe.ts';

export interface Frame {
  readonly header: FrameHeader;
  /** A channel each, of blockSize samples. */
  readonly channels: readonly Samples[];
}

/** Decodes frames one after another, into the same memory. */
export class FrameDecoder {
  readonly #info: StreamInfo;
  #room: Samples[] = [];

  constructor(info: StreamInfo) {
    this.#info = info;
  }

  /** The frame at the reader's place, which is a whole byte; @throws BrokenBits where it is damaged */
  read(reader: BitReader): Frame {
    const start = reader.at >>> 3;
    const header = readFrameHeader(reader, this.#info);
    const { blockSize, assignment, bits } = header;
    const channels = this.#roomFor(blockSize);
    channels.forEach((channel, i) => {
      // The difference of two channels has a bit more: the second one of 8 and 10, the first one of 9.
      const isSide = assignment > 7 && (i === 0) === (assignment === 9);
      readSubframe(reader, channel, isSide ? bits + 1 : bits);
    });
    reader.align();
    const end = reader.at >>> 3;
    if (reader.unsigned(16) !== crc16(reader.bytes, start, end)) {
      throw new BrokenBits('has a frame with a wrong checksum');
    }
    const [first, second] = channels;
    if (assignment > 7 && first !== undefined && second !== undefined) unite(assignment, first, second);
    return { header, channels };
  }

  #roomFor(blockSize: number): Samples[] {
    const { channels, bits } = this.#info;
    if ((this.#room[0]?.length ?? 0) < blockSize) {
      this.#room = Array.from({ length: channels }, () =>
        bits > 31 ? new Float64Array(blockSize) : new Int32Array(blockSize),
      );
    }
    return this.#room.map((channel) => channel.subarray(0, blockSize));
  }
}

/** Left and right from what was stored instead; in place. */
function unite(assignment: number, first: Samples, second: Samples): void {
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [first[i] as number, second[i] as number];
    if (assignment === 8) second[i] = a - b;
    else if (assignment === 9) first[i] = a + b;
    else {
      const odd = b % 2 === 0 ? 0 : 1; // the bit that the mean has lost
      first[i] = (2 * a + odd + b) / 2;
      second[i] = (2 * a + odd - b) / 2;
    }
  }
}
