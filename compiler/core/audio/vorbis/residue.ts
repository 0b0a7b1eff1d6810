// SPDX-License-Identifier: Apache-2.0
/** Residues (Vorbis I, 8): the spectrum below the envelope, as sums of vectors in partitions. */
import { PacketEnd, type VorbisBits } from './bits.ts';
import type { Codebook } from './codebook.ts';

export interface Residue {
  /** 0, 1 or 2 */
  readonly type: number;
  readonly begin: number;
  readonly end: number;
  readonly size: number;
  readonly classBook: Codebook;
  /** For every class 8 passes. */
  readonly books: readonly (readonly (Codebook | null)[])[];
}

const PASSES = 8;

export function readResidue(bits: VorbisBits, bookOf: (index: number) => Codebook): Residue {
  const type = bits.read(16);
  if (type > 2) throw new PacketEnd('has a residue of a reserved type');
  const [begin, end, size] = [bits.read(24), bits.read(24), bits.read(24) + 1];
  const classes = bits.read(6) + 1;
  const classBook = bookOf(bits.read(8));
  const cascades = Array.from(
    { length: classes },
    () => bits.read(3) + 8 * (bits.bit() === 1 ? bits.read(5) : 0),
  );
  const books = cascades.map((cascade) =>
    Array.from({ length: PASSES }, (_, pass) => {
      if (((cascade >> pass) & 1) === 0) return null;
      const book = bookOf(bits.read(8));
      if (book.vectors.length === 0) throw new PacketEnd('has a residue without vectors');
      return book;
    }),
  );
  if (begin > end || classBook.dimensions === 0) throw new PacketEnd('has a residue that is none');
  return { type, begin, end, size, classBook, books };
}

/** @param spectra zeros; null for channels that are silent. A packet that ends early leaves the rest as it is. */
export function decodeResidue(
  residue: Residue,
  bits: VorbisBits,
  spectra: readonly (Float64Array | null)[],
  length: number,
): void {
  const sounding = spectra.filter((spectrum) => spectrum !== null);
  if (sounding.length === 0) return;
  if (residue.type !== 2) {
    decodeEach(residue, bits, sounding, length);
    return;
  }
  // All channels are one vector that takes turns, silent ones included.
  const channels = spectra.length;
  const woven = new Float64Array(length * channels);
  decodeEach(residue, bits, [woven], woven.length);
  spectra.forEach((spectrum, channel) => {
    if (spectrum === null) return;
    for (let i = 0; i < length; i++) spectrum[i] = woven[i * channels + channel] as number;
  });
}

function decodeEach(
  residue: Residue,
  bits: VorbisBits,
  targets: readonly Float64Array[],
  length: number,
): void {
  try {
    decodePasses(residue, bits, targets, length);
  } catch (error) {
    if (!(error instanceof PacketEnd)) throw error;
  }
}

function decodePasses(
  { type, begin, end, size, classBook, books }: Residue,
  bits: VorbisBits,
  targets: readonly Float64Array[],
  length: number,
): void {
  const first = Math.min(begin, length);
  const partitions = Math.floor((Math.min(end, length) - first) / size);
  const classOf = targets.map(() => new Uint8Array(partitions + classBook.dimensions));
  for (let pass = 0; pass < PASSES; pass++) {
    for (let partition = 0; partition < partitions; ) {
      if (pass === 0) {
        for (const own of classOf) {
          let word = classBook.entry(bits);
          for (let i = classBook.dimensions - 1; i >= 0; i--) {
            own[partition + i] = word % books.length;
            word = Math.floor(word / books.length);
          }
        }
      }
      for (let i = 0; i < classBook.dimensions && partition < partitions; i++, partition++) {
        targets.forEach((target, channel) => {
          const book = books[classOf[channel]?.[partition] ?? 0]?.[pass] ?? null;
          if (book !== null) addVectors(type, book, bits, target, first + partition * size, size);
        });
      }
    }
  }
}

function addVectors(
  type: number,
  book: Codebook,
  bits: VorbisBits,
  target: Float64Array,
  at: number,
  size: number,
): void {
  const { dimensions, vectors } = book;
  const steps = Math.floor(size / dimensions);
  for (let step = 0; step < steps; step++) {
    const from = book.entry(bits) * dimensions;
    for (let j = 0; j < dimensions; j++) {
      const place = at + (type === 0 ? step + j * steps : step * dimensions + j);
      target[place] = (target[place] as number) + (vectors[from + j] as number);
    }
  }
}
