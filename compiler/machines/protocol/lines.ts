// SPDX-License-Identifier: Apache-2.0
/** Lines from the bytes of a port. What comes is not trusted: a line has a length limit, a wait has an end. */

import { latin1 } from '../../core/base/bytes.ts';

export class LineReader {
  readonly #limit: number;
  #line: number[] = [];
  #tooLong = false;
  readonly #ready: string[] = [];
  #wake: (() => void) | null = null;

  /** @param limit characters that a line may have; the rest of a longer one is dropped */
  constructor(limit = 1024) {
    this.#limit = limit;
  }

  /** To be given what a port receives. */
  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === 0x0a) this.#finish();
      else if (this.#line.length < this.#limit) this.#line.push(byte);
      else this.#tooLong = true;
    }
    if (this.#ready.length > 0) this.#wake?.();
  }

  /** The next line that is complete already; null: there is none. */
  take(): string | null {
    return this.#ready.shift() ?? null;
  }

  /** The next line, without its end and as Latin-1; null where none was complete in time. */
  async next(milliseconds: number): Promise<string | null> {
    if (this.#ready.length === 0) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((done) => {
        this.#wake = done;
        timer = setTimeout(done, milliseconds);
      });
      clearTimeout(timer);
      this.#wake = null;
    }
    return this.#ready.shift() ?? null;
  }

  #finish(): void {
    if (this.#line.at(-1) === 0x0d) this.#line.pop();
    const text = latin1(Uint8Array.from(this.#line));
    this.#ready.push(this.#tooLong ? `${text}…` : text);
    this.#line = [];
    this.#tooLong = false;
  }
}
