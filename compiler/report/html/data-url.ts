// SPDX-License-Identifier: Apache-2.0
/** Pictures and sounds inside a page. */
import { zlibSync } from 'fflate';
import { wavBytes } from '../../core/audio/wav/wav-bytes.ts';
import { crc32 } from '../../core/base/crc32.ts';

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** A recording as a WAV file. */
export function soundUrl(samples: Int16Array, sampleRate: number): string {
  return `data:audio/wav;base64,${base64(wavBytes(samples, sampleRate))}`;
}

/** Characters that soundUrl takes. */
export function soundLength(samples: number): number {
  return 22 + 4 * Math.ceil((44 + 2 * samples) / 3);
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Indices of colours, row by row from the top, width x height. */
  readonly pixels: Uint8Array;
  /** RGBA by index, at most 256. */
  readonly colours: readonly (readonly [number, number, number, number])[];
}

/** A picture as a PNG with a palette. */
export function pictureUrl({ width, height, pixels, colours }: Picture): string {
  const rows = new Uint8Array(height * (width + 1)); // Each begins with its filter, 0: none.
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  head.set([8, 3], 8); // 8 bits, palette
  const bytes = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', head),
    chunk('PLTE', Uint8Array.from(colours.flatMap((colour) => colour.slice(0, 3)))),
    chunk(
      'tRNS',
      Uint8Array.from(colours, ([, , , alpha]) => alpha),
    ),
    chunk('IDAT', zlibSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ];
  return `data:image/png;base64,${base64(Buffer.concat(bytes))}`;
}

/** Length, name, contents, and the checksum of both. */
function chunk(name: string, contents: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + contents.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, contents.length);
  bytes.set(
    Uint8Array.from(name, (c) => c.charCodeAt(0)),
    4,
  );
  bytes.set(contents, 8);
  view.setUint32(8 + contents.length, crc32(bytes.subarray(4, 8 + contents.length)));
  return bytes;
}
