// SPDX-License-Identifier: Apache-2.0
/** The firmware image of a board on the emulated ATSAMD21: byte for byte what is flashed. */

import { defaultBoard } from '../../boards/boards.ts';
import type { KernelName } from '../../codegen/emit/emit.ts';
import type { Program } from '../../core/program/program.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import { buildFirmware, type Firmware, symbolOf } from '../firmware/firmware.ts';
import type { FirmwareOptions } from '../firmware/options.ts';
import {
  addStatistics,
  type ChipImage,
  ChipMachine,
  type ChipStatistics,
  noStatistics,
} from './chip-machine.ts';
import { type ChipJob, type ChipOutcome, runJob } from './chip-task.ts';
import type { ClipResult, Executor, StreamResult } from './executor.ts';

/** The board whose firmware runs is the Arduino Zero by default. */
export type ChipOptions = Omit<FirmwareOptions, 'board' | 'outDir'> & Partial<Pick<FirmwareOptions, 'board'>>;

export class ChipExecutor implements Executor {
  readonly name = 'chip';
  readonly firmware: Firmware;
  readonly #image: ChipImage;
  /** For runs that are too short for worker threads; started when it is first needed. */
  #machine: ChipMachine | null = null;
  #statistics = noStatistics();

  private constructor(firmware: Firmware, image: ChipImage) {
    this.firmware = firmware;
    this.#image = image;
  }

  /** Builds the firmware. @throws InputError where the toolchain is missing or the model does not fit the board */
  static async create(program: Program, options: ChipOptions): Promise<ChipExecutor> {
    const firmware = await buildFirmware(program, {
      ...options,
      board: options.board ?? defaultBoard,
    });
    return new ChipExecutor(firmware, chipImage(program, firmware));
  }

  get kernel(): KernelName {
    return this.firmware.kernel;
  }

  /** Cycles and stack over all clips so far. */
  get statistics(): ChipStatistics {
    return this.#statistics;
  }

  /** A chip of its own with the same image, for measurements of any kind. */
  machine(): ChipMachine {
    return new ChipMachine(this.#image);
  }

  async run(
    clips: readonly Int16Array[],
    trace: boolean,
    onClip?: (index: number, result: ClipResult) => void,
  ): Promise<ClipResult[]> {
    const results: ClipResult[] = [];
    const jobs = clips.map((samples): ChipJob => ({ samples, trace, stream: false }));
    await this.#runAll(jobs, (index, { clip }) => {
      if (clip === null) throw new Error('a clip has a result');
      results[index] = clip;
      onClip?.(index, clip);
    });
    return results;
  }

  async listen(
    recordings: readonly Int16Array[],
    trace: boolean,
    onRecording?: (index: number, result: StreamResult) => void,
  ): Promise<StreamResult[]> {
    const results: StreamResult[] = [];
    const jobs = recordings.map((samples): ChipJob => ({ samples, trace, stream: true }));
    await this.#runAll(jobs, (index, { stream }) => {
      if (stream === null) throw new Error('a stream has a result');
      results[index] = stream;
      onRecording?.(index, stream);
    });
    return results;
  }

  async #runAll(
    jobs: readonly ChipJob[],
    finish: (index: number, outcome: ChipOutcome) => void,
  ): Promise<void> {
    const done = (index: number, outcome: ChipOutcome) => {
      this.#statistics = addStatistics(this.#statistics, outcome.statistics);
      finish(index, outcome);
    };
    if (jobs.length >= PARALLEL_FROM || (jobs.length > 1 && jobs.some(({ stream }) => stream))) {
      const task = siblingModule('chip-task', import.meta.url);
      await mapParallel<ChipImage, ChipJob, ChipOutcome>(task, this.#image, jobs, () => {}, done);
      return;
    }
    this.#machine ??= this.machine();
    for (const [index, job] of jobs.entries()) {
      done(index, runJob(this.#machine, job));
      await new Promise(setImmediate); // others may run, and progress may be drawn
    }
  }

  async close(): Promise<void> {
    this.#machine = null;
  }
}

/** From this many clips on, starting worker threads pays. */
const PARALLEL_FROM = 8;

/** What the emulator needs of a firmware: the bytes to flash, and addresses to watch. */
export function chipImage(program: Program, firmware: Firmware): ChipImage {
  const address = (name: string) => symbolOf(firmware, name);
  return {
    program,
    chip: firmware.board.chip,
    bin: firmware.bin,
    address: firmware.board.chip.applicationStart,
    step: address(firmware.stepFunction),
    frontend: program.frontend === null ? null : address('egru_frontend_frame'),
    stackLimit: address('__stack_limit'),
    stackTop: address('__stack_top'),
  };
}
