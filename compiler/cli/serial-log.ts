// SPDX-License-Identifier: Apache-2.0
/** The bytes of a firmware's port as lines for a person, and its events for programs. */
import { printable } from '../base/errors.ts';
import { LineReader } from '../port/lines.ts';

/** A keyword that a board heard. */
export interface Heard {
  readonly label: string;
  /** Of the sound since the board began to listen, at 8 kHz. */
  readonly sample: number;
  /** Q15 */
  readonly score: number;
}

const SAMPLE_RATE = 8000;
const FULL_SCALE = 32768;

export class SerialLog {
  readonly heard: Heard[] = [];
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
    for (let line = this.#lines.take(); line !== null; line = this.#lines.take()) this.line(line);
  }

  line(line: string): void {
    const event = parseEvent(line, this.#labels);
    if (event !== null) this.heard.push(event);
    this.#show(event === null ? printable(line) : `${printable(line)}    ${describe(event)}`);
  }
}

/** "event LABEL SAMPLE SCORE"; null: another line */
export function parseEvent(line: string, labels: readonly string[]): Heard | null {
  const match = /^event (\d{1,5}) (\d{1,10}) (\d{1,5})$/.exec(line);
  if (match === null) return null;
  const [index = 0, sample = 0, score = 0] = match.slice(1).map(Number);
  return { label: labels[index] ?? `label ${index}`, sample, score };
}

/** "seven, 0.83, at 12.35 s" */
export function describe({ label, sample, score }: Heard): string {
  const seconds = ((sample + 1) / SAMPLE_RATE).toFixed(2);
  return `${printable(label)}, ${(score / FULL_SCALE).toFixed(2)}, at ${seconds} s`;
}
