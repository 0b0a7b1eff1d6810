// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../base/errors.ts';
import type { ByteSource } from './bytes.ts';
import { openFlac } from './flac/flac.ts';
import { packets } from './ogg/pages.ts';
import { recognise } from './recognise.ts';
import type { SoundSource } from './source.ts';
import { isHeader } from './vorbis/setup.ts';
import { openVorbis } from './vorbis/vorbis.ts';
import { convertWith } from './wav/format.ts';
import { openWav } from './wav/wav.ts';

/**
 * A recording of any format that is decoded here, by its content.
 * @param path only for messages
 * @throws InputError where it is none, is of another format or holds no sound
 */
export function openSource(path: string, bytes: ByteSource): SoundSource {
  const { format, at } = recognise(path, bytes);
  if (format === 'wav') return openWav(path, from(bytes, at));
  if (format === 'flac') return openFlac(path, bytes, at);
  const [first] = format === 'ogg' ? packets(bytes, at) : [];
  if (first !== undefined && isHeader(first.bytes, 1)) return openVorbis(path, bytes, at);
  const kind = format === 'ogg' ? 'Ogg without Vorbis or Opus' : 'MP3';
  throw new InputError(path, `holds ${kind}, which is not read here; ${convertWith(path)}`);
}

/** What stands behind a tag. */
function from(bytes: ByteSource, start: number): ByteSource {
  if (start === 0) return bytes;
  return { size: bytes.size - start, read: (at, length) => bytes.read(start + at, length) };
}
