// SPDX-License-Identifier: Apache-2.0
/** egru listen --pc: a model on this computer's microphone, on the reference. */

import { setTimeout as delay } from 'node:timers/promises';
import { printable } from '../../core/base/errors.ts';
import type { SoundProgram } from '../../core/program/program.ts';
import { VAD_OPEN } from '../../core/sim/detector.ts';
import { Stream, type StreamEvent } from '../../core/sim/stream.ts';
import { soundProgram } from '../../machines/batch/stream-input.ts';
import { Intake } from '../../page/session/intake.ts';
import { openModel } from '../shared/input.ts';
import { interruptible } from '../shared/interrupt.ts';
import { count, print, printJson } from '../shared/output.ts';
import { outputWidth } from '../terminal/table.ts';
import { Block, meterLines } from './meter.ts';
import { PcMicrophone, type PcOptions } from './microphone.ts';
import { PC_RATE } from './recorders.ts';

export interface ListenPcOptions extends PcOptions {
  readonly pc: string;
  readonly seconds?: number;
  readonly json?: boolean;
}

/** Milliseconds between two drawings. */
const DRAW_EVERY = 80;
/** The longest delay of a timer, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

export async function listenPc(options: ListenPcOptions): Promise<void> {
  const { pc: path, seconds = Number.POSITIVE_INFINITY, json } = options;
  const program = soundProgram(openModel(path).program, path);
  const microphone = new PcMicrophone(options);
  try {
    const isLive = process.stdout.isTTY === true && process.env.TERM !== 'dumb' && !json;
    if (!json)
      print(`${printable(program.name)} on this computer's microphone, through ${microphone.recorder}`);
    const listener = new Listener(program, isLive ? new Block() : null, json === true);
    microphone.onSamples = (samples) => listener.push(samples);
    await interruptible(async ({ signal }) => {
      const over = new AbortController();
      const either = AbortSignal.any([signal, over.signal]);
      const time = delay(Math.min(LONGEST, 1000 * seconds), undefined, { signal: either }).catch(() => {});
      await microphone.during(time).finally(() => over.abort());
    });
    listener.end();
  } finally {
    microphone.close();
  }
}

class Listener {
  readonly #program: SoundProgram;
  readonly #stream: Stream;
  readonly #intake: Intake;
  readonly #block: Block | null;
  readonly #keep: boolean;
  readonly #events: { readonly label: string; readonly sample: number; readonly score: number }[] = [];
  #keywords = 0;
  #frames = 0;
  #drawn = 0;

  /** @param block null: no bars; @param keep whether the events are printed at the end, as JSON */
  constructor(program: SoundProgram, block: Block | null, keep: boolean) {
    this.#program = program;
    this.#stream = new Stream(program);
    this.#intake = new Intake(PC_RATE, program.frontend.sampleRate);
    this.#block = block;
    this.#keep = keep;
  }

  push(samples: Int16Array): void {
    const events = this.#stream.push(this.#intake.push(samples), () => this.#frames++);
    this.#keywords += events.length;
    const lines = events.map((event) => this.#line(event));
    if (this.#keep) return;
    if (this.#block === null) print(...lines);
    else if (lines.length > 0 || performance.now() - this.#drawn >= DRAW_EVERY) this.#draw(samples, lines);
  }

  #line({ label, sample, score }: StreamEvent): string {
    const name = this.#program.labels[label] ?? '';
    if (this.#keep) this.#events.push({ label: name, sample, score });
    const seconds = ((sample + 1) / this.#program.frontend.sampleRate).toFixed(2);
    return `${printable(name)}, ${(score / 32768).toFixed(2)}, at ${seconds} s`;
  }

  #draw(samples: Int16Array, above: readonly string[]): void {
    this.#drawn = performance.now();
    const energy = samples.reduce((sum, value) => sum + value * value, 0) / Math.max(1, samples.length);
    const { window } = this.#program.detect;
    const state = {
      level: Math.sqrt(energy),
      asleep: this.#stream.vadState !== VAD_OPEN,
      scores: [...this.#stream.detector.sums].map((sum) => sum / window),
    };
    this.#block?.draw(meterLines(this.#program, state, outputWidth()), above);
  }

  end(): void {
    this.#block?.clear();
    if (this.#keep) printJson({ events: this.#events, frames: this.#frames });
    else print(`${count(this.#keywords, 'keyword')}, ${count(this.#frames, 'frame')}`);
  }
}
