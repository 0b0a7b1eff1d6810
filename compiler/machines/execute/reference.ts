// SPDX-License-Identifier: Apache-2.0

import type { Program } from '../../core/program/program.ts';
import { requireDetection } from '../../core/program/program.ts';
import { listen } from '../../core/sim/listen.ts';
import { Simulator } from '../../core/sim/simulator.ts';
import { Stream } from '../../core/sim/stream.ts';
import type { ClipResult, Executor, StreamResult } from './executor.ts';

/** The TypeScript reference simulator, in this process. */
export class ReferenceExecutor implements Executor {
  readonly name = 'reference';
  readonly kernel = null;
  readonly #program: Program;
  readonly #simulator: Simulator;

  constructor(program: Program) {
    this.#program = program;
    this.#simulator = new Simulator(program);
  }

  async run(
    clips: readonly Int16Array[],
    trace: boolean,
    onClip?: (index: number, result: ClipResult) => void,
  ): Promise<ClipResult[]> {
    return clips.map((clip, index) => {
      const result = this.#simulator.run(clip, trace);
      onClip?.(index, result);
      return result;
    });
  }

  async listen(
    recordings: readonly Int16Array[],
    trace: boolean,
    onRecording?: (index: number, result: StreamResult) => void,
  ): Promise<StreamResult[]> {
    const program = requireDetection(this.#program);
    const stream = new Stream(program);
    return recordings.map((samples, index) => {
      const result = listen(stream, program, samples, trace);
      onRecording?.(index, result);
      return result;
    });
  }

  async close(): Promise<void> {}
}
