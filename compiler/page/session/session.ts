// SPDX-License-Identifier: Apache-2.0
/**
 * One model on a sound that comes piece by piece: the reference's stream, with what the views show of every frame. A run
 * is one stream from its start on; its samples are kept, so that it can be computed again with other detection.
 */

import type { DetectProgram } from '../../core/program/detect-program.ts';
import type { SoundProgram } from '../../core/program/program.ts';
import { streamTraceLayout } from '../../core/program/stream-trace.ts';
import { TraceDigest } from '../../core/program/trace-digest.ts';
import { FrameRecorder } from '../../core/sim/listen.ts';
import { Stream, type StreamEvent } from '../../core/sim/stream.ts';
import { Growing } from './growing.ts';
import type { Frames } from './messages.ts';

export interface RunLimits {
  /** Seconds of a run that a change of detection computes again. */
  readonly kept: number;
  /** Seconds after which a run ends and another one begins with what is kept. */
  readonly run: number;
}

const LIMITS: RunLimits = { kept: 30, run: 600 };

export class Session {
  readonly #limits: RunLimits;
  #program: SoundProgram;
  #stream: Stream;
  #recorder: FrameRecorder;
  #digest = new TraceDigest();
  #samples = new Growing();
  #steps = 0;
  #restarted = true;

  constructor(program: SoundProgram, limits: RunLimits = LIMITS) {
    this.#limits = limits;
    this.#program = program;
    this.#stream = new Stream(program);
    this.#recorder = new FrameRecorder(this.#stream, program);
  }

  get program(): SoundProgram {
    return this.#program;
  }

  /** Frames of the run. */
  get steps(): number {
    return this.#steps;
  }

  /** Of everything that the run has computed so far: what `egru run --stream --digest` prints for its samples. */
  get digest(): string {
    return this.#digest.hex();
  }

  /** Samples of the run at the model's rate. A copy. */
  recording(): Int16Array {
    return this.#samples.copy();
  }

  /** Ends the run; the next sound begins another one. */
  restart(): void {
    this.#begin(this.#program);
  }

  /** 16-bit PCM at the model's rate. */
  push(samples: Int16Array): Frames {
    const { sampleRate } = this.#program.frontend;
    if (this.#samples.length + samples.length <= this.#limits.run * sampleRate) return this.#compute(samples);
    const kept = this.#tail();
    this.#begin(this.#program);
    return this.#compute(joined(kept, samples));
  }

  /** Computes the end of the run, or all of it where it is short, again with this detection. */
  change(detect: DetectProgram): Frames {
    const kept = this.#tail();
    this.#begin({ ...this.#program, detect });
    return this.#compute(kept);
  }

  #begin(program: SoundProgram): void {
    this.#program = program;
    this.#stream = new Stream(program);
    this.#recorder = new FrameRecorder(this.#stream, program);
    this.#digest = new TraceDigest();
    this.#samples = new Growing();
    this.#steps = 0;
    this.#restarted = true;
  }

  /** The last samples of the run. */
  #tail(): Int16Array {
    const most = this.#limits.kept * this.#program.frontend.sampleRate;
    return this.#samples.copy(Math.max(0, this.#samples.length - most));
  }

  #compute(samples: Int16Array): Frames {
    const { hop } = this.#program.frontend;
    const { width } = streamTraceLayout(this.#program);
    this.#samples.push(samples);
    const rows: Int32Array[] = [];
    const wave: number[] = [];
    const events = this.#stream.push(samples, (event: StreamEvent | null) => {
      const row = this.#recorder.record(event);
      this.#digest.push(row);
      rows.push(row);
      wave.push(...this.#samples.extremes(this.#steps * hop, hop));
      this.#steps++;
    });
    const all = new Int32Array(rows.length * width);
    for (const [i, row] of rows.entries()) all.set(row, i * width);
    const restart = this.#restarted;
    this.#restarted = false;
    return {
      restart,
      count: rows.length,
      rows: all,
      wave: Int16Array.from(wave),
      events,
      steps: this.#steps,
      samples: this.#samples.length,
    };
  }
}

function joined(a: Int16Array, b: Int16Array): Int16Array {
  const both = new Int16Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
