// SPDX-License-Identifier: Apache-2.0
/** A firmware image running on the emulated chip, spoken to over its serial port and watched from outside. */

import type { Chip } from '../../boards/boards.ts';
import { programDigest } from '../../core/program/digest.ts';
import type { Program } from '../../core/program/program.ts';
import { type EmulatedChip, type EmulatorOptions, emulate } from '../emulated/emulators.ts';
import {
  type Answer,
  AnswerReader,
  command,
  type EventLine,
  feedCommand,
  type OutputMode,
  PAYLOAD_VALUES,
  parseScores,
} from '../protocol/protocol.ts';
import {
  clipRecordSizes,
  type FrameEvent,
  streamRecordSizes,
  unpackClip,
  unpackStream,
} from '../protocol/records.ts';
import type { ClipResult, StreamResult } from './executor.ts';
import { addCalls, type CallCount, CallMeters, noCalls } from './meter.ts';

/** An image with what the outside has to know of it. Can be sent to a worker thread. */
export interface ChipImage {
  readonly program: Program;
  readonly chip: Chip;
  /** The bytes that are flashed, and where. */
  readonly bin: Uint8Array;
  readonly address: number;
  /** Address of the function behind model.step. */
  readonly step: number;
  /** Address of the feature extractor; null where the program has none. */
  readonly frontend: number | null;
  /** End of the variables: the stack must not come below. */
  readonly stackLimit: number;
  readonly stackTop: number;
  /** 'bound' by default. */
  readonly flash?: EmulatorOptions['flash'];
}

/** What was measured so far. Cycles are those of zero wait states. */
export interface ChipStatistics {
  readonly step: CallCount;
  readonly frontend: CallCount;
  /** Bytes of stack that were reached. */
  readonly stack: number;
}

export function noStatistics(): ChipStatistics {
  return { step: noCalls(), frontend: noCalls(), stack: 0 };
}

export function addStatistics(a: ChipStatistics, b: ChipStatistics): ChipStatistics {
  return {
    step: addCalls(a.step, b.step),
    frontend: addCalls(a.frontend, b.frontend),
    stack: Math.max(a.stack, b.stack),
  };
}

/** More than any command takes (40 s of the chip's time): a firmware that does not answer within it hangs. */
const PATIENCE = 2_000_000_000;

/** After 3 ms the USB controller notices that no host is there, and interrupts: not in the middle of a measurement. */
const SETTLING = 240_000;

export class ChipMachine {
  readonly chip: EmulatedChip;
  readonly meters: CallMeters;
  /** What the chip reported after its start. */
  readonly greeting: string;
  readonly #image: ChipImage;
  readonly #reader: AnswerReader;
  readonly #step: CallCount;
  readonly #frontend: CallCount;
  #answer: Answer | null = null;
  #output: OutputMode = 'none';
  #streaming = false;

  /** Starts the chip. @throws ChipFault or Error where the firmware misbehaves or computes another program */
  constructor(image: ChipImage) {
    const { program } = image;
    this.#image = image;
    this.chip = emulate(image.chip, {
      segments: [{ address: image.address, bytes: image.bin }],
      vectorTable: image.address,
      stackLimit: image.stackLimit,
      ...(image.flash === undefined ? {} : { flash: image.flash }),
    });
    this.#reader = new AnswerReader(clipRecordSizes(program));
    this.chip.onSerial = (byte) => {
      const answer = this.#reader.push(byte);
      if (answer === null) return;
      if (this.#answer !== null) throw new Error(`the firmware answers twice: ${answer.line}`);
      this.#answer = answer;
      this.chip.stop();
    };
    this.meters = new CallMeters(this.chip);
    this.#step = this.meters.measure(image.step);
    this.#frontend = image.frontend === null ? noCalls() : this.meters.measure(image.frontend);
    this.greeting = this.#wait('start').line;
    this.ask('listen off');
    this.chip.run(SETTLING);
    const info = this.ask('info');
    if (!info.endsWith(` digest ${programDigest(program)}`)) {
      throw new Error(`the firmware holds another program: ${info}`);
    }
  }

  get statistics(): ChipStatistics {
    return {
      step: { ...this.#step },
      frontend: { ...this.#frontend },
      stack: this.#image.stackTop - this.chip.lowestStack,
    };
  }

  /** Restarts the counts of calls; the stack's mark stays. */
  restartStatistics(): void {
    Object.assign(this.#step, noCalls());
    Object.assign(this.#frontend, noCalls());
  }

  /** Sends a command and returns the last line of its answer. @throws Error where that is an error */
  ask(text: string): string {
    return this.#exchange(command(text), text).line;
  }

  /** Runs a clip from the initial state; see Executor.run. */
  runClip(samples: Int16Array, trace: boolean): ClipResult {
    this.#setOutput(trace ? 'trace' : 'logits');
    this.#reset();
    const records: Uint8Array[] = [];
    for (let at = 0; at < samples.length; at += PAYLOAD_VALUES) {
      const piece = samples.subarray(at, at + PAYLOAD_VALUES);
      records.push(...this.#exchange(feedCommand(piece), `feed ${piece.length}`).records);
    }
    const { steps, label, scores } = parseScores(this.ask('scores'));
    if (records.length !== steps)
      throw new Error(`the firmware sent ${records.length} records for ${steps} steps`);
    return { steps, label, scores, ...unpackClip(this.#image.program, records, trace) };
  }

  /** Runs a recording from the start of a stream; see Executor.listen. */
  listen(samples: Int16Array, trace: boolean): StreamResult {
    const { program } = this.#image;
    this.#setOutput(trace ? 'trace' : 'none');
    this.#setStreaming(true);
    this.#reader.restart(streamRecordSizes(program));
    const records: Uint8Array[] = [];
    const events: (EventLine & FrameEvent)[] = [];
    let steps = 0;
    for (let at = 0; at < samples.length; at += PAYLOAD_VALUES) {
      const piece = samples.subarray(at, at + PAYLOAD_VALUES);
      const answer = this.#exchange(feedCommand(piece), `feed ${piece.length}`);
      for (const { after, ...event } of answer.events)
        events.push({ ...event, step: records.length + after - 1 });
      records.push(...answer.records);
      steps = Number(/^ok (\d+)$/.exec(answer.line)?.[1]);
    }
    const plain = events.map(({ label, sample, score }) => ({ label, score, sample }));
    return { steps, events: plain, trace: trace ? unpackStream(program, records, events) : null };
  }

  /**
   * Runs a clip without any report of its steps: fast, for measurements. With `hash`, the result shows by one checksum
   * whether every integer was the same as in another run.
   */
  measureClip(
    samples: Int16Array,
    mode: 'none' | 'hash' = 'none',
  ): { readonly label: number; readonly crc: number } {
    this.#setOutput(mode);
    this.#reset();
    for (let at = 0; at < samples.length; at += PAYLOAD_VALUES) {
      this.#exchange(feedCommand(samples.subarray(at, at + PAYLOAD_VALUES)), 'feed');
    }
    return parseScores(this.ask('scores'));
  }

  #setOutput(mode: OutputMode): void {
    if (this.#output !== mode) this.ask(`output ${mode}`);
    this.#output = mode;
  }

  #setStreaming(on: boolean): void {
    this.ask(`stream ${on ? 'on' : 'off'}`);
    this.#streaming = on;
  }

  #reset(): void {
    if (this.#streaming) this.#setStreaming(false);
    this.ask('reset');
    this.#reader.restart(clipRecordSizes(this.#image.program));
  }

  #exchange(bytes: Uint8Array, what: string): Answer {
    this.chip.sendSerial(bytes);
    const answer = this.#wait(what);
    if (answer.line.startsWith('error'))
      throw new Error(`the firmware answers "${answer.line}" to "${what}"`);
    return answer;
  }

  #wait(what: string): Answer {
    if (this.#answer === null) this.chip.run(PATIENCE);
    const answer = this.#answer;
    this.#answer = null;
    if (answer === null) throw new Error(`the firmware does not answer to "${what}"`);
    return answer;
  }
}
