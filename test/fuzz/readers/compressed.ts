// SPDX-License-Identifier: Apache-2.0
/** Recordings in compressed formats. Ogg's pages carry checksums, which are made right in half of the targets. */
import { readFileSync } from 'node:fs';
import { pageChecksum } from '../../../compiler/core/audio/ogg/pages.ts';
import { decodeSound } from '../../../compiler/host/audio/sound-file.ts';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import type { Target } from '../harness/target.ts';

const files = (...names: string[]) =>
  names.map((name) => new Uint8Array(readFileSync(packagePath('test', 'audio', 'compressed', name))));
const read = (file: Uint8Array) => decodeSound('f', file, 8000);

const PAGE_HEADER = 27;

/** Every page that is there with the checksum that it should have (RFC 3533, section 6). */
function sealed(bytes: Uint8Array): Uint8Array {
  const out = Buffer.from(bytes);
  for (
    let at = out.indexOf('OggS');
    at >= 0 && at + PAGE_HEADER <= out.length;
    at = out.indexOf('OggS', at + 4)
  ) {
    const segments = out.subarray(at + PAGE_HEADER, at + PAGE_HEADER + (out[at + 26] ?? 0));
    const end = at + PAGE_HEADER + segments.length + segments.reduce((sum, length) => sum + length, 0);
    if (end > out.length) continue;
    out.writeUInt32LE(pageChecksum(out.subarray(at, end)), at + 22);
  }
  return out;
}

export const compressedTargets: readonly Target[] = [
  { name: 'flac', corpus: files('mono-8.flac', 'mono-16.flac', 'stereo-24.flac'), read },
  { name: 'vorbis', corpus: files('speech.ogg'), read: (file) => read(sealed(file)) },
  { name: 'opus', corpus: files('speech.opus'), read: (file) => read(sealed(file)) },
  { name: 'ogg', corpus: files('speech.ogg', 'speech.opus'), read },
  { name: 'mp3', tolerant: true, corpus: files('speech.mp3'), read },
];
