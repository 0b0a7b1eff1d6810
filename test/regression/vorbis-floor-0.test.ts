// SPDX-License-Identifier: Apache-2.0
/** A Vorbis file by an early encoder was refused without the command that converts it, a damaged page went unnoticed. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { decodeSound } from '../../compiler/host/audio/sound-file.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';

const IDENTIFICATION = Buffer.from('01766f726269730000000001401f0000000000000000000000000000b801', 'hex');
const COMMENTS = Buffer.from('03766f726269730000000000000000', 'hex');

/** Numbers of some bits each, the lowest bit first. */
function packed(...fields: readonly (readonly [value: number, bits: number])[]): Buffer {
  const bits = fields.flatMap(([value, n]) => Array.from({ length: n }, (_, i) => (value >> i) & 1));
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  for (const [i, bit] of bits.entries()) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (i & 7));
  return bytes;
}

it('a floor of type 0 leads to ffmpeg', async () => {
  const book = [
    [0x564342, 24],
    [1, 16],
    [1, 24],
    [0, 2],
    [0, 5],
    [0, 4],
  ] as const;
  const fields = packed([0, 8], ...book, [0, 6], [0, 16], [0, 6], [0, 16], [0, 32]);
  const packets = [IDENTIFICATION, COMMENTS, Buffer.concat([Buffer.from('\x05vorbis'), fields])];
  const head = Buffer.alloc(27);
  head.write('OggS');
  head[26] = packets.length;
  const file = Buffer.concat([head, Buffer.from(packets.map(({ length }) => length)), ...packets]);
  await expect(decodeSound('old.ogg', file)).rejects.toThrow(
    'old.ogg: has a floor of type 0, which is not read; ffmpeg -i "old.ogg" -c:a pcm_s16le out.wav (Vorbis headers)',
  );
});

it.each(['ogg', 'opus'])('a wrong checksum of a page in .%s is noted', async (ending) => {
  const bytes = Buffer.from(readFileSync(packagePath('test', 'audio', 'compressed', `speech.${ending}`)));
  bytes[bytes.length - 200] = (bytes[bytes.length - 200] ?? 0) ^ 1;
  const { notes } = await decodeSound('clip', bytes);
  expect(notes.map(({ kind }) => kind)).toEqual(['damaged']);
});
