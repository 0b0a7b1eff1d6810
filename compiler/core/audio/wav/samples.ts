// SPDX-License-Identifier: Apache-2.0
/** Bytes of the data chunk as numbers in units of one 16-bit step. */
import { InputError } from '../../base/errors.ts';
import { A_LAW, MU_LAW } from './companded.ts';
import type { WavFormat } from './format.ts';

/** frames x channels from bytes into the channels' arrays, from their start. */
export type Unpack = (bytes: Uint8Array, frames: number, out: readonly Float64Array[]) => void;

/** A number at an offset, before any scale: PCM of 8 bits counts from -128. */
export type Getter = (view: DataView, at: number) => number;

export function getterOf({ format, bytes, bigEndian }: WavFormat): Getter {
  const little = !bigEndian;
  if (format === 'alaw') return (view, at) => A_LAW[view.getUint8(at)] ?? 0;
  if (format === 'mulaw') return (view, at) => MU_LAW[view.getUint8(at)] ?? 0;
  if (format === 'float') {
    return bytes === 4
      ? (view, at) => view.getFloat32(at, little)
      : (view, at) => view.getFloat64(at, little);
  }
  if (bytes === 1) return (view, at) => view.getUint8(at) - 128;
  if (bytes === 2) return (view, at) => view.getInt16(at, little);
  if (bytes === 4) return (view, at) => view.getInt32(at, little);
  return little
    ? (view, at) => (view.getInt8(at + 2) << 16) | view.getUint16(at, true)
    : (view, at) => (view.getInt8(at) << 16) | view.getUint16(at + 1, false);
}

/** @param scale 16-bit steps of one unit of the getter */
export function unpacker({ channels, bytes, align }: WavFormat, get: Getter, scale: number): Unpack {
  return (data, frames, out) => {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (let channel = 0; channel < channels; channel++) {
      const target = out[channel] as Float64Array;
      for (let i = 0, at = channel * bytes; i < frames; i++, at += align) target[i] = get(view, at) * scale;
    }
  };
}

/** Extremes of what a getter gives over the data, gathered piece by piece. */
export class Extremes {
  /** Largest magnitude. */
  peak = 0;
  /** OR of all whole numbers, as bits: which of the lowest are ever used. */
  used = 0;

  constructor(
    readonly path: string,
    readonly format: WavFormat,
    readonly get: Getter,
  ) {}

  /** @param first number of the data's first frame; @throws InputError for what is no number */
  add(data: Uint8Array, frames: number, first: number): void {
    const { channels, bytes } = this.format;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (let i = 0; i < frames * channels; i++) {
      const value = this.get(view, i * bytes);
      if (!Number.isFinite(value)) {
        const where = `frame ${first + Math.floor(i / channels)}, channel ${i % channels}`;
        throw new InputError(this.path, `holds ${value}, which is not a sample`, where);
      }
      this.used |= value;
      this.peak = Math.max(this.peak, Math.abs(value));
    }
  }
}

/** Overs of a processed recording are real up to here, 12 dB; they saturate. */
const OVERS = 4;
/** Peaks from here on are whole numbers that someone wrote as floats. */
const INTEGERS = 256;

/**
 * 16-bit steps of one unit of a float file whose largest magnitude is `peak`: 1 is full scale, or whole numbers of 16,
 * 24 or 32 bits were written as they are. null: neither can be told.
 */
export function floatScale(peak: number): { scale: number; bits: number } | null {
  if (peak <= OVERS) return { scale: 32768, bits: 0 };
  const bits = [16, 24, 32].find((n) => peak <= 2 ** (n - 1));
  return peak < INTEGERS || bits === undefined ? null : { scale: 2 ** (16 - bits), bits };
}
