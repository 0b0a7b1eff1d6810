// SPDX-License-Identifier: Apache-2.0
/** Recordings that need no decoder of another package, without waiting: WAV and FLAC. */
import { memoryBytes } from '../../core/audio/bytes.ts';
import { openSource } from '../../core/audio/open.ts';
import { readAll, type Sound } from '../../core/audio/pcm.ts';
import { openBytes } from '../files/file-bytes.ts';

export type { Sound } from '../../core/audio/pcm.ts';

/**
 * @param sampleRate the wanted rate in Hz; without it the file's own
 * @throws InputError for whatever is wrong with the file
 */
export function readWav(path: string, sampleRate?: number): Sound {
  const file = openBytes(path);
  try {
    return readAll(path, openSource(path, file), sampleRate);
  } finally {
    file.close();
  }
}

/** The same from bytes; path is for messages only. */
export function decodeWav(path: string, bytes: Uint8Array, sampleRate?: number): Sound {
  return readAll(path, openSource(path, memoryBytes(bytes)), sampleRate);
}
