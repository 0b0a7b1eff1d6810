// SPDX-License-Identifier: Apache-2.0
/** Floors of type 1 (Vorbis I, 7): the spectrum's envelope as a line through points. */
import { bitLength, NotDecoded, PacketEnd, type VorbisBits } from './bits.ts';
import type { Codebook } from './codebook.ts';

interface FloorClass {
  readonly dimensions: number;
  readonly subclassBits: number;
  readonly master: Codebook | null;
  readonly books: readonly (Codebook | null)[];
}

export interface Floor {
  readonly partitions: readonly FloorClass[];
  /** 1 .. 4 */
  readonly multiplier: number;
  readonly x: readonly number[];
  /** Indices of x in the order of their values. */
  readonly order: readonly number[];
  /** Nearest point before that is lower, and higher; from index 2 on. */
  readonly neighbours: readonly (readonly [number, number])[];
}

/** Heights are 140 dB in 256 steps; the last one is 1. */
const HEIGHTS = Float64Array.from({ length: 256 }, (_, i) => 10 ** (((i - 255) * 7) / 256));
const RANGES = [256, 128, 86, 64];

export function readFloor(bits: VorbisBits, bookOf: (index: number) => Codebook): Floor {
  const type = bits.read(16);
  if (type === 0) throw new NotDecoded('has a floor of type 0, which is not read');
  if (type !== 1) throw new PacketEnd('has a floor of a reserved type');
  const classOf = Array.from({ length: bits.read(5) }, () => bits.read(4));
  const classes = Array.from({ length: Math.max(-1, ...classOf) + 1 }, (): FloorClass => {
    const dimensions = bits.read(3) + 1;
    const subclassBits = bits.read(2);
    const master = subclassBits === 0 ? null : bookOf(bits.read(8));
    const books = Array.from({ length: 2 ** subclassBits }, () => {
      const index = bits.read(8) - 1;
      return index < 0 ? null : bookOf(index);
    });
    return { dimensions, subclassBits, master, books };
  });
  const multiplier = bits.read(2) + 1;
  const width = bits.read(4);
  const x = [0, 2 ** width];
  const partitions = classOf.map((index) => classes[index] as FloorClass);
  for (const { dimensions } of partitions) for (let i = 0; i < dimensions; i++) x.push(bits.read(width));
  if (x.length > 65 || new Set(x).size !== x.length)
    throw new PacketEnd('has a floor with points that coincide');
  const order = x.map((_, i) => i).sort((a, b) => (x[a] as number) - (x[b] as number));
  const neighbours = x.map((value, i) => {
    const before = x.slice(0, i).map((other, k) => [other, k] as const);
    const low = before.filter(([other]) => other < value).sort((a, b) => b[0] - a[0])[0];
    const high = before.filter(([other]) => other > value).sort((a, b) => a[0] - b[0])[0];
    return [low?.[1] ?? 0, high?.[1] ?? 0] as const;
  });
  return { partitions, multiplier, x, order, neighbours };
}

/** Heights as they are coded; null: the channel is silent in this packet. */
export function readHeights({ partitions, multiplier }: Floor, bits: VorbisBits): number[] | null {
  if (bits.bit() === 0) return null;
  const width = bitLength((RANGES[multiplier - 1] as number) - 1);
  const y = [bits.read(width), bits.read(width)];
  for (const { dimensions, subclassBits, master, books } of partitions) {
    let value = master === null ? 0 : master.entry(bits);
    for (let i = 0; i < dimensions; i++) {
      const book = books[value & (2 ** subclassBits - 1)] ?? null;
      value >>= subclassBits;
      y.push(book === null ? 0 : book.entry(bits));
    }
  }
  return y;
}

/** Multiplies a spectrum with the envelope. */
export function applyFloor(floor: Floor, coded: readonly number[], spectrum: Float64Array): void {
  const { x, order, neighbours, multiplier } = floor;
  const range = RANGES[multiplier - 1] as number;
  const y = [coded[0] as number, coded[1] as number];
  const used = x.map((_, i) => i < 2);
  for (let i = 2; i < x.length; i++) {
    const [low, high] = neighbours[i] as readonly [number, number];
    const predicted = between(
      x[low] as number,
      y[low] as number,
      x[high] as number,
      y[high] as number,
      x[i] as number,
    );
    const value = coded[i] ?? 0;
    const [above, below] = [range - predicted, predicted];
    const room = 2 * Math.min(above, below);
    y[i] = predicted;
    if (value === 0) continue;
    used[i] = used[low] = used[high] = true;
    if (value >= room) y[i] = above > below ? value - below + predicted : predicted - value + above - 1;
    else y[i] = predicted + (value % 2 === 1 ? -(value + 1) / 2 : value / 2);
  }
  const height = (i: number) => Math.max(0, Math.min(255, (y[i] as number) * multiplier));
  let [lastX, lastY] = [0, height(order[0] ?? 0)];
  for (const i of order.slice(1)) {
    if (used[i] !== true) continue;
    const [nextX, nextY] = [x[i] as number, height(i)];
    line(lastX, lastY, nextX, nextY, spectrum);
    [lastX, lastY] = [nextX, nextY];
  }
  for (let k = lastX; k < spectrum.length; k++)
    spectrum[k] = (spectrum[k] as number) * (HEIGHTS[lastY] as number);
}

/** Height of a line at a place, rounded toward its beginning (Vorbis I, 9.2.6). */
function between(x0: number, y0: number, x1: number, y1: number, x: number): number {
  const offset = Math.floor((Math.abs(y1 - y0) * (x - x0)) / (x1 - x0));
  return y1 < y0 ? y0 - offset : y0 + offset;
}

/** Points x0 .. x1 - 1 of a line in whole numbers (Vorbis I, 9.2.7), each multiplied into the spectrum. */
function line(x0: number, y0: number, x1: number, y1: number, spectrum: Float64Array): void {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const base = Math.trunc(dy / dx);
  const step = dy < 0 ? base - 1 : base + 1;
  const rest = Math.abs(dy) - Math.abs(base) * dx;
  let y = y0;
  let error = 0;
  for (let x = x0; x < x1 && x < spectrum.length; x++) {
    if (x > x0) {
      error += rest;
      y += error >= dx ? step : base;
      if (error >= dx) error -= dx;
    }
    spectrum[x] = (spectrum[x] as number) * (HEIGHTS[y] as number);
  }
}
