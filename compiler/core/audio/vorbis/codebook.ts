// SPDX-License-Identifier: Apache-2.0
/** Codebooks (Vorbis I, 3): a Huffman code, and a vector of numbers for each of its entries. */
import { PacketEnd, type VorbisBits } from './bits.ts';

/** Numbers that the vectors of one book may have in all; books in use have some ten thousand. */
const MAX_NUMBERS = 1 << 22;

export class Codebook {
  readonly dimensions: number;
  /** Empty: the book has no vectors. */
  readonly vectors: Float64Array;
  /** Pairs of children: above 0 another pair, below it an entry as -1 - entry, 0 nothing. */
  readonly #tree: Int32Array;

  constructor(bits: VorbisBits) {
    if (bits.read(24) !== 0x564342) throw new PacketEnd('has a codebook that is none');
    this.dimensions = bits.read(16);
    const lengths = readLengths(bits, bits.read(24));
    this.#tree = treeOf(lengths);
    this.vectors = readVectors(bits, lengths.length, this.dimensions);
  }

  /** The next entry of a packet. */
  entry(bits: VorbisBits): number {
    const tree = this.#tree;
    let node = 0;
    for (;;) {
      node = tree[2 * node + bits.bit()] ?? 0;
      if (node < 0) return -1 - node;
      if (node === 0) throw new PacketEnd('has a code that stands for nothing');
    }
  }
}

function readLengths(bits: VorbisBits, entries: number): Uint8Array {
  // Every length takes at least a bit where it is not ordered.
  if (entries > MAX_NUMBERS) throw new PacketEnd('has a codebook that is too large');
  const lengths = new Uint8Array(entries);
  if (bits.bit() === 1) {
    let length = bits.read(5) + 1;
    for (let entry = 0; entry < entries; length++) {
      const many = bits.read(32 - Math.clz32(entries - entry));
      if (entry + many > entries || length > 32) throw new PacketEnd('has a codebook that is none');
      lengths.fill(length, entry, entry + many);
      entry += many;
    }
    return lengths;
  }
  const sparse = bits.bit() === 1;
  for (let entry = 0; entry < entries; entry++) {
    if (!sparse || bits.bit() === 1) lengths[entry] = bits.read(5) + 1;
  }
  return lengths;
}

/** Entries in their order take the lowest code of their length that is free. */
function treeOf(lengths: Uint8Array): Int32Array {
  const next = new Float64Array(33); // lowest free code of a length
  const used = lengths.filter((length) => length > 0).length;
  const nodes: number[] = [0, 0];
  lengths.forEach((length, entry) => {
    if (length === 0) return;
    let code = next[length] as number;
    if (code >= 2 ** length) throw new PacketEnd('has a codebook with too many codes');
    insert(nodes, code, length, entry);
    for (let j = length; j > 0; j--) {
      const free = next[j] as number;
      if (free % 2 === 1) {
        next[j] = j === 1 ? free + 1 : (next[j - 1] as number) * 2;
        break;
      }
      next[j] = free + 1;
    }
    for (let j = length + 1; j <= 32; j++) {
      if (Math.floor((next[j] as number) / 2) !== code) break;
      code = next[j] as number;
      next[j] = (next[j - 1] as number) * 2;
    }
  });
  if (used > 0 && nodes.length > 4 * MAX_NUMBERS) throw new PacketEnd('has a codebook that is too large');
  return Int32Array.from(nodes);
}

function insert(nodes: number[], code: number, length: number, entry: number): void {
  let node = 0;
  for (let bit = length - 1; bit >= 0; bit--) {
    const at = 2 * node + (Math.floor(code / 2 ** bit) % 2);
    if (bit === 0) nodes[at] = -1 - entry;
    else {
      if ((nodes[at] ?? 0) === 0) nodes[at] = nodes.push(0, 0) / 2 - 1;
      node = nodes[at] ?? 0;
      if (node < 0) throw new PacketEnd('has a codebook with codes that begin others');
    }
  }
}

function readVectors(bits: VorbisBits, entries: number, dimensions: number): Float64Array {
  const type = bits.read(4);
  if (type === 0) return new Float64Array(0);
  if (type > 2 || dimensions === 0 || entries * dimensions > MAX_NUMBERS) {
    throw new PacketEnd('has vectors of a reserved kind');
  }
  const least = unpackFloat(bits.read(32));
  const step = unpackFloat(bits.read(32));
  const width = bits.read(4) + 1;
  const sums = bits.bit() === 1;
  const count = type === 1 ? rootOf(entries, dimensions) : entries * dimensions;
  const values = Float64Array.from({ length: count }, () => bits.read(width) * step + least);
  const vectors = new Float64Array(entries * dimensions);
  for (let entry = 0; entry < entries; entry++) {
    let last = 0;
    let rest = entry;
    for (let i = 0; i < dimensions; i++) {
      const value = (values[type === 1 ? rest % count : entry * dimensions + i] ?? 0) + last;
      if (sums) last = value;
      rest = Math.floor(rest / count);
      vectors[entry * dimensions + i] = value;
    }
  }
  return vectors;
}

/** The largest r with r^dimensions <= entries. */
function rootOf(entries: number, dimensions: number): number {
  let root = Math.max(1, Math.floor(entries ** (1 / dimensions)) - 1);
  while ((root + 1) ** dimensions <= entries) root++;
  return root;
}

/** Vorbis I, 9.2.2. */
function unpackFloat(word: number): number {
  const mantissa = word % 2 ** 21;
  const exponent = Math.floor(word / 2 ** 21) % 1024;
  return (word >= 2 ** 31 ? -mantissa : mantissa) * 2 ** (exponent - 788);
}
