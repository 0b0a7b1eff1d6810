// SPDX-License-Identifier: Apache-2.0
/**
 * A board behind a serial port as one of the machines that verify compares. Integers stay on the board: it reports a
 * checksum per frame and layer, and where one is not the reference's it is asked for the trace of that frame.
 */

import { type KernelName, kernelNamed } from '../../codegen/kernels/index.ts';
import { InputError, printable } from '../../core/base/errors.ts';
import { programDigest } from '../../core/program/digest.ts';
import { inputsOf, outputsOf, type Program, requireDetection } from '../../core/program/program.ts';
import { streamTraceLayout } from '../../core/program/stream-trace.ts';
import { type TraceLayout, traceLayout } from '../../core/program/trace.ts';
import type { ClipResult, Executor, StreamResult } from '../execute/executor.ts';
import { ReferenceExecutor } from '../execute/reference.ts';
import {
  type EventLine,
  feedCommand,
  PAYLOAD_VALUES,
  parseScores,
  type RecordSizes,
  type Scores,
} from '../protocol/protocol.ts';
import {
  clipRecordSizes,
  stepChecksums,
  streamRecordSizes,
  unpackClip,
  unpackStream,
} from '../protocol/records.ts';
import { identify } from './identity.ts';
import { requireUntaught } from './learning.ts';
import { type Link, understood, unexpected } from './link.ts';

/** What came back for a clip or a recording. */
interface BoardRun {
  readonly steps: number;
  /** By step, counted from 1: the checksums of its layers. */
  readonly checksums: ReadonlyMap<number, string>;
  readonly records: readonly Uint8Array[];
  readonly events: readonly EventLine[];
}

export class BoardExecutor implements Executor {
  readonly name = 'board';
  readonly kernel: KernelName | null;
  readonly #link: Link;
  readonly #program: Program;
  readonly #reference: ReferenceExecutor;
  readonly #closing = new AbortController();
  readonly #signal: AbortSignal;
  /** The run that is under way, to its end: nothing else may be asked before. */
  #running: Promise<unknown> = Promise.resolve();

  private constructor(
    link: Link,
    program: Program,
    kernel: KernelName | null,
    signal: AbortSignal | undefined,
  ) {
    this.#link = link;
    this.#program = program;
    this.#signal = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    this.kernel = kernel;
    this.#reference = new ReferenceExecutor(program);
  }

  /**
   * Brings the board in step; its microphone is off from now on. The link is closed with the executor, or at an error.
   * @param programs with and without detection by default: the board reports which of them it is
   * @param signal ends a run between two pieces of sound; the run then throws what the signal aborts with
   * @throws InputError where no firmware of ours answers, or it holds another program
   */
  static async open(link: Link, programs: readonly Program[], signal?: AbortSignal): Promise<BoardExecutor> {
    let machine: BoardExecutor | null = null;
    try {
      // A board that cannot be compared goes on listening: nothing asks it to stop before it is known.
      machine = await BoardExecutor.#meet(link, programs, signal);
      await link.ask('listen off');
      return machine;
    } catch (error) {
      await (machine ?? link).close();
      throw error;
    }
  }

  static async #meet(
    link: Link,
    programs: readonly Program[],
    signal: AbortSignal | undefined,
  ): Promise<BoardExecutor> {
    await link.sync();
    const { model, defect } = await identify(link);
    if (model === null) throw new InputError(link.path, `the board has no model to compare: ${defect}`);
    const program = programs.find((candidate) => programDigest(candidate) === model.program);
    if (program === undefined) {
      const problem = `the board holds another program (${printable(model.name)}, sha256 ${model.program.slice(0, 12)}…): flash this one first`;
      throw new InputError(link.path, problem);
    }
    await requireUntaught(link);
    return new BoardExecutor(link, program, kernelNamed(model.kernel), signal);
  }

  run(
    clips: readonly Int16Array[],
    trace: boolean,
    onClip?: (index: number, result: ClipResult) => void,
  ): Promise<ClipResult[]> {
    return this.#watched(this.#clips(clips, trace, onClip));
  }

  listen(
    recordings: readonly Int16Array[],
    trace: boolean,
    onRecording?: (index: number, result: StreamResult) => void,
  ): Promise<StreamResult[]> {
    return this.#watched(this.#recordings(recordings, trace, onRecording));
  }

  #watched<T>(running: Promise<T>): Promise<T> {
    this.#running = running;
    return running;
  }

  async #clips(
    clips: readonly Int16Array[],
    trace: boolean,
    onClip?: (index: number, result: ClipResult) => void,
  ): Promise<ClipResult[]> {
    const results: ClipResult[] = [];
    if (this.#program.detect !== undefined) await this.#link.ask('stream off');
    for (const [index, samples] of clips.entries()) {
      const result = await this.#clip(samples, trace);
      results.push(result);
      onClip?.(index, result);
    }
    return results;
  }

  async #recordings(
    recordings: readonly Int16Array[],
    trace: boolean,
    onRecording?: (index: number, result: StreamResult) => void,
  ): Promise<StreamResult[]> {
    const results: StreamResult[] = [];
    await this.#link.ask('stream on');
    for (const [index, samples] of recordings.entries()) {
      const result = await this.#recording(samples, trace);
      results.push(result);
      onRecording?.(index, result);
    }
    return results;
  }

  /** Leaves the board as it is after a reset: listening, where its model can. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running.catch(() => {});
    try {
      // After an error the two ends may be out of step.
      await this.#link.sync();
      await this.#link.ask('output none');
      await this.#link.ask('trace 0');
      await this.#link.ask(this.#program.detect === undefined ? 'reset' : 'listen on');
    } catch (error) {
      // A model that is fed with features does not listen, and a board that is gone cannot be put in order.
      if (!(error instanceof InputError)) throw error;
    } finally {
      await this.#link.close();
    }
  }

  async #clip(samples: Int16Array, trace: boolean): Promise<ClipResult> {
    const [truth] = await this.#reference.run([samples], true);
    if (truth?.trace == null) throw new Error('the reference left out a clip');
    const layout = traceLayout(this.#program);
    const sizes = clipRecordSizes(this.#program);
    const answer = await this.#feed(samples, sizes, 'layers');
    const { label, scores } = this.#scores(await this.#link.ask('scores'), answer.steps);
    const rows = new Int32Array(answer.steps * layout.width);
    rows.set(truth.trace.subarray(0, rows.length));
    const step = this.#firstDifference(answer, rows, layout);
    if (step !== null) {
      const { records } = await this.#feed(samples, sizes, 'none', step + 1);
      const only = this.#only(records, step);
      const { trace: row } = understood(this.#link, () => unpackClip(this.#program, only, true));
      this.#replace(rows, step, row ?? new Int32Array());
    }
    return { steps: answer.steps, label, scores, logits: truth.logits, trace: trace ? rows : null };
  }

  async #recording(samples: Int16Array, trace: boolean): Promise<StreamResult> {
    const program = requireDetection(this.#program);
    const [truth] = await this.#reference.listen([samples], true);
    if (truth?.trace == null) throw new Error('the reference left out a recording');
    const layout = streamTraceLayout(program);
    const sizes = streamRecordSizes(program);
    const answer = await this.#feed(samples, sizes, 'layers');
    const rows = new Int32Array(answer.steps * layout.width);
    rows.set(truth.trace.subarray(0, rows.length));
    // The events are those of the board, whatever its checksums are.
    const fired = answer.events.map((event) => ({ ...event, step: this.#stepOf(event) }));
    for (let step = 0; step < answer.steps; step++) rows.set([-1, 0], (step + 1) * layout.width - 2);
    for (const { step, label, score } of fired) {
      if (step < 0 || step >= answer.steps)
        throw new InputError(this.#link.path, `an event of frame ${step}, where there are ${answer.steps}`);
      if (label >= outputsOf(program))
        throw new InputError(
          this.#link.path,
          `an event of label ${label}, where there are ${outputsOf(program)}`,
        );
      rows.set([label, score], (step + 1) * layout.width - 2);
    }
    const step = this.#firstDifference(answer, rows, layout);
    if (step !== null) {
      const { records } = await this.#feed(samples, sizes, 'none', step + 1);
      const own = fired.filter((event) => event.step === step).map((event) => ({ ...event, step: 0 }));
      const only = this.#only(records, step);
      this.#replace(
        rows,
        step,
        understood(this.#link, () => unpackStream(program, only, own)),
      );
    }
    const events = answer.events.map(({ label, sample, score }) => ({ label, score, sample }));
    return { steps: answer.steps, events, trace: trace ? rows : null };
  }

  /** @throws InputError where they do not belong to the program, or to what was fed */
  #scores(answer: string, fed: number): Scores {
    const link = this.#link;
    const scores = understood(link, () => parseScores(answer));
    const { readout } = this.#program;
    const [least, labels] = readout === null ? [-1, 0] : [0, outputsOf(this.#program)];
    const { label, steps } = scores;
    if (steps !== fed || scores.scores.length !== labels || label < least || label >= labels)
      throw unexpected(link, 'scores', answer);
    return scores;
  }

  /** Samples of a frame, and from one to the next; values of a step where it is fed with features. */
  get #frames(): { readonly frame: number; readonly hop: number } {
    const inputs = inputsOf(this.#program);
    return this.#program.frontend ?? { frame: inputs, hop: inputs };
  }

  /** The frame whose last sample an event names. */
  #stepOf({ sample }: EventLine): number {
    const { frame, hop } = this.#frames;
    return Math.trunc((sample + 1 - frame) / hop);
  }

  /** Feeds it from the start. @param traced the step whose trace is wanted, counted from 1; 0: none */
  async #feed(
    samples: Int16Array,
    sizes: RecordSizes,
    output: 'layers' | 'none',
    traced = 0,
  ): Promise<BoardRun> {
    const link = this.#link;
    await link.ask(`output ${output}`);
    await link.ask(`trace ${traced}`);
    await link.ask('reset');
    link.restart(sizes);
    const checksums = new Map<number, string>();
    const records: Uint8Array[] = [];
    const events: EventLine[] = [];
    let steps = 0;
    const most = Math.floor(samples.length / this.#frames.hop) + 1;
    link.onLine = (line) => {
      const [, step, values] = /^layers (\d{1,9}) (.*)$/.exec(line) ?? [];
      if (values !== undefined && Number(step) <= most) checksums.set(Number(step), values);
    };
    for (let at = 0; at < samples.length; at += PAYLOAD_VALUES) {
      this.#signal.throwIfAborted();
      const piece = samples.subarray(at, at + PAYLOAD_VALUES);
      const answer = await link.exchange(feedCommand(piece), `feed ${piece.length}`);
      records.push(...answer.records);
      events.push(...answer.events);
      steps = Number(/^ok (\d{1,9})$/.exec(answer.line)?.[1]);
      if (!(steps <= Math.floor((at + piece.length) / this.#frames.hop) + 1))
        throw unexpected(link, `feed ${piece.length}`, answer.line);
    }
    link.onLine = () => {};
    return { steps, checksums, records, events };
  }

  /** The first step whose checksums are not those of its row; null: there is none. */
  #firstDifference({ steps, checksums }: BoardRun, rows: Int32Array, layout: TraceLayout): number | null {
    for (let step = 0; step < steps; step++) {
      const row = rows.subarray(step * layout.width, (step + 1) * layout.width);
      if (checksums.get(step + 1) !== stepChecksums(this.#program, layout, row).join(' ')) return step;
    }
    return null;
  }

  #only(records: readonly Uint8Array[], step: number): readonly Uint8Array[] {
    if (records.length === 1) return records;
    const problem = `sent ${records.length} traces of frame ${step}, not one`;
    throw new InputError(this.#link.path, `the board ${problem}`);
  }

  /** @throws InputError where the trace is the reference's after all */
  #replace(rows: Int32Array, step: number, row: Int32Array): void {
    const at = step * row.length;
    if (row.every((value, i) => value === rows[at + i])) {
      const problem = `frame ${step} had another checksum than the reference, and has not when it is computed again`;
      throw new InputError(this.#link.path, `${problem}: board or connection are unreliable`);
    }
    rows.set(row, at);
  }
}
