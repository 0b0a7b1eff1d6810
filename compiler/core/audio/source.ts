// SPDX-License-Identifier: Apache-2.0
/** What every decoder of recordings gives: samples block by block, and what it had to assume on the way. */

/** What a tolerant reader can assume; docs/DATA.md has the list. */
export type NoteKind =
  | 'sizes'
  | 'truncated'
  | 'damaged'
  | 'partial frame'
  | 'layout'
  | 'chained streams'
  | 'trailing bytes'
  | 'float scale'
  | 'cancelled channels'
  | 'constant offset';

export interface Note {
  readonly kind: NoteKind;
  /** What was found and what was made of it. */
  readonly text: string;
}

/** A block: as many samples of every channel, in units of one 16-bit step, not rounded and not limited. */
export type Block = readonly Float64Array[];

export interface SoundSource {
  /** What the file is, for messages: "WAV", "FLAC", ... */
  readonly format: string;
  /** Hz, MIN_RATE .. MAX_RATE */
  readonly sampleRate: number;
  /** 1 .. MAX_CHANNELS */
  readonly channels: number;
  /** Of every channel, as far as the header knows; null: only decoding tells. */
  readonly frames: number | null;
  /** Grows while blocks are read: a decoder may meet damage. */
  readonly notes: readonly Note[];
  /** From the start, each time. Blocks are valid until the next one is asked for. */
  blocks(): Iterable<Block>;
}

export const MAX_CHANNELS = 32;
export const MIN_RATE = 1000;
export const MAX_RATE = 384_000;

/** Frames of a block at most. */
export const BLOCK = 16_384;

/** A list of notes that has every text once. */
export class Notes {
  readonly list: Note[] = [];

  add(kind: NoteKind, text: string): void {
    if (!this.list.some((note) => note.kind === kind && note.text === text)) this.list.push({ kind, text });
  }
}
