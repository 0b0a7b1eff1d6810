// SPDX-License-Identifier: Apache-2.0
/**
 * egru in Node: all of egru/core, and what takes files, compilers and the emulated chip. docs/LIBRARY.md shows it at work.
 * What the caller can mend is an InputError of one line; everything else that is thrown is a defect.
 */
import {
  type BoardName,
  defaultBoard,
  findBoard,
  findMicrophone,
  type MicrophoneName,
} from './boards/boards.ts';
import { chooseKernel, openMachine } from './cli/shared/target.ts';
import type { EmittedFile, KernelName } from './codegen/emit/emit.ts';
import { emitProject } from './codegen/emit/project.ts';
import { clipWindow } from './core/library.ts';
import type { Program } from './core/program/program.ts';
import { firmwareProgram } from './core/quant/detect.ts';
import { packageAssets } from './host/files/assets.ts';
import { writeFolder } from './host/files/files.ts';
import type { Executor } from './machines/execute/executor.ts';
import { ReferenceExecutor } from './machines/execute/reference.ts';
import { buildFirmware as build, type Firmware } from './machines/firmware/firmware.ts';
import { type VerifyReport, verify } from './machines/verify/verify.ts';

export type { Board, BoardName, Microphone, MicrophoneName } from './boards/boards.ts';
export { boards } from './boards/boards.ts';
export type { EmittedFile, KernelName } from './codegen/emit/emit.ts';
export type { Sound } from './core/audio/pcm.ts';
export * from './core/index.ts';
export { allWeights } from './core/weights.ts';
export { decodeSound } from './host/audio/sound-file.ts';
export { decodeWav, readWav } from './host/audio/wav.ts';
export { compilerVersion as version, packageAssets } from './host/files/assets.ts';
export { loadModel } from './host/load/load.ts';
export { loadProgram } from './host/load/load-program.ts';
export type { Executor } from './machines/execute/executor.ts';
export type { FirmwareFiles } from './machines/firmware/files.ts';
export type { Firmware } from './machines/firmware/firmware.ts';
export type { FirstDifference, VerifyReport } from './machines/verify/verify.ts';

/** How C is generated. */
export interface EmitOptions {
  /** How a step is computed; by default the fastest kernel that fits an ATSAMD21 beside the firmware. */
  readonly kernel?: KernelName;
  /**
   * What files and names in C begin with: `NAME.h`, `NAME_model`, `NAME_OUTPUTS`; two models of one program need different
   * ones. By default model.h with `model`, MODEL_OUTPUTS and so on.
   */
  readonly prefix?: string;
  /** Licence of the weights for the banner, an SPDX expression: `license` of a loaded model. */
  readonly license?: string | null;
  /** The command that the banner of every file names; no absolute path belongs there. */
  readonly command?: string;
}

/**
 * The C of a program with the runtime that it needs and a Makefile: what `egru compile` writes, without program.json.
 * Nothing is written here: `writeFiles` does.
 * @throws InputError where a label, a name, the prefix or a size cannot be expressed in C
 */
export async function emitC(program: Program, options: EmitOptions = {}): Promise<EmittedFile[]> {
  const kernel = await chooseKernel(program, options.kernel ?? 'auto', defaultBoard);
  const command = options.command ?? `egru, emitC, ${kernel} kernel`;
  const { prefix } = options;
  return emitProject(program, {
    ...{ kernel, command, assets: packageAssets(), license: options.license ?? null },
    ...(prefix === undefined ? {} : { prefix }),
  });
}

/**
 * Writes emitted files: all of them, or none.
 * @param folder created if need be
 * @returns the paths that were written
 * @throws InputError where the folder cannot be written
 */
export function writeFiles(folder: string, files: readonly EmittedFile[]): string[] {
  return writeFolder(
    folder,
    files.map(({ path, text }) => ({ path, data: text })),
  );
}

/** What firmware is built for. */
export interface BuildOptions {
  /** arduino_zero by default. */
  readonly board?: BoardName;
  /** One of the board's; its first by default. */
  readonly microphone?: MicrophoneName;
  /** The fastest that fits the board by default. */
  readonly kernel?: KernelName;
  /** Folder for ELF, BIN, UF2 and map; nothing is written without it. */
  readonly outDir?: string;
}

/**
 * Firmware for a board, with its sizes in bytes and its proven stack use. A program without `detect` gets the default, as
 * with `egru build`: the same bytes come out. Needs arm-none-eabi-gcc.
 * @throws InputError where the toolchain is missing, a name is unknown, the model does not fit, or outDir cannot be written
 */
export async function buildFirmware(stated: Program, options: BuildOptions = {}): Promise<Firmware> {
  const board = options.board === undefined ? defaultBoard : findBoard(options.board);
  const microphone = findMicrophone(board, options.microphone);
  const program = firmwareProgram(stated);
  const kernel = await chooseKernel(program, options.kernel ?? 'auto', board);
  const { outDir } = options;
  return build(program, { board, microphone, kernel, ...(outDir === undefined ? {} : { outDir }) });
}

/** What is compared with the reference. */
export interface VerifyOptions {
  /** host: the generated C, built by the host's compiler; chip: the firmware's image on the emulated chip. Both by default. */
  readonly on?: readonly ('host' | 'chip')[];
  /** The fastest that fits by default. */
  readonly kernel?: KernelName;
}

/**
 * Runs clips on the reference and on other machines, and compares every integer of every layer at every step.
 * @param clips as runClip takes them, with the names that the report uses
 * @returns the number of differences, and where the first one is
 * @throws InputError where a compiler is missing or the model does not fit the chip
 */
export async function verifyClips(
  program: Program,
  clips: readonly { readonly name: string; readonly samples: Int16Array }[],
  { on = ['host', 'chip'], kernel }: VerifyOptions = {},
): Promise<VerifyReport> {
  const named = clips.map(({ name, samples }) => ({ file: name, samples: clipWindow(program, samples) }));
  const machines: Executor[] = [];
  try {
    for (const name of on) machines.push(await openMachine(name, program, kernel ?? 'auto'));
    return await verify(program, named, new ReferenceExecutor(program), machines);
  } finally {
    await Promise.all(machines.map((machine) => machine.close()));
  }
}
