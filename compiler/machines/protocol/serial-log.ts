// SPDX-License-Identifier: Apache-2.0
/** The bytes of a firmware's port as lines for a person, and its events for programs. */

import { MICROPHONE_RATE } from '../../boards/microphone-rate.ts';
import { printable } from '../../core/base/errors.ts';
import { LineReader } from './lines.ts';
import { type EventLine, parseEvent } from './protocol.ts';

/** A keyword detection reported by a board. */
export interface KeywordEvent {
  readonly label: string;
  /** Of the sound since the board began to listen, at 8 kHz. */
  readonly sample: number;
  /** Q15 */
  readonly score: number;
}

const FULL_SCALE = 32768;

export class SerialLog {
  readonly events: KeywordEvent[] = [];
  readonly #lines = new LineReader();
  readonly #labels: readonly string[];
  readonly #show: (line: string) => void;

  /** @param labels names of the model's outputs */
  constructor(labels: readonly string[], show: (line: string) => void) {
    this.#labels = labels;
    this.#show = show;
  }

  push(bytes: Uint8Array): void {
    this.#lines.push(bytes);
    for (let line = this.#lines.take(); line !== null; line = this.#lines.take()) this.#line(line);
  }

  #line(line: string): void {
    const event = parseEvent(line);
    if (event === null) {
      this.#show(printable(line));
      return;
    }
    const detected = named(event, this.#labels);
    this.events.push(detected);
    this.#show(`${printable(line)}    ${describe(detected)}`);
  }
}

/** An event with its label's name. */
export function named({ label, sample, score }: EventLine, labels: readonly string[]): KeywordEvent {
  return { label: labels[label] ?? `label ${label}`, sample, score };
}

/** "seven, 0.83, at 12.35 s" */
export function describe({ label, sample, score }: KeywordEvent): string {
  const seconds = ((sample + 1) / MICROPHONE_RATE).toFixed(2);
  return `${printable(label)}, ${(score / FULL_SCALE).toFixed(2)}, at ${seconds} s`;
}
