// SPDX-License-Identifier: Apache-2.0
import type { KernelName } from '../../codegen/emit/emit.ts';
import type { StreamResult } from '../../core/sim/listen.ts';
import type { ClipResult } from '../../core/sim/simulator.ts';

export type { StreamResult } from '../../core/sim/listen.ts';
export type { ClipResult } from '../../core/sim/simulator.ts';

/** The machines that compute a program here. */
export type MachineName = 'reference' | 'host' | 'chip';
/** A board is somewhere else. */
export type ExecutorName = MachineName | 'board';

/**
 * One machine with one program on it. Every machine gets the same clips, already cut (audio/cut.ts), and returns
 * the same integers; verify compares them. Scores and label are the machine's own, not recomputed from its logits.
 */
export interface Executor {
  readonly name: ExecutorName;
  /** How it computes a step; null: by the definition. */
  readonly kernel: KernelName | null;

  /**
   * Runs clips one after the other, each from the initial state.
   * @param clips PCM at the program's rate, or Q15 features step by step for a program without a feature extractor
   * @param trace whether every layer of every step is wanted
   * @param onClip called after each clip, for progress
   * @throws InputError where a tool is missing; Error where the machine misbehaves
   */
  run(
    clips: readonly Int16Array[],
    trace: boolean,
    onClip?: (index: number, result: ClipResult) => void,
  ): Promise<ClipResult[]>;

  /**
   * Runs recordings one after the other, each from the start of a stream; the program must have `detect`.
   * @param recordings whole: PCM at the program's rate, or features; a final partial frame is dropped
   * @param trace whether every integer of every frame is wanted, or the events alone
   */
  listen(
    recordings: readonly Int16Array[],
    trace: boolean,
    onRecording?: (index: number, result: StreamResult) => void,
  ): Promise<StreamResult[]>;

  /** Frees processes and temporary files. The executor cannot be used afterwards. */
  close(): Promise<void>;
}
