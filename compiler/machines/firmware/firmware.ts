// SPDX-License-Identifier: Apache-2.0
/** Program -> firmware image of a board, with its sizes and its proven stack use: application and model's region. */

import type { Board, Chip } from '../../boards/boards.ts';
import type { KernelName } from '../../codegen/emit/emit.ts';
import type { Program } from '../../core/program/program.ts';
import { parseElf } from '../image/elf.ts';
import { mergeElf } from '../image/elf-write.ts';
import { REGION_STACK, readRegion } from '../image/region.ts';
import { type Contribution, contributions, imageSize } from '../image/size.ts';
import { pointees } from '../toolchain/code.ts';
import { type StackUse, stackUse } from '../toolchain/stack.ts';
import { buildApplication } from './application.ts';
import { checkedUf2, type FirmwareBytes, type FirmwareFiles, writeFirmware } from './files.ts';
import { applicationRam, arenaBytes, checkFit, tooLarge } from './fit.ts';
import { buildRegion } from './model-region.ts';
import type { FirmwareOptions } from './options.ts';

/** The step of a model that has learnt (firmware/app/model/learn.c): calls that of the model. */
const CORRECTED_STEP = 'corrected_step';

/** A firmware image with its files' bytes, sizes in bytes, and proven stack use. */
export interface Firmware extends FirmwareBytes {
  readonly board: Board;
  readonly kernel: KernelName;
  /** Bytes of flash that are used, of application and model. */
  readonly flash: number;
  readonly applicationFlash: number;
  /** Bytes of RAM without the stack: variables, and what the model takes of the arena. */
  readonly ram: number;
  readonly stack: StackUse;
  /** Flash and RAM by object file. */
  readonly contributions: readonly Contribution[];
  /** Addresses of functions (even) and variables. */
  readonly symbols: ReadonlyMap<string, number>;
  /** Bytes of functions and variables. */
  readonly sizes: ReadonlyMap<string, number>;
  /** The function behind model.step. */
  readonly stepFunction: string;
  /** The written files; null without outDir. */
  readonly files: FirmwareFiles | null;
}

/**
 * Builds; the same program and options give the same bytes on every machine with the same compiler.
 * @throws InputError where the toolchain is missing, the output folder cannot be written or the model does not fit
 */
export async function buildFirmware(program: Program, options: FirmwareOptions): Promise<Firmware> {
  const { board, kernel } = options;
  const { chip } = board;
  const { stackRoom } = chip;
  checkFit(program, kernel, board);
  const region = await buildRegion(program, options);
  const application = await buildApplication(options);
  const applicationElf = parseElf(application.elf, 'application.elf');
  const bytes = mergeElf([applicationElf, region.elf]);
  const elf = parseElf(bytes, 'firmware.elf');
  const { stepFunctions, indirect } = region;
  // Interrupts keep the priority that a reset gives them, all the same; only HardFault and NMI come above.
  const handlers = pointees(elf, 'vectors').filter((name) => !/^(Reset|Fault)_Handler$/.test(name));
  const stack = stackUse(elf, 'Reset_Handler', handlers, {
    above: [['Fault_Handler']],
    indirect: new Map([
      ['egru_step', [...stepFunctions, CORRECTED_STEP]],
      [CORRECTED_STEP, stepFunctions],
      ...indirect,
    ]),
  });
  const variables = imageSize(applicationElf);
  const arena = arenaBytes(program, kernel);
  if (variables.ram + arena + stackRoom > applicationRam(board)) {
    const needed = variables.ram + arena;
    const sum = `${needed} for variables and ${stackRoom} for the stack, ${needed + stackRoom}`;
    throw tooLarge(program, kernel, board, 'RAM', sum);
  }
  if (stack.worst > stackRoom) throw new Error(`the stack needs ${stack.worst} bytes and has ${stackRoom}`);
  // So much is left for the step of any other model that may come through the serial port.
  const step = readRegion(region.bin, chip.modelStart)?.stack ?? 0;
  if (stack.worst - step + REGION_STACK > stackRoom)
    throw new Error(`the application leaves ${stackRoom - stack.worst + step} bytes of stack for a step`);
  const bin = joined(application.bin, region.bin, chip);
  const { flash } = imageSize(elf);
  if (flash !== application.bin.length + region.bin.length)
    throw new Error(`application and model do not have the ${flash} bytes of their sections`);
  const uf2 = board.bootloader === 'uf2';
  const firmware = {
    ...{ board, kernel, elf: bytes, bin, model: region.bin },
    uf2: uf2 ? checkedUf2(bin, chip.applicationStart, chip.uf2Family) : null,
    modelUf2: uf2 ? checkedUf2(region.bin, chip.modelStart, chip.uf2Family) : null,
    map: `${application.map}\n${region.map}`,
    ...{ flash, applicationFlash: application.bin.length, ram: variables.ram + arena, stack },
    contributions: [...contributions(application.map), ...contributions(region.map)],
    symbols: new Map(
      elf.symbols
        .filter(({ kind, name }) => kind !== 'other' || name.startsWith('__'))
        .map(({ name, kind, value }) => [name, kind === 'function' ? value & ~1 : value]),
    ),
    sizes: new Map(elf.symbols.filter(({ kind }) => kind !== 'other').map(({ name, size }) => [name, size])),
    stepFunction: stepFunctions[0] ?? '',
  };
  return {
    ...firmware,
    files: options.outDir === undefined ? null : writeFirmware(firmware, options.outDir),
  };
}

function joined(application: Uint8Array, model: Uint8Array, chip: Chip): Uint8Array {
  const modelAt = chip.modelStart - chip.applicationStart;
  const bin = new Uint8Array(modelAt + model.length).fill(0xff);
  bin.set(application);
  bin.set(model, modelAt);
  return bin;
}

/**
 * Address of a function (even) or variable. A static function may carry the compiler's suffix: NAME.constprop.0
 * @throws Error where the image has none of that name
 */
export function symbolOf({ symbols }: Firmware, name: string): number {
  const exact = symbols.get(name);
  if (exact !== undefined) return exact;
  for (const [symbol, value] of symbols) if (symbol.startsWith(`${name}.`)) return value;
  throw new Error(`the firmware has no symbol ${name}`);
}
