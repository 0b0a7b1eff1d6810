// SPDX-License-Identifier: Apache-2.0
/** The identification header of Opus in Ogg (RFC 7845, 5.1), and the lengths of packets (RFC 6716, 3.1). */
import { InputError } from '../../base/errors.ts';

export interface OpusHead {
  /** 1 .. 8 */
  readonly channels: number;
  /** Samples at 48 kHz that are decoded and left out at the start. */
  readonly preSkip: number;
  /** What every sample is multiplied with. */
  readonly gain: number;
  readonly streams: number;
  readonly coupled: number;
  readonly mapping: readonly number[];
}

/** @param packet the first of the stream; @param path only for messages */
export function readOpusHead(path: string, packet: Uint8Array): OpusHead {
  const fail = (problem: string): never => {
    throw new InputError(path, problem, 'OpusHead');
  };
  if (packet.length < 19 || (packet[8] ?? 0) > 15) fail('has an Opus header that cannot be read');
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const channels = packet[9] ?? 0;
  const family = packet[18] ?? 0;
  const shared = {
    channels,
    preSkip: view.getUint16(10, true),
    gain: 10 ** (view.getInt16(16, true) / 256 / 20),
  };
  if (family === 0) {
    if (channels < 1 || channels > 2) fail(`${channels} channels; 1 or 2 are usual`);
    return { ...shared, streams: 1, coupled: channels - 1, mapping: channels === 1 ? [0] : [0, 1] };
  }
  if (channels < 1 || channels > 8) fail(`${channels} channels; 1 to 8 are read`);
  const [streams, coupled] = [packet[19] ?? 0, packet[20] ?? 0];
  const mapping = [...packet.subarray(21, 21 + channels)];
  const isWhole =
    mapping.length === channels && mapping.every((from) => from < streams + coupled || from === 255);
  if (streams < 1 || coupled > streams || !isWhole) fail('has a channel mapping that cannot be read');
  return { ...shared, streams, coupled, mapping };
}

/** Samples at 48 kHz that a packet decodes to; 0: it is none. */
export function opusSamples(packet: Uint8Array): number {
  const [toc, frames] = packet;
  if (toc === undefined) return 0;
  const config = toc >> 3;
  const size =
    config < 12
      ? ([480, 960, 1920, 2880][config & 3] ?? 0)
      : config < 16
        ? 480 << (config & 1)
        : 120 << (config & 3);
  const code = toc & 3;
  return size * (code === 0 ? 1 : code < 3 ? 2 : (frames ?? 0) & 63);
}
