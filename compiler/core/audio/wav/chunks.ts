// SPDX-License-Identifier: Apache-2.0
/**
 * The chunks of a WAV file, as far as they can be trusted: sizes are often wrong, and files end early. Layout:
 * Microsoft/IBM "Multimedia Programming Interface and Data Specifications 1.0"; RF64: EBU Tech 3306.
 */
import { InputError } from '../../base/errors.ts';
import { type ByteSource, fourCharacters } from '../bytes.ts';
import type { Notes } from '../source.ts';

export interface WavChunks {
  /** true: RIFX, all numbers most significant byte first. */
  readonly bigEndian: boolean;
  /** Contents of "fmt ", at most 64 bytes. */
  readonly fmt: Uint8Array;
  /** Frames that "fact" states; null: it does not. */
  readonly fact: number | null;
  /** Where the samples are, as far as they are there. */
  readonly data: { readonly at: number; readonly size: number };
  /** Bytes that the header promises and the file does not have. */
  readonly missing: number;
}

interface Chunk {
  readonly name: string;
  /** Of its contents. */
  readonly at: number;
  /** As it is stated. */
  readonly size: number;
}

/** A file has some dozens at most; more are an attempt to keep the reader busy. */
const MAX_CHUNKS = 4096;
/** A size from here on that is beyond the file was never written back: recorders and pipes put such numbers first. */
const PLACEHOLDER = 0x7fff_0000;
/** Sizes that count the header, or do not, are off by at most so much. */
const HEADER = 80;
const FORM = 12;

/**
 * @param path only for messages
 * @throws InputError where there is no format or no sound
 */
export function readChunks(path: string, bytes: ByteSource, notes: Notes): WavChunks {
  const head = bytes.read(0, FORM).slice();
  const form = fourCharacters(head, 0);
  const bigEndian = form === 'RIFX';
  const number = (from: Uint8Array, at: number) =>
    new DataView(from.buffer, from.byteOffset, from.byteLength).getUint32(at, !bigEndian);
  const chunkAt = (at: number): Chunk | null => {
    const header = bytes.read(at, 8);
    if (header.length < 8) return null;
    const name = fourCharacters(header, 0);
    return /^[\x20-\x7e]{4}$/.test(name) ? { name, at: at + 8, size: number(header, 4) } : null;
  };
  /** Whether what stands there is a chunk that ends within the file, or the end of the file. */
  const isSound = (at: number) => {
    const chunk = chunkAt(at);
    return at >= bytes.size || (chunk !== null && chunk.at + chunk.size <= bytes.size);
  };

  const riffSize = number(head, 4);
  let fmt: Uint8Array | null = null;
  let fact: number | null = null;
  let data: { at: number; size: number } | null = null;
  let long: number | null = null; // size of the data, as "ds64" states it
  let missing = 0;
  let count = 0;
  for (let at = FORM; at < bytes.size; ) {
    const chunk = chunkAt(at);
    if (chunk === null || ++count > MAX_CHUNKS) {
      if (fmt !== null && data !== null) break; // whatever stands behind the sound
      throw new InputError(path, 'has no chunk where one must begin', `byte ${at}`);
    }
    const { name, at: from } = chunk;
    let { size } = chunk;
    const left = bytes.size - from;
    if (name === 'fmt ') {
      if (fmt !== null) throw new InputError(path, 'has two "fmt " chunks', `byte ${at}`);
      fmt = bytes.read(from, Math.min(size, 64)).slice();
      if (size > left) throw new InputError(path, 'ends within its "fmt " chunk', `byte ${at}`);
    } else if (name === 'ds64' && size >= 24 && left >= 24) {
      const wide = bytes.read(from, 24);
      long = number(wide, 12) * 2 ** 32 + number(wide, 8);
    } else if (name === 'fact' && size >= 4 && left >= 4) {
      fact = number(bytes.read(from, 4), 0);
    } else if (name === 'data') {
      if (data !== null) {
        throw new InputError(path, 'has two "data" chunks; split it into a file for each', `byte ${at}`);
      }
      if (size === 0xffffffff && long !== null && form !== 'RIFF' && form !== 'RIFX') size = long;
      const found = dataSize(size, left, riffSize + 8 - from, (end) => isSound(from + end), notes);
      data = { at: from, size: found.size };
      missing = found.missing;
      size = found.next;
    }
    const next = from + size + (size & 1); // chunks begin at even offsets, but for those of some writers
    at = (size & 1) !== 0 && !isSound(next) && isSound(next - 1) ? next - 1 : next;
  }
  if (fmt === null) throw new InputError(path, 'has no "fmt " chunk, so its format is unknown');
  if (data === null) throw new InputError(path, 'has no "data" chunk, so it holds no sound');
  if (data.size === 0) throw new InputError(path, 'holds no samples', 'data chunk');
  const known = form !== 'RIFF' && form !== 'RIFX' && riffSize === 0xffffffff;
  const off = riffSize + 8 - bytes.size;
  // What stands behind a complete RIFF chunk, such as a tag, is none of its business.
  const behind = off < 0 && riffSize + 8 >= data.at + data.size;
  if (!known && off !== 0 && off !== 1 && !behind && missing === 0) {
    notes.add(
      'sizes',
      `its RIFF size is ${riffSize} where ${bytes.size - 8} is right; the file's own end counts`,
    );
  }
  return { bigEndian, fmt, fact, data, missing };
}

/**
 * How much of what follows "data" is sound.
 * @param stated its size; @param left bytes up to the end of the file; @param inRiff those up to the end of the RIFF
 * chunk, as it states it; @param isSound whether another chunk or the end of the file is so far behind the data's start
 */
function dataSize(
  stated: number,
  left: number,
  inRiff: number,
  isSound: (end: number) => boolean,
  notes: Notes,
): { size: number; missing: number; next: number } {
  const toTheEnd = { size: left, missing: 0, next: left };
  if (stated > left) {
    if (stated >= PLACEHOLDER && left < PLACEHOLDER) {
      notes.add('sizes', `its data size ${stated} was never written back; read to the end of the file`);
      return toTheEnd;
    }
    if (stated - left <= HEADER && left > HEADER) {
      notes.add('sizes', `its data size is ${stated - left} bytes too large; read to the end of the file`);
      return toTheEnd;
    }
    return { size: left, missing: stated - left, next: left };
  }
  if (stated === 0) {
    if (left === 0 || (left >= 8 && isSound(0))) return { size: 0, missing: 0, next: 0 };
    notes.add('sizes', 'its data size is 0; read to the end of the file');
    return toTheEnd;
  }
  const end = stated + (stated & 1);
  if (isSound(end) || isSound(stated)) return { size: stated, missing: 0, next: stated };
  const rest = left - stated;
  // Samples go on behind a size that is too small, by a header or because nobody wrote it back; a tag does not.
  if (inRiff > end || rest > stated) {
    notes.add('sizes', `its data size is ${rest} bytes too small; read to the end of the file`);
    return toTheEnd;
  }
  notes.add('trailing bytes', `${rest} bytes behind its sound belong to no chunk; left out`);
  return { size: stated, missing: 0, next: left };
}
