// SPDX-License-Identifier: Apache-2.0
/**
 * A pseudo-terminal, which other programs open as they would a board's port. The program socat makes it: Node.js
 * cannot, and script (util-linux) takes a ^D among the bytes for its own end.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { InputError } from '../../core/base/errors.ts';
import type { Wire } from './link.ts';

export interface PseudoTerminal extends Wire {
  /** Called when it ended without being closed. */
  onLost: () => void;
}

/** Milliseconds until it is there. */
const PATIENCE = 5000;

/** The side behind the terminal: what is written here is read there. @throws InputError where socat is missing */
export async function openPseudoTerminal(): Promise<PseudoTerminal> {
  // In a group of its own: a Ctrl-C is for the command that uses the terminal, which then ends it in its own time.
  const socat = spawn('socat', ['-d', '-d', 'PTY,rawer', '-'], { detached: true });
  try {
    const path = await pathOf(socat);
    // Held open, so that a program which closes the terminal does not end it.
    const held = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
    return new Terminal(path, socat, held);
  } catch (error) {
    socat.kill('SIGKILL');
    throw error;
  }
}

function pathOf(socat: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((found, fail) => {
    let output = '';
    const timer = setTimeout(() => fail(new InputError('socat', 'made no pseudo-terminal')), PATIENCE);
    const end = (problem: string) => {
      clearTimeout(timer);
      fail(new InputError('--pty', problem));
    };
    socat.once('error', () =>
      end('needs the program socat, which was not found (on Debian: apt-get install socat)'),
    );
    socat.once('exit', () => end('socat ended without a pseudo-terminal'));
    socat.stderr.on('data', (bytes: Buffer) => {
      output += bytes.toString('latin1');
      const path = /PTY is (\/\S+)/.exec(output)?.[1];
      if (path === undefined || !output.includes('starting data transfer')) return;
      clearTimeout(timer);
      socat.removeAllListeners('exit');
      found(path);
    });
  });
}

class Terminal implements PseudoTerminal {
  onLost: () => void = () => {};
  onBytes: (bytes: Uint8Array) => void = () => {};
  readonly #socat: ChildProcessWithoutNullStreams;
  readonly #held: number;
  readonly #kill = () => void this.#socat.kill('SIGKILL');
  #open = true;

  constructor(
    readonly path: string,
    socat: ChildProcessWithoutNullStreams,
    held: number,
  ) {
    this.#socat = socat;
    this.#held = held;
    socat.stdout.on('data', (bytes: Uint8Array) => this.onBytes(bytes));
    socat.stdin.on('error', () => {}); // it has ended
    socat.once('exit', () => {
      if (this.#open) this.onLost();
    });
    process.once('exit', this.#kill);
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((done) => this.#socat.stdin.write(bytes, () => done()));
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#held);
    process.off('exit', this.#kill);
    this.#kill();
  }
}
