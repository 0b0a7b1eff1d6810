// SPDX-License-Identifier: Apache-2.0
/** What a file is, by its first bytes; names are not asked. */
import { InputError } from '../base/errors.ts';
import { type ByteSource, fourCharacters } from './bytes.ts';
import { convertWith } from './wav/format.ts';

export type SoundFormat = 'wav' | 'flac' | 'ogg' | 'mp3';

export interface Recognised {
  readonly format: SoundFormat;
  /** Where it begins: tags of MP3 players stand before anything. */
  readonly at: number;
}

/** Containers that others convert: where their mark stands, the mark, their name. */
const FOREIGN: readonly (readonly [number, string, string])[] = [
  [4, 'ftyp', 'an MPEG-4 file (m4a, mp4)'],
  [0, '\x1aE\xdf\xa3', 'a Matroska or WebM file'],
  [0, 'FORM', 'an AIFF file'],
  [0, 'caff', 'a CAF file'],
  [0, '.snd', 'an AU file'],
  [0, 'riff', 'a Wave64 file'],
  [0, '#!AM', 'an AMR file'],
  [0, '0&\xb2u', 'a Windows Media file'],
  [0, 'wvpk', 'a WavPack file'],
  [0, 'MAC ', "a Monkey's Audio file"],
  [0, 'ADIF', 'an AAC file'],
  [0, 'TTA1', 'a True Audio file'],
  [0, 'NIST', 'a NIST SPHERE file'],
  [0, 'Crea', 'a VOC file'],
];

/** @param path only for messages; @throws InputError for what is no recording, or one that others have to convert */
export function recognise(path: string, bytes: ByteSource): Recognised {
  if (bytes.size === 0) throw new InputError(path, 'not a recording: it is empty', 'byte 0');
  const at = behindTag(bytes);
  if (at === bytes.size) throw new InputError(path, 'not a recording: it ends within its tag', `byte ${at}`);
  const head = bytes.read(at, 16).slice();
  const mark = fourCharacters(head, 0);
  if (['RIFF', 'RIFX', 'RF64', 'BW64'].includes(mark) && fourCharacters(head, 8) === 'WAVE') {
    return { format: 'wav', at };
  }
  if (mark === 'fLaC') return { format: 'flac', at };
  if (mark === 'OggS') return { format: 'ogg', at };
  const foreign = FOREIGN.find(([from, text]) => fourCharacters(head, from) === text);
  if (foreign !== undefined)
    throw new InputError(path, `${foreign[2]}, which is not read; ${convertWith(path)}`);
  if (isMpegFrame(head)) return { format: 'mp3', at };
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0) {
    throw new InputError(path, `an AAC file, which is not read; ${convertWith(path)}`);
  }
  if (isOtherMpeg(head)) {
    throw new InputError(
      path,
      `MPEG audio of Layer II or of free format, which is not read; ${convertWith(path)}`,
    );
  }
  if (at > 0) return { format: 'mp3', at }; // padding may stand between a tag and the first frame
  throw new InputError(path, 'not a recording: neither WAV, FLAC, Ogg Vorbis, Opus nor MP3', 'byte 0');
}

/** ID3v2: "ID3", version, flags, a size of four times 7 bits, which counts neither itself nor a footer. */
function behindTag(bytes: ByteSource): number {
  let at = 0;
  for (let tags = 0; tags < 8; tags++) {
    const head = bytes.read(at, 10);
    const isTag = head[0] === 0x49 && head[1] === 0x44 && head[2] === 0x33;
    const sizes = head.subarray(6, 10);
    if (!isTag || head.length < 10 || sizes.some((byte) => byte > 127)) break;
    const size = sizes.reduce((sum, byte) => sum * 128 + byte, 0);
    at += 10 + size + (((head[5] ?? 0) & 16) !== 0 ? 10 : 0);
  }
  return Math.min(at, bytes.size);
}

/** Layer III of MPEG 1, 2 or 2.5: 11 bits of sync, and no reserved value (ISO/IEC 11172-3, 2.4.2.3). */
function isMpegFrame(head: Uint8Array): boolean {
  const [a = 0, b = 0, c = 0] = head;
  const layer3 = a === 0xff && (b & 0xe6) === 0xe2 && (b & 0x18) !== 0x08;
  return layer3 && c >> 4 !== 15 && c >> 4 !== 0 && ((c >> 2) & 3) !== 3;
}

/** Layer II, and Layer III whose bit rate the header does not state. */
function isOtherMpeg([a = 0, b = 0, c = 0]: Uint8Array): boolean {
  const layer = b & 0x06;
  const isMpeg = a === 0xff && (b & 0xe0) === 0xe0 && (b & 0x18) !== 0x08;
  const isOther = layer === 4 ? c >> 4 !== 15 : layer === 2 && c >> 4 === 0;
  return isMpeg && isOther && ((c >> 2) & 3) !== 3;
}
