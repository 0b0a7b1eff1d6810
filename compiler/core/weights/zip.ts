// SPDX-License-Identifier: Apache-2.0
/**
 * Reads zip archives that may be hostile (PKWARE APPNOTE 6.3.10). Sizes come from the central directory, which has
 * to agree with itself: no entry may overlap another, share a name or unpack to anything but its declared size and
 * checksum. fflate inflates, in slices, so that an entry that unpacks to too much is stopped early.
 */
import { Inflate } from 'fflate';
import { InputError } from '../base/errors.ts';
import { quote } from '../base/json.ts';
import { MAX_WEIGHTS_BYTES } from './tensors.ts';

const END_RECORD = 0x06054b50;
const END_BYTES = 22;
const CENTRAL_RECORD = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL_RECORD = 0x04034b50;
const LOCAL_BYTES = 30;
const MAX_ENTRIES = 4096;
/** Deflate expands at most 1032 times: a slice unpacks to 4 MB at most before the size is looked at. */
const SLICE = 4096;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  /** Declared size when unpacked. */
  readonly size: number;
  readonly packedSize: number;
  /** Where its local header begins. */
  readonly at: number;
}

export class Zip {
  readonly #file: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #entries = new Map<string, Entry>();
  /** Unpacked entries: many tensors may share one. */
  readonly #unpacked = new Map<string, Uint8Array>();

  /** @throws InputError where the archive is damaged, too large, encrypted or split */
  constructor(file: string, bytes: Uint8Array) {
    this.#file = file;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#readDirectory();
  }

  /** In the order of the directory; folders are left out. */
  get names(): string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Declared size of an entry, which is also its true size once it has been read. */
  size(name: string): number {
    return this.#entry(name).size;
  }

  /** The unpacked bytes of an entry, checked against its size and CRC-32. */
  read(name: string): Uint8Array {
    const known = this.#unpacked.get(name);
    if (known !== undefined) return known;
    const entry = this.#entry(name);
    const packed = this.#packed(entry);
    const bytes = entry.method === 0 ? packed : this.#inflate(entry, packed);
    if (crc32(bytes) !== entry.crc) this.#fail('the zip archive is damaged: wrong checksum', entry.name);
    this.#unpacked.set(name, bytes);
    return bytes;
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) this.#fail('the zip archive lacks an entry', name);
    return entry;
  }

  #fail(problem: string, entry?: string): never {
    throw new InputError(this.#file, problem, entry === undefined ? undefined : `entry ${quote(entry)}`);
  }

  #readDirectory(): void {
    const end = this.#findEnd();
    const view = this.#view;
    const disks = view.getUint16(end + 4, true) | view.getUint16(end + 6, true);
    const count = view.getUint16(end + 10, true);
    const size = view.getUint32(end + 12, true);
    const start = view.getUint32(end + 16, true);
    if (count === 0xffff || size === 0xffffffff || start === 0xffffffff) {
      this.#fail('a zip64 archive of over 65534 entries or 4 GB is not read');
    }
    if (disks !== 0 || view.getUint16(end + 8, true) !== count)
      this.#fail('a zip archive in several parts is not read');
    if (count > MAX_ENTRIES)
      this.#fail(`the zip archive has ${count} entries, at most ${MAX_ENTRIES} are read`);
    if (start + size > end) this.#fail('the zip archive is damaged: its directory lies outside the file');

    let at = start;
    let total = 0;
    const entries: Entry[] = [];
    for (let i = 0; i < count; i++) {
      if (at + CENTRAL_BYTES > start + size || view.getUint32(at, true) !== CENTRAL_RECORD) {
        this.#fail('the zip archive is damaged: its directory is cut off or broken');
      }
      const next =
        at + CENTRAL_BYTES + [28, 30, 32].reduce((sum, field) => sum + view.getUint16(at + field, true), 0);
      if (next > start + size) this.#fail('the zip archive is damaged: its directory is cut off or broken');
      const entry = this.#readEntry(at);
      entries.push(entry);
      total += entry.size;
      if (total > MAX_WEIGHTS_BYTES) {
        this.#fail(
          `the zip archive unpacks to over ${MAX_WEIGHTS_BYTES} bytes, more than is read`,
          entry.name,
        );
      }
      at = next;
    }
    if (at !== start + size)
      this.#fail('the zip archive is damaged: its directory has more bytes than entries');
    this.#checkOverlaps(entries, start);
    for (const entry of entries) {
      if (this.#entries.has(entry.name)) this.#fail('the zip archive holds a name twice', entry.name);
      if (!entry.name.endsWith('/')) this.#entries.set(entry.name, entry);
    }
  }

  #findEnd(): number {
    const view = this.#view;
    const lowest = Math.max(0, view.byteLength - END_BYTES - 0xffff);
    for (let at = view.byteLength - END_BYTES; at >= lowest; at--) {
      const ends = at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength;
      if (ends && view.getUint32(at, true) === END_RECORD) return at;
    }
    return this.#fail('is not a whole zip archive: its end is missing; is the file truncated?');
  }

  #readEntry(at: number): Entry {
    const view = this.#view;
    const field = at + CENTRAL_BYTES;
    const name = new TextDecoder().decode(this.#bytes.subarray(field, field + view.getUint16(at + 28, true)));
    const entry = {
      name,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    };
    if (view.getUint16(at + 8, true) & 0x2041) this.#fail('an encrypted zip entry is not read', name);
    if (entry.method !== 0 && entry.method !== 8) {
      this.#fail(`zip method ${entry.method} is not read, only 0 (stored) and 8 (deflated)`, name);
    }
    if (entry.size === 0xffffffff || entry.packedSize === 0xffffffff || entry.at === 0xffffffff) {
      this.#fail('a zip64 entry of over 4 GB is not read', name);
    }
    if (entry.method === 0 && entry.size !== entry.packedSize) {
      this.#fail('the zip archive is damaged: a stored entry has two sizes', name);
    }
    return entry;
  }

  /** Each entry has to end before the next one begins, and the last one before the directory. */
  #checkOverlaps(entries: readonly Entry[], directory: number): void {
    const sorted = [...entries].sort((a, b) => a.at - b.at);
    sorted.forEach((entry, i) => {
      const limit = sorted[i + 1]?.at ?? directory;
      if (this.#dataStart(entry, directory) + entry.packedSize > limit) {
        this.#fail('the zip archive is damaged: an entry overlaps what follows it', entry.name);
      }
    });
  }

  /** Where an entry's data begins; its local header has to lie before `limit` and name the same file. */
  #dataStart(entry: Entry, limit: number): number {
    const view = this.#view;
    const { at, name } = entry;
    if (at + LOCAL_BYTES > limit || view.getUint32(at, true) !== LOCAL_RECORD) {
      this.#fail('the zip archive is damaged: an entry has no header', name);
    }
    const nameEnd = at + LOCAL_BYTES + view.getUint16(at + 26, true);
    const local = new TextDecoder().decode(this.#bytes.subarray(at + LOCAL_BYTES, nameEnd));
    if (local !== name || view.getUint16(at + 8, true) !== entry.method) {
      this.#fail('the zip archive is damaged: an entry and the directory differ', name);
    }
    return nameEnd + view.getUint16(at + 28, true);
  }

  #packed(entry: Entry): Uint8Array {
    const start = this.#dataStart(entry, this.#bytes.length);
    return this.#bytes.subarray(start, start + entry.packedSize);
  }

  #inflate(entry: Entry, packed: Uint8Array): Uint8Array {
    const out = new Uint8Array(entry.size);
    let length = 0;
    const inflate = new Inflate((chunk) => {
      if (length + chunk.length <= out.length) out.set(chunk, length);
      length += chunk.length;
    });
    for (let at = 0; length <= out.length; at += SLICE) {
      const last = at + SLICE >= packed.length;
      try {
        inflate.push(packed.subarray(at, at + SLICE), last);
      } catch {
        this.#fail('the zip archive is damaged: an entry cannot be inflated', entry.name);
      }
      if (last) break;
    }
    if (length !== out.length) {
      const found = length > out.length ? 'more' : 'less';
      this.#fail(
        `the zip archive is damaged: an entry unpacks to ${found} than its ${out.length} bytes`,
        entry.name,
      );
    }
    return out;
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** CRC-32 of zip (polynomial 0x04c11db7, reflected). */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
