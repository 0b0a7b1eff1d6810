// SPDX-License-Identifier: Apache-2.0
/** Firmware that listens to a sound: the whole way from the microphone's bits to the keywords on the serial port. */
import { MICROPHONE_RATE } from '../../boards/microphone-rate.ts';
import type { BoardImage } from '../image/board-image.ts';
import { findModels } from '../image/model-record.ts';
import { LineReader } from '../protocol/lines.ts';
import { parseEvent } from '../protocol/protocol.ts';
import { EmulatedDevice } from './emulated-device.ts';
import type { Sound } from './sound.ts';

/** A keyword that the firmware reports. */
export interface Keyword {
  /** Its text; "label N" where the image holds no texts. */
  readonly label: string;
  /** Seconds of sound until its last sample, counted from when the board began to listen. */
  readonly seconds: number;
  /** Smoothed posterior, 0 to 1. */
  readonly score: number;
}

/** How a sound is played. */
export interface PlayOptions {
  /** Time after the end of the sound, which the last keyword needs; 1 s by default. */
  readonly secondsAfter?: number;
  /** Gets every line that the firmware sends. */
  readonly onLine?: (line: string) => void;
}

/** Time that passes between two looks at whether the sound is over. */
const PIECE_MS = 20;

/**
 * Plays a sound to an emulated board, from its reset on, as fast as it can be emulated.
 * @param sound 16-bit PCM, mono, at any rate
 * @throws ChipFault where the firmware does what nothing handles; InputError where the image is made to hold no model
 */
export function playTo(
  { image, board, microphone }: BoardImage,
  sound: Sound,
  { secondsAfter = 1, onLine = () => {} }: PlayOptions = {},
): Keyword[] {
  const device = new EmulatedDevice({ chip: board.chip, image: image.bytes, microphone });
  const labels = findModels(image, image.name)[0]?.labels ?? [];
  const lines = new LineReader();
  const keywords: Keyword[] = [];
  device.onUart = (bytes) => {
    lines.push(bytes);
    for (let line = lines.take(); line !== null; line = lines.take()) {
      onLine(line);
      const event = parseEvent(line);
      if (event === null) continue;
      const { label, sample, score } = event;
      keywords.push({
        label: labels[label] ?? `label ${label}`,
        seconds: (sample + 1) / MICROPHONE_RATE,
        score: score / 32768,
      });
    }
  };
  device.play(sound);
  while (!device.silent) device.run(PIECE_MS);
  device.run(1000 * secondsAfter);
  return keywords;
}
