// SPDX-License-Identifier: Apache-2.0
/** The headers of a Vorbis stream (Vorbis I, 4.2). */
import { bitLength, PacketEnd, VorbisBits } from './bits.ts';
import { Codebook } from './codebook.ts';
import { type Floor, readFloor } from './floor.ts';
import { type Residue, readResidue } from './residue.ts';

export interface Identification {
  /** 1 .. 255 */
  readonly channels: number;
  /** Hz */
  readonly sampleRate: number;
  /** Short and long, 64 .. 8192. */
  readonly blocks: readonly [number, number];
}

export interface Mapping {
  readonly couplings: readonly { readonly magnitude: number; readonly angle: number }[];
  /** Submap of every channel. */
  readonly submapOf: readonly number[];
  readonly submaps: readonly { readonly floor: Floor; readonly residue: Residue }[];
}

export interface Mode {
  readonly long: boolean;
  readonly mapping: Mapping;
}

/** Whether a packet is a header of that type: 1 identification, 3 comments, 5 setup. */
export function isHeader(packet: Uint8Array, type: number): boolean {
  return packet[0] === type && String.fromCharCode(...packet.subarray(1, 7)) === 'vorbis';
}

/** @throws PacketEnd where it makes no sense */
export function readIdentification(packet: Uint8Array): Identification {
  const bits = new VorbisBits(packet.subarray(7));
  const version = bits.read(32);
  const channels = bits.read(8);
  const sampleRate = bits.read(32);
  bits.read(32);
  bits.read(32);
  bits.read(32); // bit rates
  const blocks = [2 ** bits.read(4), 2 ** bits.read(4)] as const;
  const isRight = version === 0 && channels > 0 && sampleRate > 0 && bits.bit() === 1;
  if (!isRight || blocks[0] < 64 || blocks[1] > 8192 || blocks[0] > blocks[1]) {
    throw new PacketEnd('has an identification header that is none');
  }
  return { channels, sampleRate, blocks };
}

export function readSetup(packet: Uint8Array, channels: number): Mode[] {
  const bits = new VorbisBits(packet.subarray(7));
  const books = Array.from({ length: bits.read(8) + 1 }, () => new Codebook(bits));
  const bookOf = (index: number) => pick(books, index);
  const times = bits.read(6) + 1;
  for (let i = 0; i < times; i++) if (bits.read(16) !== 0) throw new PacketEnd('has a reserved transform');
  const floors = Array.from({ length: bits.read(6) + 1 }, () => readFloor(bits, bookOf));
  const residues = Array.from({ length: bits.read(6) + 1 }, () => readResidue(bits, bookOf));
  const mappings = Array.from({ length: bits.read(6) + 1 }, () =>
    readMapping(bits, channels, floors, residues),
  );
  const modes = Array.from({ length: bits.read(6) + 1 }, (): Mode => {
    const long = bits.bit() === 1;
    if (bits.read(16) !== 0 || bits.read(16) !== 0) throw new PacketEnd('has a mode of a reserved kind');
    return { long, mapping: pick(mappings, bits.read(8)) };
  });
  if (bits.bit() !== 1) throw new PacketEnd('has a setup header without its end');
  return modes;
}

function readMapping(
  bits: VorbisBits,
  channels: number,
  floors: readonly Floor[],
  residues: readonly Residue[],
): Mapping {
  if (bits.read(16) !== 0) throw new PacketEnd('has a mapping of a reserved type');
  const count = bits.bit() === 1 ? bits.read(4) + 1 : 1;
  const width = bitLength(channels - 1);
  const couplings = Array.from({ length: bits.bit() === 1 ? bits.read(8) + 1 : 0 }, () => {
    const [magnitude, angle] = [bits.read(width), bits.read(width)];
    if (magnitude === angle || Math.max(magnitude, angle) >= channels)
      throw new PacketEnd('has a wrong coupling');
    return { magnitude, angle };
  });
  if (bits.read(2) !== 0) throw new PacketEnd('has a mapping with reserved bits');
  const submapOf = Array.from({ length: channels }, () => (count > 1 ? bits.read(4) : 0));
  const submaps = Array.from({ length: count }, () => {
    bits.read(8);
    return { floor: pick(floors, bits.read(8)), residue: pick(residues, bits.read(8)) };
  });
  for (const submap of submapOf) pick(submaps, submap);
  return { couplings, submapOf, submaps };
}

function pick<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new PacketEnd('refers to what is not there');
  return item;
}
