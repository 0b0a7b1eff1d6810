// SPDX-License-Identifier: Apache-2.0
/** Packets of sound (Vorbis I, 4.3): floor times residue, transformed, and overlapped with the block before. */
import { bitLength, VorbisBits } from './bits.ts';
import { applyFloor, readHeights } from './floor.ts';
import { decodeResidue } from './residue.ts';
import type { Identification, Mapping, Mode } from './setup.ts';
import { InverseMdct } from './transform.ts';

export class VorbisDecoder {
  readonly #id: Identification;
  readonly #modes: readonly Mode[];
  readonly #transforms: readonly [InverseMdct, InverseMdct];
  /** Windowed second half of the block before, and its size; null before the first. */
  #before: { readonly halves: readonly Float64Array[]; readonly size: number } | null = null;

  constructor(id: Identification, modes: readonly Mode[]) {
    this.#id = id;
    this.#modes = modes;
    this.#transforms = [new InverseMdct(id.blocks[0]), new InverseMdct(id.blocks[1])];
  }

  /**
   * Samples of every channel, 1 is full scale; none for the first packet, which has nothing to overlap with.
   * @throws PacketEnd where it makes no sense
   */
  decode(packet: Uint8Array): Float64Array[] {
    const bits = new VorbisBits(packet);
    const { channels, blocks } = this.#id;
    if (bits.bit() !== 0) return [];
    const mode = this.#modes[bits.read(bitLength(this.#modes.length - 1))];
    if (mode === undefined) return [];
    const size = blocks[mode.long ? 1 : 0];
    // Blocks beside a short one have its slope on that side.
    const [left, right] = mode.long
      ? [blocks[bits.bit()] as number, blocks[bits.bit()] as number]
      : [size, size];
    const spectra = readSpectra(mode.mapping, bits, channels, size / 2);
    const transform = this.#transforms[mode.long ? 1 : 0];
    const blocksOut = spectra.map((spectrum) => windowed(transform.run(spectrum), left, right));
    const before = this.#before;
    this.#before = { halves: blocksOut.map((block) => block.subarray(size / 2)), size };
    if (before === null) return [];
    return blocksOut.map((block, channel) =>
      overlapped(before.halves[channel] as Float64Array, before.size, block),
    );
  }
}

/** From the middle of the block before to the middle of this one. */
function overlapped(half: Float64Array, sizeBefore: number, block: Float64Array): Float64Array {
  const size = block.length;
  const out = new Float64Array(sizeBefore / 4 + size / 4);
  // The middle of the slopes, three quarters into one block and a quarter into the other, is one place.
  for (let i = 0; i < out.length; i++) {
    const here = i - sizeBefore / 4 + size / 4;
    out[i] = (i < half.length ? (half[i] as number) : 0) + (here >= 0 ? (block[here] as number) : 0);
  }
  return out;
}

const slopes = new Map<number, Float64Array>();

/** Rising half of the window of a block. */
function slope(size: number): Float64Array {
  let found = slopes.get(size);
  if (found === undefined) {
    found = Float64Array.from({ length: size / 2 }, (_, i) =>
      Math.sin((Math.PI / 2) * Math.sin(((i + 0.5) / size) * Math.PI) ** 2),
    );
    slopes.set(size, found);
  }
  return found;
}

/** In place: zeros, a slope as of a block of `left`, ones, a slope as of a block of `right`, zeros. */
function windowed(block: Float64Array, left: number, right: number): Float64Array {
  const size = block.length;
  const [rise, fall] = [slope(left), slope(right)];
  const [riseAt, fallAt] = [size / 4 - left / 4, (3 * size) / 4 - right / 4];
  for (let i = 0; i < size / 2; i++) {
    const at = i - riseAt;
    if (at < left / 2) block[i] = (block[i] as number) * (at < 0 ? 0 : (rise[at] as number));
  }
  for (let i = size / 2; i < size; i++) {
    const at = i - fallAt;
    if (at >= 0)
      block[i] = (block[i] as number) * (at < right / 2 ? (fall[right / 2 - 1 - at] as number) : 0);
  }
  return block;
}

function readSpectra(mapping: Mapping, bits: VorbisBits, channels: number, length: number): Float64Array[] {
  const { couplings, submapOf, submaps } = mapping;
  const floorOf = (channel: number) => submaps[submapOf[channel] ?? 0]?.floor;
  const heights = Array.from({ length: channels }, (_, channel) => {
    const floor = floorOf(channel);
    return floor === undefined ? null : readHeights(floor, bits);
  });
  const sounds = heights.map((each) => each !== null);
  for (const { magnitude, angle } of couplings) {
    if (sounds[magnitude] || sounds[angle]) sounds[magnitude] = sounds[angle] = true;
  }
  const spectra = Array.from({ length: channels }, () => new Float64Array(length));
  submaps.forEach(({ residue }, submap) => {
    const own = spectra.map((spectrum, i) => ({ spectrum, i })).filter(({ i }) => submapOf[i] === submap);
    const targets = own.map(({ spectrum, i }) => (sounds[i] ? spectrum : null));
    decodeResidue(residue, bits, targets, length);
  });
  for (const { magnitude, angle } of [...couplings].reverse()) {
    uncouple(spectra[magnitude] as Float64Array, spectra[angle] as Float64Array);
  }
  spectra.forEach((spectrum, channel) => {
    const [floor, coded] = [floorOf(channel), heights[channel] ?? null];
    if (floor === undefined || coded === null) spectrum.fill(0);
    else applyFloor(floor, coded, spectrum);
  });
  return spectra;
}

/** Two channels from their square polar form (Vorbis I, 4.3.5). */
function uncouple(magnitudes: Float64Array, angles: Float64Array): void {
  for (let k = 0; k < magnitudes.length; k++) {
    const [m, a] = [magnitudes[k] as number, angles[k] as number];
    if (a > 0) {
      angles[k] = m > 0 ? m - a : m + a;
    } else {
      angles[k] = m;
      magnitudes[k] = m > 0 ? m + a : m - a;
    }
  }
}
