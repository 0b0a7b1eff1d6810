// SPDX-License-Identifier: Apache-2.0
/** Recordings on disk as 16-bit mono PCM (core/audio/pcm.ts), of every format that is read: docs/DATA.md has the list. */
import { type ByteSource, memoryBytes } from '../../core/audio/bytes.ts';
import { packets } from '../../core/audio/ogg/pages.ts';
import { openSource } from '../../core/audio/open.ts';
import { type OpenSound, openSound, readAll, type Sound } from '../../core/audio/pcm.ts';
import { recognise } from '../../core/audio/recognise.ts';
import type { SoundSource } from '../../core/audio/source.ts';
import { openBytes } from '../files/file-bytes.ts';
import { noteFile } from '../notes/notes.ts';

/**
 * A whole recording, for a command: what had to be assumed goes to its notes.
 * @param sampleRate the wanted rate in Hz; without it the file's own
 * @throws InputError for whatever is wrong with the file
 */
export async function readSound(path: string, sampleRate?: number): Promise<Sound> {
  const file = openBytes(path);
  try {
    const sound = await soundOf(path, file, sampleRate);
    noteFile(path, sound.notes);
    return sound;
  } finally {
    file.close();
  }
}

/** The same from bytes; path is for messages only, and notes are in the result alone. */
export async function decodeSound(path: string, bytes: Uint8Array, sampleRate?: number): Promise<Sound> {
  return soundOf(path, memoryBytes(bytes), sampleRate);
}

/**
 * A recording of any length, for a command: `use` gets it piece by piece and in bounded memory, after one look at all of it.
 * @param sampleRate the wanted rate in Hz; undefined: the file's own
 */
export async function withSound<T>(
  path: string,
  sampleRate: number | undefined,
  use: (sound: OpenSound) => T | Promise<T>,
): Promise<T> {
  const file = openBytes(path);
  try {
    const sound = openSound(path, await sourceOf(path, file), sampleRate);
    noteFile(path, sound.notes);
    return await use(sound);
  } finally {
    file.close();
  }
}

async function soundOf(path: string, bytes: ByteSource, sampleRate: number | undefined): Promise<Sound> {
  return readAll(path, await sourceOf(path, bytes), sampleRate);
}

/** Any format; decoders of other packages are loaded when they are needed. */
async function sourceOf(path: string, bytes: ByteSource): Promise<SoundSource> {
  const { format, at } = recognise(path, bytes);
  if (format === 'mp3') return (await import('./compressed.ts')).openMp3(path, bytes, at);
  if (format === 'ogg') {
    const [first] = packets(bytes, at);
    const name = String.fromCharCode(...(first?.bytes.subarray(0, 8) ?? []));
    if (name === 'OpusHead') return (await import('./compressed.ts')).openOpus(path, bytes, at);
  }
  return openSource(path, bytes);
}
