// SPDX-License-Identifier: Apache-2.0
import { latin1Bytes } from '../../base/bytes.ts';

/** A WAV file of 16-bit mono PCM: the 44 bytes of the plainest header, then the samples, least significant byte first. */
export function wavBytes(samples: Int16Array, sampleRate: number): Uint8Array {
  const size = 2 * samples.length;
  const bytes = new Uint8Array(44 + size);
  const view = new DataView(bytes.buffer);
  const text = (at: number, name: string) => bytes.set(latin1Bytes(name), at);
  text(0, 'RIFF');
  view.setUint32(4, 36 + size, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, size, true);
  samples.forEach((value, i) => {
    view.setInt16(44 + 2 * i, value, true);
  });
  return bytes;
}
