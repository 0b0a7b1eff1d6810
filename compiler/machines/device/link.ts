// SPDX-License-Identifier: Apache-2.0
/**
 * The host's end of the protocol (docs/PROTOCOL.md) over any port, one command at a time. Whoever opens a port finds
 * the firmware in an unknown state: sync() first.
 */
import { crc32, hex32 } from '../../core/base/crc32.ts';
import { InputError } from '../../core/base/errors.ts';
import {
  type Answer,
  AnswerReader,
  command,
  ProtocolError,
  type RecordSizes,
  resynchronise,
} from '../protocol/protocol.ts';

/** What a link needs of a port. */
export interface Wire {
  readonly path: string;
  onBytes: (bytes: Uint8Array) => void;
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds: a step takes 0.3 s at most, a page some milliseconds. */
const PATIENCE = 5000;
const NO_RECORDS: RecordSizes = { trace: 0, logits: 0 };
const PAGE = 64;
/** What is kept of a line while the answer to `sync` is looked for: more than that has. */
const MAX_UNTIL = 64;

export class Link {
  /** Lines that are no answers: events, notes, checksums of layers, cycles. */
  onLine: (line: string) => void = () => {};
  /** Blocks of sound, while `record` is on. */
  onSound: (block: number, samples: Int16Array) => void = () => {};
  /** The port ended without being closed. */
  onLost: (error: InputError) => void = () => {};
  readonly #wire: Wire;
  readonly #patience: number;
  #lost = false;
  #reader = new AnswerReader(NO_RECORDS);
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;
  /** The answer that ends a resynchronisation; everything before it is thrown away. */
  #until: string | null = null;
  #line = '';

  /** @param patience milliseconds within which a board answers; by default more than any command takes */
  constructor(wire: Wire, patience = PATIENCE) {
    this.#wire = wire;
    this.#patience = patience;
    wire.onBytes = (bytes) => {
      for (const byte of bytes) this.#take(byte);
    };
  }

  get path(): string {
    return this.#wire.path;
  }

  /** Brings both ends back to where a command begins. @throws InputError where nothing that knows this answers */
  async sync(): Promise<void> {
    const number = 1 + (process.pid % 60000);
    this.#until = `ok sync ${number}`;
    this.#line = '';
    await this.#exchange(resynchronise(number), 'sync');
  }

  /** Records have these sizes from now on, and their checksum restarts. */
  restart(sizes: RecordSizes): void {
    this.#reader.restart(sizes);
  }

  /** @returns the whole answer. @throws InputError where it is an error, or none comes */
  async ask(text: string): Promise<string> {
    return (await this.exchange(command(text), text)).line;
  }

  async exchange(bytes: Uint8Array, what: string): Promise<Answer> {
    const answer = await this.#exchange(bytes, what);
    if (answer.line.startsWith('error'))
      throw new InputError(this.path, `the board answers "${answer.line}" to "${what}"`);
    return answer;
  }

  /**
   * A new model, page by page; page 0 last.
   * @param onPage for progress
   * @param remedy what gives the board a model where it has none afterwards
   * @throws InputError, also where the signal comes once the old model is gone; before that, what it aborts with
   */
  async update(
    region: Uint8Array,
    onPage: (done: number, total: number) => void = () => {},
    signal?: AbortSignal,
    remedy = 'run the same command again',
  ): Promise<void> {
    signal?.throwIfAborted();
    await this.ask(`update begin ${region.length}`);
    try {
      await this.#pages(region, onPage, signal);
    } catch (error) {
      const problem = signal?.aborted ? 'interrupted' : error instanceof InputError ? error.problem : null;
      if (problem === null) throw error;
      throw new InputError(this.path, `${problem}; the board has no model now; ${remedy}`);
    }
  }

  async #pages(
    region: Uint8Array,
    onPage: (done: number, total: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const total = Math.ceil(region.length / PAGE);
    for (let done = 1; done <= total; done++) {
      signal?.throwIfAborted();
      const page = done % total;
      const bytes = new Uint8Array(PAGE).fill(0xff);
      bytes.set(region.subarray(PAGE * page, PAGE * (page + 1)));
      const crc = hex32(crc32(bytes));
      await this.exchange(
        Buffer.concat([command(`update page ${page} ${crc}`), bytes]),
        `update page ${page}`,
      );
      onPage(done, total);
    }
    await this.ask('update end');
  }

  /** To be called when the port is gone: what waits for an answer is rejected. */
  lose(): void {
    this.#lost = true;
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.reject(this.#gone());
    this.onLost(this.#gone());
  }

  close(): Promise<void> {
    return this.#wire.close();
  }

  #gone(): InputError {
    return new InputError(this.path, 'the board was disconnected');
  }

  #take(byte: number): void {
    if (this.#until !== null) {
      if (byte !== 0x0a) {
        if (this.#line.length > 2 * MAX_UNTIL) this.#line = this.#line.slice(-MAX_UNTIL);
        this.#line += String.fromCharCode(byte);
      } else {
        const found = this.#line.endsWith(this.#until);
        this.#line = '';
        if (found) {
          this.#reader = new AnswerReader(NO_RECORDS);
          this.#reader.onLine = (line) => this.onLine(line);
          this.#reader.onSound = (block, samples) => this.onSound(block, samples);
          this.#until = null;
          this.#finish({ line: 'ok', records: [], events: [] });
        }
      }
      return;
    }
    this.#reader.waiting = this.#waiting !== null;
    try {
      const answer = this.#reader.push(byte);
      if (answer !== null) this.#finish(answer);
    } catch (error) {
      const waiting = this.#waiting;
      this.#waiting = null;
      waiting?.reject(orInputError(this.path, error));
    }
  }

  #finish(answer: Answer): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve(answer);
  }

  async #exchange(bytes: Uint8Array, what: string): Promise<Answer> {
    if (this.#lost) throw this.#gone();
    if (this.#waiting !== null) throw new Error(`"${what}" was sent before the last answer came`);
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    const timer = setTimeout(() => {
      const waiting = this.#waiting;
      this.#waiting = null;
      waiting?.reject(new InputError(this.path, `no answer to "${what}": is this a board with egru on it?`));
    }, this.#patience);
    try {
      // Both at once: a write that fails must not leave the answer behind as an unhandled rejection.
      const [result] = await Promise.all([answer, this.#wire.write(bytes)]);
      return result;
    } finally {
      clearTimeout(timer);
      this.#waiting = null;
    }
  }
}

/** What a board sent against the protocol is no defect of ours. */
function orInputError(path: string, error: unknown): Error {
  if (error instanceof ProtocolError) return new InputError(path, error.message);
  return error instanceof Error ? error : new Error(String(error));
}

/** Runs what takes a board's answers apart. @throws InputError where they are not what they have to be */
export function understood<T>(link: Link, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw orInputError(link.path, error);
  }
}

/** @returns an error that shows what came instead of the answer */
export function unexpected(link: Link, what: string, answer: string): InputError {
  return new InputError(link.path, `"${what}" is answered by ${JSON.stringify(answer.slice(0, 60))}`);
}
