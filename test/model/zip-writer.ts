// SPDX-License-Identifier: Apache-2.0
/** Writes zip archives, right ones and ones that lie. */
import { deflateSync } from 'fflate';
import { crc32 } from '../../compiler/core/weights/zip.ts';
import { join, u16, u32 } from './bytes.ts';

export interface ZipSource {
  readonly name: string;
  readonly data: Uint8Array | string;
  readonly deflate?: boolean;
  /** Lies of the directory. */
  readonly size?: number;
  readonly packedSize?: number;
  readonly crc?: number;
  readonly method?: number;
  readonly flags?: number;
  readonly at?: number;
  /** Name in the local header, where it differs. */
  readonly localName?: string;
}

export function zipOf(
  sources: readonly ZipSource[],
  end: { count?: number; start?: number; disk?: number } = {},
): Uint8Array {
  const locals: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let at = 0;
  for (const source of sources) {
    const data = join(source.data);
    const packed = source.deflate ? deflateSync(data) : data;
    const method = source.method ?? (source.deflate ? 8 : 0);
    const localName = Buffer.from(source.localName ?? source.name);
    // Sizes stand in the directory only, as with the data descriptors that PyTorch writes.
    const local = join(u32(0x04034b50), u16(20), u16(8), u16(method), u32(0), u32(0), u32(0), u32(0));
    locals.push(join(local, u16(localName.length), u16(0), localName, packed));
    const name = Buffer.from(source.name);
    central.push(
      join(
        u32(0x02014b50),
        [...u16(20), ...u16(20), ...u16(source.flags ?? 8), ...u16(method), ...u32(0)],
        u32(source.crc ?? crc32(data)),
        u32(source.packedSize ?? packed.length),
        u32(source.size ?? data.length),
        [...u16(name.length), ...u16(0), ...u16(0), ...u16(0), ...u16(0), ...u32(0)],
        u32(source.at ?? at),
        name,
      ),
    );
    at += 30 + localName.length + packed.length;
  }
  const directory = join(...central);
  const count = u16(end.count ?? sources.length);
  const disk = u16(end.disk ?? 0);
  const record = join(
    u32(0x06054b50),
    disk,
    disk,
    count,
    count,
    u32(directory.length),
    u32(end.start ?? at),
    u16(0),
  );
  return join(...locals, directory, record);
}
