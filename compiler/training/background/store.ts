// SPDX-License-Identifier: Apache-2.0
/**
 * Features of many recordings in one file, computed once and read by windows: hours of background need no memory. A
 * safetensors file like that of `egru features`: "features" frames x bins, before normalization, so that its levels may
 * follow any window; "energy" the mean square of every frame,
 * "starts" where each recording begins, and the digests of the feature extractor and of the list of recordings.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '../../core/base/errors.ts';
import { parseJson } from '../../core/base/json.ts';
import type { CaptureRule } from '../../core/microphone/capture.ts';
import { frontendDigest } from '../../core/program/digest.ts';
import type { FrontendDefinition } from '../../core/program/frontend-program.ts';
import { safetensorsHeader } from '../../core/weights/safetensors-header.ts';
import { guard } from '../../host/files/files.ts';
import { swapUnlessLittle } from '../../host/files/little-endian.ts';

/** Room for the header: it is written last, when the number of frames is known. */
export const HEADER_BYTES = 4096;
const FORMAT = '1';
/** Of an int32: 38,000 hours at 16 ms. */
const MAX_FRAMES = 2 ** 31 - 1;

/** What a store was made from. */
export interface StoreKey {
  readonly frontend: FrontendDefinition;
  /** SHA-256 of the list of recordings, see recordings.ts. */
  readonly list: string;
  /** What the recordings were captured by; null: they are as they were. */
  readonly microphone?: CaptureRule | null;
}

/** Of the feature extractor without its normalization, which changes nothing that is stored. */
function absoluteDigest({ normalize: _, ...rest }: FrontendDefinition): string {
  return frontendDigest(rest);
}

export function storeHeader(
  { frontend, list, microphone = null }: StoreKey,
  frames: number,
  recordings: number,
): Uint8Array {
  return safetensorsHeader(
    [
      { name: 'features', dtype: 'I16', shape: [frames, frontend.bins] },
      { name: 'energy', dtype: 'I32', shape: [frames] },
      { name: 'starts', dtype: 'I32', shape: [recordings + 1] },
    ],
    {
      ...{ format: FORMAT, frontendDigest: absoluteDigest(frontend), list },
      ...(microphone === null ? {} : { microphone: nameOf(microphone) }),
    },
    HEADER_BYTES,
  );
}

export class FeatureStore {
  readonly path: string;
  readonly bins: number;
  readonly frames: number;
  /** SHA-256 of the list of recordings. */
  readonly list: string;
  /** Frame at which each recording begins, and behind the last one the number of frames. */
  readonly starts: Int32Array;
  /** Mean square of every frame's samples. */
  readonly energy: Int32Array;
  readonly #fd: number;

  /**
   * @param key what it has to be made from; null: anything
   * @throws InputError where it is damaged, or made by another feature extractor or from other recordings
   */
  constructor(path: string, key: StoreKey | null) {
    this.path = path;
    this.#fd = guard(path, () => openSync(path, 'r'));
    try {
      const { frames, bins, recordings, list } = this.#readHeader(key);
      this.list = list;
      this.frames = frames;
      this.bins = bins;
      const energyAt = HEADER_BYTES + 2 * frames * bins;
      this.energy = new Int32Array(frames);
      this.#read(this.energy, energyAt);
      this.starts = new Int32Array(recordings + 1);
      this.#read(this.starts, energyAt + 4 * frames);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Fills `target`, whole frames, with the features from this frame on. */
  read(frame: number, target: Int16Array): void {
    this.#read(target, HEADER_BYTES + 2 * frame * this.bins);
  }

  #readHeader(key: StoreKey | null): { frames: number; bins: number; recordings: number; list: string } {
    const { path } = this;
    const bytes = new Uint8Array(HEADER_BYTES);
    const { size } = fstatSync(this.#fd);
    if (size < HEADER_BYTES) throw damaged(path);
    this.#read(bytes, 0);
    const header = parseJson(path, bytes.subarray(8)).members();
    const metadata = header.get('__metadata__')?.members();
    const text = (name: string) => metadata?.get(name)?.text();
    if (text('format') !== FORMAT) throw damaged(path);
    if (key !== null && text('frontendDigest') !== absoluteDigest(key.frontend)) {
      throw new InputError(path, `holds features of another feature extractor; ${REBUILD}`);
    }
    if (key !== null && text('list') !== key.list) {
      throw new InputError(path, `was made from other recordings; ${REBUILD}`);
    }
    const wanted = key?.microphone == null ? undefined : nameOf(key.microphone);
    if (key !== null && text('microphone') !== wanted) {
      const [there, here] = [text('microphone'), wanted].map((name) => name ?? 'no microphone');
      throw new InputError(path, `was captured by ${there}, and ${here} is wanted; ${REBUILD}`);
    }
    const side = (name: string, index: number) =>
      header.get(name)?.members().get('shape')?.array(1, 2)[index]?.integer(0, MAX_FRAMES) ?? 0;
    const [frames, bins, starts] = [side('features', 0), side('features', 1), side('starts', 0)];
    const expected = HEADER_BYTES + 2 * frames * bins + 4 * frames + 4 * starts;
    if (bins < 1 || starts < 1 || size !== expected) throw damaged(path);
    return { frames, bins, recordings: starts - 1, list: text('list') ?? '' };
  }

  #read(target: Uint8Array | Int16Array | Int32Array, position: number): void {
    const bytes = Buffer.from(target.buffer, target.byteOffset, target.byteLength);
    for (let at = 0; at < bytes.length; ) {
      const count = guard(this.path, () =>
        readSync(this.#fd, bytes, at, Math.min(bytes.length - at, 1 << 30), position + at),
      );
      if (count === 0) throw damaged(this.path);
      at += count;
    }
    swapUnlessLittle(bytes, target.BYTES_PER_ELEMENT);
  }
}

/** A microphone with its rate: "i2s at 16304.348 Hz". */
function nameOf({ microphone, numerator, denominator }: CaptureRule): string {
  return `${microphone} at ${(numerator / denominator).toFixed(3)} Hz`;
}

const REBUILD = 'build it again with --rebuild-cache';

function damaged(path: string): InputError {
  return new InputError(path, `is not a whole cache of features; ${REBUILD}`);
}
