// SPDX-License-Identifier: Apache-2.0
/**
 * A board behind a serial port as one of the machines that verify compares. Integers stay on the board: it says a checksum
 * per frame and layer, and where one is not the reference's it is asked for the trace of that frame.
 */
import { InputError, printable } from '../base/errors.ts';
import type { KernelName } from '../emit/emit.ts';
import { type ClipResult, type Executor, type StreamResult, streamProgramOf } from '../execute/executor.ts';
import {
  type EventLine,
  feedCommand,
  PAYLOAD_VALUES,
  parseScores,
  type RecordSizes,
} from '../execute/protocol.ts';
import {
  clipRecordSizes,
  stepChecksums,
  streamRecordSizes,
  unpackClip,
  unpackStream,
} from '../execute/records.ts';
import { ReferenceExecutor } from '../execute/reference.ts';
import { programDigest } from '../program/digest.ts';
import { inputsOf, type Program } from '../program/program.ts';
import { streamTraceLayout } from '../program/stream-trace.ts';
import { type TraceLayout, traceLayout } from '../program/trace.ts';
import { identify } from './identity.ts';
import type { Link } from './link.ts';

/** What came back for a clip or a recording. */
interface Heard {
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

  private constructor(link: Link, program: Program, kernel: KernelName | null) {
    this.#link = link;
    this.#program = program;
    this.kernel = kernel;
    this.#reference = new ReferenceExecutor(program);
  }

  /**
   * Brings the board in step; its microphone is off from now on. The link is closed with the executor, or at an error.
   * @param programs with and without detection by default: which of them it is, the board says
   * @throws InputError where no firmware of ours answers, or it holds another program
   */
  static async open(link: Link, programs: readonly Program[]): Promise<BoardExecutor> {
    try {
      return await BoardExecutor.#meet(link, programs);
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  static async #meet(link: Link, programs: readonly Program[]): Promise<BoardExecutor> {
    await link.sync();
    await link.ask('listen off');
    const { model, defect } = await identify(link);
    if (model === null) throw new InputError(link.path, `the board has no model to compare: ${defect}`);
    const program = programs.find((candidate) => programDigest(candidate) === model.program);
    if (program === undefined) {
      const problem = `the board holds another program (${printable(model.name)}, sha256 ${model.program.slice(0, 12)}…): flash this one first`;
      throw new InputError(link.path, problem);
    }
    const kernel = model.kernel === 'packed' || model.kernel === 'unrolled' ? model.kernel : null;
    return new BoardExecutor(link, program, kernel);
  }

  async run(
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

  async listen(
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
    try {
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
    const heard = await this.#feed(samples, sizes, 'layers');
    const { label, scores } = parseScores(await this.#link.ask('scores'));
    const rows = new Int32Array(heard.steps * layout.width);
    rows.set(truth.trace.subarray(0, rows.length));
    const step = this.#firstDifference(heard, rows, layout);
    if (step !== null) {
      const { records } = await this.#feed(samples, sizes, 'none', step + 1);
      const { trace: row } = unpackClip(this.#program, this.#only(records, step), true);
      this.#replace(rows, step, row ?? new Int32Array());
    }
    return { steps: heard.steps, label, scores, logits: truth.logits, trace: trace ? rows : null };
  }

  async #recording(samples: Int16Array, trace: boolean): Promise<StreamResult> {
    const program = streamProgramOf(this.#program);
    const [truth] = await this.#reference.listen([samples], true);
    if (truth?.trace == null) throw new Error('the reference left out a recording');
    const layout = streamTraceLayout(program);
    const sizes = streamRecordSizes(program);
    const heard = await this.#feed(samples, sizes, 'layers');
    const rows = new Int32Array(heard.steps * layout.width);
    rows.set(truth.trace.subarray(0, rows.length));
    // The events are what the board said, whatever its checksums are.
    const fired = heard.events.map((event) => ({ ...event, step: this.#stepOf(event) }));
    for (let step = 0; step < heard.steps; step++) rows.set([-1, 0], (step + 1) * layout.width - 2);
    for (const { step, label, score } of fired) {
      if (step < 0 || step >= heard.steps)
        throw new InputError(this.#link.path, `an event of frame ${step}, where there are ${heard.steps}`);
      rows.set([label, score], (step + 1) * layout.width - 2);
    }
    const step = this.#firstDifference(heard, rows, layout);
    if (step !== null) {
      const { records } = await this.#feed(samples, sizes, 'none', step + 1);
      const own = fired.filter((event) => event.step === step).map((event) => ({ ...event, step: 0 }));
      this.#replace(rows, step, unpackStream(program, this.#only(records, step), own));
    }
    const events = heard.events.map(({ label, sample, score }) => ({ label, score, sample }));
    return { steps: heard.steps, events, trace: trace ? rows : null };
  }

  /** The frame whose last sample an event names. */
  #stepOf({ sample }: EventLine): number {
    const inputs = inputsOf(this.#program);
    const { frame, hop } = this.#program.frontend ?? { frame: inputs, hop: inputs };
    return Math.trunc((sample + 1 - frame) / hop);
  }

  /** Feeds it from the start. @param traced the step whose trace is wanted, counted from 1; 0: none */
  async #feed(
    samples: Int16Array,
    sizes: RecordSizes,
    output: 'layers' | 'none',
    traced = 0,
  ): Promise<Heard> {
    const link = this.#link;
    await link.ask(`output ${output}`);
    await link.ask(`trace ${traced}`);
    await link.ask('reset');
    link.restart(sizes);
    const checksums = new Map<number, string>();
    const records: Uint8Array[] = [];
    const events: EventLine[] = [];
    let steps = 0;
    link.onLine = (line) => {
      const [, step, values] = /^layers (\d{1,9}) (.*)$/.exec(line) ?? [];
      if (values !== undefined) checksums.set(Number(step), values);
    };
    for (let at = 0; at < samples.length; at += PAYLOAD_VALUES) {
      const piece = samples.subarray(at, at + PAYLOAD_VALUES);
      const answer = await link.exchange(feedCommand(piece), `feed ${piece.length}`);
      records.push(...answer.records);
      events.push(...answer.events);
      steps = Number(/^ok (\d{1,9})$/.exec(answer.line)?.[1]);
      if (Number.isNaN(steps)) throw new InputError(link.path, `"feed" is answered by "${answer.line}"`);
    }
    link.onLine = () => {};
    return { steps, checksums, records, events };
  }

  /** The first step whose checksums are not those of its row; null: there is none. */
  #firstDifference({ steps, checksums }: Heard, rows: Int32Array, layout: TraceLayout): number | null {
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
