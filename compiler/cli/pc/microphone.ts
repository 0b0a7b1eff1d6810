// SPDX-License-Identifier: Apache-2.0
/** This computer's microphone, through a program that records. */
import { type ChildProcess, spawn } from 'node:child_process';
import { Option } from 'commander';
import { InputError } from '../../core/base/errors.ts';
import { findRecorder, recorders } from './recorders.ts';

/** Of what a program complains about, the end is kept. */
const KEPT = 2000;

export interface PcOptions {
  readonly device?: string;
  readonly recorder?: string;
}

export const deviceOption = () =>
  new Option('--device <name>', 'with --pc: the microphone, as the recorder names it');
export const recorderOption = () =>
  new Option('--recorder <program>', 'with --pc: what records (default: the first that is there)').choices(
    recorders.map(({ program }) => program),
  );

export class PcMicrophone {
  /** Name of the program. */
  readonly recorder: string;
  /** Gets the samples at PC_RATE. */
  onSamples: (samples: Int16Array) => void = () => {};
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #count = 0;
  #closed = false;

  /** @throws InputError where no program records */
  constructor({ device, recorder }: PcOptions) {
    const { program, args } = findRecorder(recorder);
    this.recorder = program;
    this.#child = spawn(program, args(device), { stdio: ['ignore', 'pipe', 'pipe'] });
    let odd = Buffer.alloc(0);
    this.#child.stdout?.on('data', (bytes: Buffer) => {
      const all = Buffer.concat([odd, bytes]);
      const count = all.length >> 1;
      odd = all.subarray(2 * count);
      this.#count += count;
      this.onSamples(Int16Array.from({ length: count }, (_, i) => all.readInt16LE(2 * i)));
    });
    let complaint = '';
    this.#child.stderr?.on('data', (bytes: Buffer) => {
      complaint = (complaint + bytes.toString()).slice(-KEPT);
    });
    this.#ended = new Promise((done, fail) => {
      this.#child.on('error', (error) => fail(new InputError(program, `gives no sound: ${error.message}`)));
      // Behind the last samples.
      this.#child.on('close', (code) => {
        if (this.#closed || (code === 0 && this.#count > 0)) return done();
        fail(
          new InputError(
            program,
            `gives no sound: ${complaint.trim().split('\n').at(-1) || `exit code ${code}`}`,
          ),
        );
      });
    });
    this.#ended.catch(() => {});
  }

  /** Ends with `work`, or with the sound. @throws InputError where the recorder fails */
  during<T>(work: Promise<T>): Promise<T | undefined> {
    return Promise.race([work, this.#ended.then(() => undefined)]);
  }

  close(): void {
    this.#closed = true;
    this.onSamples = () => {};
    this.#child.kill();
  }
}
