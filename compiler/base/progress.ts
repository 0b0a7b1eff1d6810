// SPDX-License-Identifier: Apache-2.0

/** What progress is written to: stderr, or a stand-in for tests. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Work shorter than this shows nothing. */
const PATIENCE_MS = 1000;
/** Least time between two drawings. */
const INTERVAL_MS = 100;
const BAR = 24;
/** Before so much is done, the time that is left would be a guess: starting up takes a part of it. */
const LEAST_SHARE = 0.05;

/**
 * One line on a terminal's stderr that says how far a long task is: nothing in the first second, nothing at all where
 * stderr is no terminal, and gone at the end. With NO_COLOR set it is drawn without escape sequences.
 */
export class Progress {
  readonly #label: string;
  readonly #terminal: Terminal;
  readonly #colour: boolean;
  readonly #begun: number;
  #drawn = Number.NEGATIVE_INFINITY;
  #width = 0;

  constructor(label: string, terminal: Terminal = process.stderr, env: NodeJS.ProcessEnv = process.env) {
    this.#label = label;
    this.#terminal = terminal;
    this.#colour = (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
    this.#begun = performance.now();
  }

  /** done of total pieces are done; total 0 where it is not known. */
  update(done: number, total: number): void {
    const now = performance.now();
    if (this.#terminal.isTTY !== true || now - this.#begun < PATIENCE_MS || now - this.#drawn < INTERVAL_MS)
      return;
    this.#drawn = now;
    this.#draw(done, total, (now - this.#begun) / 1000);
  }

  /** Removes the line. */
  finish(): void {
    if (this.#width > 0) this.#terminal.write(this.#colour ? '\r\x1b[K' : `\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
  }

  #draw(done: number, total: number, seconds: number): void {
    const share = total > 0 ? Math.min(1, done / total) : 0;
    const filled = Math.round(share * BAR);
    const left = share >= LEAST_SHARE ? ` ${Math.ceil((seconds * (total - done)) / done)} s left` : '';
    const bar = total > 0 ? `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}] ` : '';
    const text = `${this.#label} ${bar}${done}${total > 0 ? `/${total}` : ''}${left}`;
    const line = text.slice(0, (this.#terminal.columns ?? 80) - 1);
    const erase = ' '.repeat(Math.max(0, this.#width - line.length));
    this.#terminal.write(this.#colour ? `\r\x1b[2m${line}\x1b[0m\x1b[K` : `\r${line}${erase}`);
    this.#width = line.length;
  }
}
