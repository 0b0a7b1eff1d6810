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

/** Whether a terminal gets escape sequences: not where NO_COLOR or --no-color is set, or the terminal has none. */
export function takesEscapes(env: NodeJS.ProcessEnv): boolean {
  return (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}

/** A line at the end of a terminal that is redrawn; with NO_COLOR set without escape sequences. */
export class StatusLine {
  readonly #terminal: Terminal;
  readonly #colour: boolean;
  #drawn = Number.NEGATIVE_INFINITY;
  #width = 0;

  constructor(terminal: Terminal = process.stderr, env: NodeJS.ProcessEnv = process.env) {
    this.#terminal = terminal;
    this.#colour = takesEscapes(env);
  }

  /** Whether there is a terminal, and the last drawing is long enough ago. */
  get isDue(): boolean {
    return this.#terminal.isTTY === true && performance.now() - this.#drawn >= INTERVAL_MS;
  }

  /** As much of the text as fits the terminal. */
  draw(text: string): void {
    this.#drawn = performance.now();
    // A terminal that does not know its width reports 0.
    const line = text.slice(0, (this.#terminal.columns || 80) - 1);
    const erase = ' '.repeat(Math.max(0, this.#width - line.length));
    this.#terminal.write(this.#colour ? `\r\x1b[2m${line}\x1b[0m\x1b[K` : `\r${line}${erase}`);
    this.#width = line.length;
  }

  /** Removes the line. */
  clear(): void {
    if (this.#width > 0) this.#terminal.write(this.#colour ? '\r\x1b[K' : `\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
  }
}

/**
 * One line on a terminal's stderr that shows how far a long task is: nothing in the first second, nothing at all where
 * stderr is no terminal, and gone at the end.
 */
export class Progress {
  readonly #label: string;
  readonly #line: StatusLine;
  readonly #begun = performance.now();

  constructor(label: string, terminal: Terminal = process.stderr, env: NodeJS.ProcessEnv = process.env) {
    this.#label = label;
    this.#line = new StatusLine(terminal, env);
  }

  /** done of total pieces are done; total 0 where it is not known. */
  update(done: number, total: number): void {
    const elapsed = performance.now() - this.#begun;
    if (elapsed >= PATIENCE_MS && this.#line.isDue) this.#line.draw(this.#text(done, total, elapsed / 1000));
  }

  /** Removes the line. */
  finish(): void {
    this.#line.clear();
  }

  #text(done: number, total: number, seconds: number): string {
    const share = total > 0 ? Math.min(1, done / total) : 0;
    const left = share >= LEAST_SHARE ? ` ${Math.ceil((seconds * (total - done)) / done)} s left` : '';
    const filled = Math.round(share * BAR);
    const bar = total > 0 ? `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}] ` : '';
    return `${this.#label} ${bar}${done}${total > 0 ? `/${total}` : ''}${left}`;
  }
}

/** Shows the progress of work with so many parts, which calls back with the number of them that are done. */
export async function withProgress<T>(
  title: string,
  total: number,
  work: (onDone: (done: number) => void) => Promise<T>,
): Promise<T> {
  const progress = new Progress(title);
  try {
    return await work((done) => progress.update(done, total));
  } finally {
    progress.finish();
  }
}
