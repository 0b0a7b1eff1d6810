// SPDX-License-Identifier: Apache-2.0
/**
 * Opus and MP3, decoded by packages that are loaded when such a file is met. Delay and padding of the encoders are left
 * out: by pre-skip and granule positions of Ogg (RFC 7845, 4), by the LAME tag of MP3.
 */
import type { ByteSource } from '../../core/audio/bytes.ts';
import { opusSamples, readOpusHead } from '../../core/audio/ogg/opus-head.ts';
import { packets } from '../../core/audio/ogg/pages.ts';
import { type Block, MAX_RATE, MIN_RATE, Notes, type SoundSource } from '../../core/audio/source.ts';
import { InputError } from '../../core/base/errors.ts';

/** A recording is read twice: once for what has to be known of it, then for its samples. */
const READINGS = 2;

interface Decoder {
  readonly ready: Promise<void>;
  free(): void;
}

/** As many decoders as there are readings: they can begin anew only by waiting. */
async function readyDecoders<D extends Decoder>(create: () => D): Promise<() => D> {
  const decoders = Array.from({ length: READINGS }, create);
  await Promise.all(decoders.map(({ ready }) => ready));
  return () => {
    const decoder = decoders.pop();
    if (decoder === undefined) throw new Error(`read more than ${READINGS} times`);
    return decoder;
  };
}

/** The packages print on the console what is in their results, too: a line for every packet that is damaged. */
function quietly<T>(decode: () => T): T {
  const { error } = console;
  console.error = () => {};
  try {
    return decode();
  } finally {
    console.error = error;
  }
}

/** Packets that are decoded at once. */
const PACKETS = 16;

/** @param start of the first page */
export async function openOpus(path: string, bytes: ByteSource, start: number): Promise<SoundSource> {
  const [first] = packets(bytes, start);
  const head = readOpusHead(path, first?.bytes ?? new Uint8Array());
  const notes = new Notes();
  const { channels, gain, preSkip } = head;
  const frames = playedFrames(bytes, start, preSkip);
  if (frames < 1) throw new InputError(path, 'holds no samples');
  const { OpusDecoder } = await import('opus-decoder');
  const take = await readyDecoders(
    () =>
      new OpusDecoder({
        channels: head.channels,
        streamCount: head.streams,
        coupledStreamCount: head.coupled,
        channelMappingTable: [...head.mapping],
        preSkip: 0,
      }),
  );
  return {
    format: 'Opus',
    sampleRate: 48_000,
    channels,
    frames: null,
    notes: notes.list,
    *blocks() {
      const decoder = take();
      const steps = 32768 * gain;
      try {
        let skip = preSkip;
        let left = frames;
        for (const group of soundPackets(bytes, start, notes)) {
          const { channelData, samplesDecoded, errors } = quietly(() => decoder.decodeFrames(group));
          if (errors.length > 0)
            notes.add('damaged', 'has packets that cannot be decoded; they are left out');
          const from = Math.min(skip, samplesDecoded);
          skip -= from;
          const to = Math.min(samplesDecoded, from + left);
          left -= to - from;
          if (to > from) yield scaled(channelData, from, to, steps);
        }
      } finally {
        decoder.free();
      }
    },
  };
}

/** Samples between pre-skip and the end that the last page states. */
function playedFrames(bytes: ByteSource, start: number, preSkip: number): number {
  let index = 0;
  let decoded = 0;
  let begin: number | null = null; // granule position of the first sample: above 0 where a stream was cut into
  let end = 0;
  for (const { bytes: packet, granule } of packets(bytes, start)) {
    if (index++ < 2) continue; // OpusHead and OpusTags
    decoded += opusSamples(packet);
    if (granule === null) continue;
    begin ??= Math.max(0, granule - decoded);
    end = granule - begin;
  }
  return Math.min(decoded, end > 0 ? end : decoded) - preSkip;
}

function* soundPackets(bytes: ByteSource, start: number, notes: Notes): Iterable<Uint8Array[]> {
  let index = 0;
  let group: Uint8Array[] = [];
  for (const { bytes: packet } of packets(bytes, start, notes)) {
    if (index++ < 2 || packet.length === 0) continue;
    group.push(packet);
    if (group.length < PACKETS) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** Bytes that are given to the decoder at once. */
const PIECE = 1 << 14;

/** @param start of the first frame, or of what stands before it */
export async function openMp3(path: string, bytes: ByteSource, start: number): Promise<SoundSource> {
  const { MPEGDecoder } = await import('mpg123-decoder');
  // The rate and the number of channels are known when something was decoded.
  const probe = new MPEGDecoder();
  await probe.ready;
  let sampleRate = 0;
  let channels = 0;
  try {
    for (let at = start; at < bytes.size && channels === 0; at += PIECE) {
      const piece = bytes.read(at, PIECE).slice();
      const { channelData, samplesDecoded, sampleRate: rate } = quietly(() => probe.decode(piece));
      if (samplesDecoded === 0) continue;
      sampleRate = rate;
      channels = channelData.length;
    }
  } finally {
    probe.free();
  }
  if (channels === 0 || sampleRate < MIN_RATE || sampleRate > MAX_RATE) {
    throw new InputError(path, 'holds no MP3 frames that can be decoded');
  }
  const take = await readyDecoders(() => new MPEGDecoder());
  const notes = new Notes();
  return {
    format: 'MP3',
    sampleRate,
    channels,
    frames: null,
    notes: notes.list,
    *blocks() {
      const decoder = take();
      try {
        for (let at = start; at < bytes.size; at += PIECE) {
          const piece = bytes.read(at, PIECE).slice();
          const { channelData, samplesDecoded, errors } = quietly(() => decoder.decode(piece));
          if (errors.length > 0) notes.add('damaged', 'has frames that cannot be decoded; they are left out');
          if (samplesDecoded > 0) yield scaled(channelData, 0, samplesDecoded, 32768).slice(0, channels);
        }
      } finally {
        decoder.free();
      }
    },
  };
}

function scaled(channels: readonly Float32Array[], from: number, to: number, scale: number): Block {
  return channels.map((samples) => Float64Array.from(samples.subarray(from, to), (value) => value * scale));
}
