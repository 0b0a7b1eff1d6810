// SPDX-License-Identifier: Apache-2.0
/** A small image that every reader takes: vectors, a record of a model, and a model's region behind its header. */
import { ABI_VERSION } from '../../../compiler/codegen/emit/view.ts';
import { crc32 } from '../../../compiler/core/base/crc32.ts';
import {
  REGION_ABI_VERSION,
  REGION_HEADER,
  REGION_MAGIC,
  sealRegion,
} from '../../../compiler/machines/image/region.ts';
import { APPLICATION_START, MODEL_START } from '../chip-facts.ts';

const RECORD_AT = 0x200;
const LABELS = ['yes', 'no', 'background'];

/** Vectors, and at 0x200 an egru_model of three labels. */
export function applicationBytes(length = 0x600): Uint8Array {
  const bytes = new Uint8Array(length).fill(0xa5);
  const put = putter(bytes);
  put(0, 0x20007ff8, ...[1, 2, 3].map((vector) => APPLICATION_START + 0x101 + 4 * vector));
  writeRecord(bytes, APPLICATION_START);
  return bytes;
}

function writeRecord(bytes: Uint8Array, base: number): void {
  const put = putter(bytes);
  const texts = RECORD_AT + 0x80;
  const table = texts + 0x80;
  let at = texts;
  const text = (value: string): number => {
    const address = base + at;
    bytes.set(Buffer.from(`${value}\0`), at);
    at += value.length + 1;
    return address;
  };
  put(RECORD_AT, ABI_VERSION, text('toy'), base + table); // abi, name, labels
  put(table, ...LABELS.map(text));
  put(RECORD_AT + 8 + 4, 4 | (LABELS.length << 16)); // 12: inputs, 14: outputs
  put(RECORD_AT + 16, 2 | (8 << 16), 0, 0, base, 0, base + 0x101);
}

/** The header's magic, version, length and entry, then texts: whole by its own checksum. */
export function regionBytes(length = 0x300): Uint8Array {
  const bytes = new Uint8Array(length).fill(0x5a);
  const put = putter(bytes);
  put(0, REGION_MAGIC, REGION_ABI_VERSION, length, 0, MODEL_START + REGION_HEADER);
  bytes.set(Buffer.from('toy\0'), REGION_HEADER);
  put(20, ...Array<number>(4).fill(MODEL_START + REGION_HEADER));
  return sealRegion(bytes, 100);
}

/** The region with its checksum made right again after a change. */
export function resealed(bytes: Uint8Array): Uint8Array {
  putter(bytes)(12, crc32(bytes.subarray(16)));
  return bytes;
}

/** Application and region as one piece of flash. */
export function wholeBytes(): Uint8Array {
  const region = regionBytes();
  const bytes = new Uint8Array(MODEL_START - APPLICATION_START + region.length).fill(0xff);
  bytes.set(applicationBytes());
  bytes.set(region, MODEL_START - APPLICATION_START);
  return bytes;
}

/** Writes words from a place on. */
export function putter(bytes: Uint8Array): (at: number, ...words: readonly number[]) => void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (at, ...words) => {
    words.forEach((word, i) => {
      view.setUint32(at + 4 * i, word, true);
    });
  };
}
