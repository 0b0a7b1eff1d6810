// SPDX-License-Identifier: Apache-2.0
/** The firmware's serial protocol (docs/PROTOCOL.md) from the host's side: bytes to send, answers to take apart. */
import { joinBytes, latin1Bytes } from '../../core/base/bytes.ts';
import { crc32, hex32 } from '../../core/base/crc32.ts';

/** What a firmware sent is not what the protocol lets it send. */
export class ProtocolError extends Error {}

/** Values that one `feed` may carry. */
export const PAYLOAD_VALUES = 256;

export type OutputMode = 'none' | 'hash' | 'layers' | 'logits' | 'trace' | 'cycles';

/** A command without payload. */
export function command(text: string): Uint8Array {
  return latin1Bytes(`${text}\n`);
}

/** At most PAYLOAD_VALUES samples or features. */
export function feedCommand(values: Int16Array): Uint8Array {
  const payload = new Uint8Array(2 * values.length);
  const view = new DataView(payload.buffer);
  values.forEach((value, i) => {
    view.setInt16(2 * i, value, true);
  });
  const crc = hex32(crc32(payload));
  return joinBytes(command(`feed ${values.length} ${crc}`), payload);
}

/**
 * Brings a chip in any state back to where it waits for a command; its answer ends with `ok sync NUMBER`. The first newline may
 * complete a `feed` whose line end was lost, which then takes all bytes of a payload.
 */
export function resynchronise(number: number): Uint8Array {
  return command(`${'\n'.repeat(1 + 2 * PAYLOAD_VALUES)}sync ${number}`);
}

/** A keyword detection reported by the firmware. */
export interface EventLine {
  readonly label: number;
  readonly sample: number;
  readonly score: number;
}

/** "event LABEL SAMPLE SCORE"; null: another line */
export function parseEvent(line: string): EventLine | null {
  const event = /^event (\d{1,5}) (\d{1,10}) (\d{1,5})$/.exec(line);
  if (event === null) return null;
  const [label = 0, sample = 0, score = 0] = event.slice(1).map(Number);
  return { label, sample, score };
}

export interface Answer {
  /** The last line: "ok ..." or "error ...". */
  readonly line: string;
  /** Binary contents of the records before it, checksums taken off. */
  readonly records: readonly Uint8Array[];
  /** Each with the number of records that came before it in this answer. */
  readonly events: readonly (EventLine & { readonly after: number })[];
}

/** Bytes of a record by the word that announces it. */
export type RecordSizes = Readonly<Record<'trace' | 'logits', number>>;

/** Samples of a block of sound, 4 ms. */
export const BLOCK_SAMPLES = 32;
/** What a line may have: names of models, and a checksum of every layer. */
const MAX_LINE = 4096;
/** Records, and events, of one answer: a value that is fed completes a step at most, and a step sends one of each. */
const MAX_COLLECTED = PAYLOAD_VALUES;
const INT32_MAX = 2 ** 31 - 1;

/** Takes the chip's bytes apart, one at a time. */
export class AnswerReader {
  /** Gets what belongs to no answer: notes after a reset, events between answers, checksums of layers, cycles. */
  onLine: ((line: string) => void) | null = null;
  /** Gets the sound at the microphone while `record` is on: the number of the block, and its samples. */
  onSound: ((block: number, samples: Int16Array) => void) | null = null;
  /**
   * Whether an answer is awaited. What comes while none is belongs to none, and is not kept: a board may talk for days.
   */
  waiting = true;
  #sizes: RecordSizes;
  #line = '';
  #records: Uint8Array[] = [];
  #events: (EventLine & { readonly after: number })[] = [];
  /** The record that is under way, checksum included, and how much of it has come. */
  #record: Uint8Array | null = null;
  #filled = 0;
  #crc = 0;
  /** Number of the block of sound that the record is; null: it is a step's. */
  #block: number | null = null;

  constructor(sizes: RecordSizes) {
    this.#sizes = sizes;
  }

  /** To be called with every `reset` and `stream`: the checksum of the records restarts. */
  restart(sizes: RecordSizes = this.#sizes): void {
    this.#sizes = sizes;
    this.#crc = 0;
  }

  /** @returns the answer that this byte completes, or null. @throws ProtocolError where a record's checksum is wrong */
  push(byte: number): Answer | null {
    if (this.#record !== null) {
      this.#record[this.#filled++] = byte;
      if (this.#filled === this.#record.length) this.#finish(this.#record);
      return null;
    }
    if (byte !== 0x0a) {
      if (this.#line.length === MAX_LINE) {
        this.#line = '';
        throw new ProtocolError(`the firmware sends ${MAX_LINE} bytes without a line end`);
      }
      this.#line += String.fromCharCode(byte);
      return null;
    }
    const line = this.#line;
    this.#line = '';
    const block = /^pcm (\d{1,10})$/.exec(line)?.[1];
    if (line === 'trace' || line === 'logits' || block !== undefined) {
      const bytes = block !== undefined ? 2 * BLOCK_SAMPLES : this.#sizes[line as keyof RecordSizes];
      this.#block = block === undefined ? null : Number(block);
      this.#record = new Uint8Array(bytes + 4);
      this.#filled = 0;
      return null;
    }
    const event = parseEvent(line);
    if (event !== null) {
      this.#keep(this.#events, { ...event, after: this.#records.length });
      this.onLine?.(line);
      return null;
    }
    if (/^(note|layers|cycles) /.test(line)) {
      this.onLine?.(line);
      return null;
    }
    if (!/^(ok|error)\b/.test(line)) throw new ProtocolError(`the firmware answers ${JSON.stringify(line)}`);
    const answer = { line, records: this.#records, events: this.#events };
    this.#records = [];
    this.#events = [];
    return answer;
  }

  #keep<T>(list: T[], item: T): void {
    if (!this.waiting) {
      this.#records = [];
      this.#events = [];
      return;
    }
    if (list.length === MAX_COLLECTED)
      throw new ProtocolError(`the firmware sends over ${MAX_COLLECTED} records or events in one answer`);
    list.push(item);
  }

  #finish(record: Uint8Array): void {
    this.#record = null;
    const content = record.subarray(0, record.length - 4);
    const sent = new DataView(record.buffer).getUint32(content.length, true);
    if (this.#block !== null) {
      // A damaged block is one that is missing: its number shows it.
      if (sent === crc32(content)) this.onSound?.(this.#block, samplesOf(content));
      return;
    }
    this.#crc = crc32(content, this.#crc);
    if (sent !== this.#crc)
      throw new ProtocolError('a record of the firmware arrived damaged, or one was lost');
    this.#keep(this.#records, content);
  }
}

/** Little endian. */
function samplesOf(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i, true));
}

/** "ok steps 3 crc 00000000 label 2 scores 1 2 3" */
export interface Scores {
  readonly steps: number;
  readonly crc: number;
  readonly label: number;
  readonly scores: Int32Array;
}

/** @throws ProtocolError where it is not the answer to `scores` */
export function parseScores(line: string): Scores {
  const match = /^ok steps (\d{1,10}) crc ([0-9a-f]{8}) label (-?\d{1,5}) scores((?: -?\d{1,10})*)$/.exec(
    line,
  );
  const [, steps, crc, label, list = ''] = match ?? [];
  const scores = list.split(' ').slice(1).map(Number);
  if (match === null || scores.some((score) => Math.abs(score) > INT32_MAX))
    throw new ProtocolError(`the firmware answers ${JSON.stringify(line.slice(0, 60))} to "scores"`);
  return {
    steps: Number(steps),
    crc: Number.parseInt(crc ?? '', 16),
    label: Number(label),
    scores: Int32Array.from(scores),
  };
}
