// SPDX-License-Identifier: Apache-2.0
/** Vorbis in Ogg (Vorbis I, A): from the first sample to the end that the last page states. */
import { InputError } from '../../base/errors.ts';
import type { ByteSource } from '../bytes.ts';
import { packets } from '../ogg/pages.ts';
import { type Block, MAX_CHANNELS, MAX_RATE, MIN_RATE, Notes, type SoundSource } from '../source.ts';
import { convertWith } from '../wav/format.ts';
import { NotDecoded, PacketEnd } from './bits.ts';
import { VorbisDecoder } from './decoder.ts';
import { type Identification, isHeader, type Mode, readIdentification, readSetup } from './setup.ts';

const HEADERS = 3;

/** @param start of the first page; @param path only for messages */
export function openVorbis(path: string, bytes: ByteSource, start: number): SoundSource {
  const heads: Uint8Array[] = [];
  for (const { bytes: packet } of packets(bytes, start)) {
    if (heads.push(packet) === HEADERS) break;
  }
  const [first, , third] = heads;
  if (first === undefined || third === undefined || !isHeader(first, 1) || !isHeader(third, 5)) {
    throw new InputError(path, 'ends within the headers of its Vorbis stream');
  }
  let id: Identification;
  let modes: Mode[];
  try {
    id = readIdentification(first);
    modes = readSetup(third, id.channels);
  } catch (error) {
    if (!(error instanceof PacketEnd)) throw error;
    const way = error instanceof NotDecoded ? `; ${convertWith(path)}` : '';
    throw new InputError(path, `${error.message}${way}`, 'Vorbis headers');
  }
  const { channels, sampleRate } = id;
  if (channels > MAX_CHANNELS || sampleRate < MIN_RATE || sampleRate > MAX_RATE) {
    throw new InputError(
      path,
      `${channels} channels at ${sampleRate} Hz are not read; ${convertWith(path)}`,
      'Vorbis headers',
    );
  }
  const notes = new Notes();
  const blocks = () => decoded(path, bytes, start, id, modes, notes);
  return { format: 'Vorbis', sampleRate, channels, frames: null, notes: notes.list, blocks };
}

function* decoded(
  path: string,
  bytes: ByteSource,
  start: number,
  id: Identification,
  modes: readonly Mode[],
  notes: Notes,
): Iterable<Block> {
  const decoder = new VorbisDecoder(id, modes);
  let index = 0;
  let done = 0; // samples that were decoded
  let begin: number | null = null; // granule position of the first of them
  let given = 0;
  // What the last page cuts off is known when its last packet is there.
  let held: Float64Array[] = [];
  for (const { bytes: packet, granule } of packets(bytes, start, notes)) {
    if (index++ < HEADERS) continue;
    let samples: Float64Array[] = [];
    try {
      samples = decoder.decode(packet);
    } catch (error) {
      if (!(error instanceof PacketEnd)) throw error;
      notes.add('damaged', `${error.message}; it is left out`);
    }
    if ((held[0]?.length ?? 0) > 0) yield scaled(held);
    given += held[0]?.length ?? 0;
    held = samples;
    done += samples[0]?.length ?? 0;
    if (granule === null) continue;
    begin ??= Math.max(0, granule - done);
    const wanted = granule - begin - given;
    if (wanted < (held[0]?.length ?? 0))
      held = held.map((channel) => channel.subarray(0, Math.max(0, wanted)));
  }
  if ((held[0]?.length ?? 0) > 0) yield scaled(held);
  if (given === 0 && (held[0]?.length ?? 0) === 0) throw new InputError(path, 'holds no samples');
}

function scaled(channels: readonly Float64Array[]): Block {
  return channels.map((samples) => samples.map((value) => value * 32768));
}
