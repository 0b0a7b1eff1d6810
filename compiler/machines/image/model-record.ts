// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the models of an image by what every egru_model (runtime-c/egru.h) must look like on a 32-bit machine: a UF2
 * file has no symbols, and those of an ELF file may be stripped. Offsets of the fields, in bytes:
 * 0 abi, 4 name, 8 labels, 12 inputs, 14 outputs, 16 layer_count, 18 state_words, 20 scratch, 22 readout_steps,
 * 24 readout_rule, 28 layers, 32 frontend, 36 step, 40 digest.
 */
import { ABI_VERSION } from '../../codegen/emit/view.ts';
import { hexDigits } from '../../core/base/bytes.ts';
import { InputError } from '../../core/base/errors.ts';
import { hex } from '../../core/base/hex.ts';

/** A model in the flash of an image. */
export interface ImageModel {
  readonly address: number;
  readonly name: string;
  readonly labels: readonly string[];
  /** SHA-256 of the program, hex. */
  readonly digest: string;
}

/** What an image has in flash. */
export interface Memory {
  readonly address: number;
  readonly bytes: Uint8Array;
}

const RECORD_BYTES = 72;
const DIGEST = 40;
const MAX_TEXT = 4096;
/** Words of an image that look like the beginning of a record: an honest one has as many as it has models. */
const MAX_CANDIDATES = 64;
/** Bytes of the labels of a model. */
const MAX_LABELS_BYTES = 1 << 20;

/** @throws InputError where too many places look like a model: the image was made to */
export function findModels(memory: Memory, name: string): ImageModel[] {
  const reader = new Reader(memory);
  const { address, bytes } = memory;
  const found: ImageModel[] = [];
  let candidates = 0;
  for (let at = (4 - (address & 3)) & 3; at + RECORD_BYTES <= bytes.length; at += 4) {
    if (!isPlausible(reader, address + at)) continue;
    candidates++;
    if (candidates > MAX_CANDIDATES) {
      throw new InputError(name, `over ${MAX_CANDIDATES} places look like a model`, hex(address + at));
    }
    const record = readRecord(reader, address + at);
    if (record !== null) found.push(record);
  }
  return found;
}

function isPlausible(reader: Reader, address: number): boolean {
  const word = (offset: number) => reader.number(address + offset, 4);
  const half = (offset: number) => reader.number(address + offset, 2);
  if (word(0) !== ABI_VERSION) return false;
  const [outputs, layers, step] = [half(14), half(16), word(36)];
  return (
    half(12) > 0 &&
    outputs > 0 &&
    layers > 0 &&
    word(24) <= 2 && // readout_rule and three bytes of padding
    reader.holds(word(4), 1) &&
    reader.holds(word(8), 4 * outputs) &&
    reader.holds(word(28), 4 * layers) &&
    (word(32) === 0 || reader.holds(word(32), 4)) &&
    step % 2 === 1 && // a Thumb function
    reader.holds(step - 1, 2)
  );
}

/** null where a text of a plausible record is none. */
function readRecord(reader: Reader, address: number): ImageModel | null {
  const word = (at: number) => reader.number(at, 4);
  const name = reader.text(word(address + 4));
  if (name === null) return null;
  const labels: string[] = [];
  let size = 0;
  for (let i = 0; i < reader.number(address + 14, 2); i++) {
    const label = reader.text(word(word(address + 8) + 4 * i));
    if (label === null) return null;
    size += label.length;
    if (size > MAX_LABELS_BYTES) return null;
    labels.push(label);
  }
  const digest = Array.from({ length: 32 }, (_, i) => reader.number(address + DIGEST + i, 1));
  return { address, name, labels, digest: hexDigits(Uint8Array.from(digest)) };
}

/** Little-endian reads by address; 0 and null where the image has no such bytes. */
class Reader {
  readonly #memory: Memory;
  readonly #view: DataView;

  constructor(memory: Memory) {
    this.#memory = memory;
    const { buffer, byteOffset, byteLength } = memory.bytes;
    this.#view = new DataView(buffer, byteOffset, byteLength);
  }

  holds(address: number, length: number): boolean {
    const at = address - this.#memory.address;
    return at >= 0 && at + length <= this.#view.byteLength;
  }

  number(address: number, length: 1 | 2 | 4): number {
    if (!this.holds(address, length)) return 0;
    const at = address - this.#memory.address;
    if (length === 4) return this.#view.getUint32(at, true);
    return length === 2 ? this.#view.getUint16(at, true) : this.#view.getUint8(at);
  }

  /** A text in UTF-8 that ends in NUL. */
  text(address: number): string | null {
    if (!this.holds(address, 1)) return null;
    const at = address - this.#memory.address;
    const bytes = this.#memory.bytes.subarray(at, at + MAX_TEXT);
    const end = bytes.indexOf(0);
    if (end < 0) return null;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end));
    } catch {
      return null;
    }
  }
}
