// SPDX-License-Identifier: Apache-2.0
import type { Program } from '../program/program.ts';
import { Simulator } from '../sim/simulator.ts';
import type { ClipResult, Executor } from './executor.ts';

/** The TypeScript reference simulator, in this process. */
export class ReferenceExecutor implements Executor {
  readonly name = 'reference';
  readonly #simulator: Simulator;

  constructor(program: Program) {
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

  async close(): Promise<void> {}
}
