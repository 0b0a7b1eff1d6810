// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the models of an image by what every egru_model (runtime-c/egru.h) must look like on a 32-bit machine: a UF2
 * file has no symbols, and those of an ELF file may be stripped. Offsets of the fields, in bytes:
 * 0 abi, 4 name, 8 labels, 12 inputs, 14 outputs, 16 layer_count, 18 state_words, 20 scratch, 22 readout_steps,
 * 24 readout_rule, 28 layers, 32 frontend, 36 step, 40 digest.
 */
import { ABI_VERSION } from '../../codegen/emit/view.ts';
import { hexDigits } from '../../core/base/bytes.ts';

export interface ImageModel {
  readonly address: number;
  readonly name: string;
  readonly labels: readonly string[];
  /** SHA-256 of the program, hex. */
  readonly digest: string;
}

/** Constant memory of an image. */
export interface Memory {
  readonly address: number;
  readonly bytes: Uint8Array;
}

const RECORD_BYTES = 72;
const DIGEST = 40;
const MAX_TEXT = 4096;

export function findModels(memories: readonly Memory[]): ImageModel[] {
  const reader = new Reader(memories);
  return memories.flatMap(({ address, bytes }) => {
    const found: ImageModel[] = [];
    for (let at = (4 - (address & 3)) & 3; at + RECORD_BYTES <= bytes.length; at += 4) {
      const record = readRecord(reader, address + at);
      if (record !== null) found.push(record);
    }
    return found;
  });
}

function readRecord(reader: Reader, address: number): ImageModel | null {
  const word = (offset: number) => reader.number(address + offset, 4);
  const half = (offset: number) => reader.number(address + offset, 2);
  const [outputs, layers, step] = [half(14), half(16), word(36)];
  const plausible =
    word(0) === ABI_VERSION &&
    half(12) > 0 &&
    outputs > 0 &&
    layers > 0 &&
    word(24) <= 2 && // readout_rule and three bytes of padding
    reader.holds(word(28), 4 * layers) &&
    (word(32) === 0 || reader.holds(word(32), 4)) &&
    step % 2 === 1 && // a Thumb function
    reader.holds(step - 1, 2);
  if (!plausible) return null;
  const name = reader.text(word(4));
  const labels = Array.from({ length: outputs }, (_, i) => reader.text(reader.number(word(8) + 4 * i, 4)));
  if (name === null || !labels.every((label) => label !== null)) return null;
  const digest = Array.from({ length: 32 }, (_, i) => reader.number(address + DIGEST + i, 1));
  return { address, name, labels, digest: hexDigits(Uint8Array.from(digest)) };
}

/** Little-endian reads by address; 0 and null where the image has no such bytes. */
class Reader {
  readonly #memories: readonly Memory[];

  constructor(memories: readonly Memory[]) {
    this.#memories = memories;
  }

  holds(address: number, length: number): boolean {
    return this.#find(address, length) !== undefined;
  }

  number(address: number, length: 1 | 2 | 4): number {
    const memory = this.#find(address, length);
    if (memory === undefined) return 0;
    const { buffer, byteOffset } = memory.bytes;
    const view = new DataView(buffer, byteOffset + address - memory.address, length);
    return length === 4 ? view.getUint32(0, true) : length === 2 ? view.getUint16(0, true) : view.getUint8(0);
  }

  /** A text in UTF-8 that ends in NUL. */
  text(address: number): string | null {
    const memory = this.#find(address, 1);
    if (memory === undefined) return null;
    const bytes = memory.bytes.subarray(address - memory.address, address - memory.address + MAX_TEXT);
    const end = bytes.indexOf(0);
    if (end < 0) return null;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end));
    } catch {
      return null;
    }
  }

  #find(address: number, length: number): Memory | undefined {
    return this.#memories.find(
      (memory) => address >= memory.address && address + length <= memory.address + memory.bytes.length,
    );
  }
}
