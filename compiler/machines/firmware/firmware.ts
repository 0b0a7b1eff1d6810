// SPDX-License-Identifier: Apache-2.0
/** Program -> firmware image of a board, with its sizes and its proven stack use: application and model's region. */

import { type Board, boardHeader, type Chip } from '../../boards/boards.ts';
import type { KernelName } from '../../codegen/emit/emit.ts';
import type { Program } from '../../core/program/program.ts';
import { writeFolder } from '../../host/files/files.ts';
import { parseElf } from '../image/elf.ts';
import { mergeElf } from '../image/elf-write.ts';
import { REGION_STACK, readRegion } from '../image/region.ts';
import { type Contribution, contributions, imageSize } from '../image/size.ts';
import { readUf2, UF2_PAYLOAD, writeUf2 } from '../image/uf2.ts';
import { buildImage, type Image, RegionOverflow } from '../toolchain/arm.ts';
import { pointees } from '../toolchain/code.ts';
import { type StackUse, stackUse } from '../toolchain/stack.ts';
import { applicationRam, arenaBytes, checkFit, tooLarge } from './fit.ts';
import { buildRegion } from './model-region.ts';
import type { FirmwareOptions } from './options.ts';
import { folder, headerFolders, linkerScripts } from './sources.ts';

/** A firmware image with its files' bytes, sizes in bytes, and proven stack use. */
export interface Firmware {
  readonly board: Board;
  readonly kernel: KernelName;
  readonly elf: Uint8Array;
  /** What is flashed, from the chip's applicationStart on: the application, 0xff up to modelStart, the model's region. */
  readonly bin: Uint8Array;
  /** The model's region alone. */
  readonly model: Uint8Array;
  /** null: the board's bootloader takes none. */
  readonly uf2: Uint8Array | null;
  readonly modelUf2: Uint8Array | null;
  readonly map: string;
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

/** Paths of the written files; null where the board takes no UF2. */
export interface FirmwareFiles {
  readonly elf: string;
  readonly bin: string;
  readonly uf2: string | null;
  readonly map: string;
  readonly modelBin: string;
  readonly modelUf2: string | null;
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
    indirect: new Map([['egru_step', stepFunctions], ...indirect]),
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
  return { ...firmware, files: options.outDir === undefined ? null : write(firmware, options.outDir) };
}

/** The part that is the same for every model. */
async function buildApplication(options: FirmwareOptions): Promise<Image> {
  const { board } = options;
  const drivers = folder(board.chip.firmwareFolder);
  const app = folder('firmware/app');
  const layout = app.find(({ path }) => path.endsWith('/application.ld'));
  if (layout === undefined) throw new Error('firmware/app has no application.ld');
  const hal = folder('firmware/hal');
  try {
    return await buildImage({
      files: [
        ...drivers.filter(({ path }) => !path.endsWith('.ld')),
        ...hal,
        ...app.filter((file) => file !== layout),
        ...folder('runtime-c'),
        { path: 'board/board.h', text: boardHeader(board, options.microphone) },
      ],
      includes: ['runtime-c', 'board', ...headerFolders([...drivers, ...hal, ...app])],
      linker: linkerScripts(board, layout),
      optimize: options.optimize ?? '-O2',
      defines: options.defines ?? [],
    });
  } catch (error) {
    if (!(error instanceof RegionOverflow)) throw error;
    throw new Error(`the application is ${error.excess} bytes too large for ${error.region}`);
  }
}

function joined(application: Uint8Array, model: Uint8Array, chip: Chip): Uint8Array {
  const modelAt = chip.modelStart - chip.applicationStart;
  const bin = new Uint8Array(modelAt + model.length).fill(0xff);
  bin.set(application);
  bin.set(model, modelAt);
  return bin;
}

/** Reads back what it wrote: a bootloader shall find the image, bit for bit, and nothing else. */
function checkedUf2(bin: Uint8Array, start: number, wanted: number): Uint8Array {
  const uf2 = writeUf2(bin, start, wanted);
  const { family, address, bytes } = readUf2(uf2, 'firmware.uf2');
  const equal =
    Buffer.compare(bytes.subarray(0, bin.length), bin) === 0 &&
    bytes.subarray(bin.length).every((byte) => byte === 0xff) &&
    bytes.length - bin.length < UF2_PAYLOAD;
  if (family !== wanted || address !== start || !equal) {
    throw new Error('the UF2 file does not hold the image');
  }
  return uf2;
}

function write(firmware: Omit<Firmware, 'files'>, outDir: string): FirmwareFiles {
  const { elf, bin, uf2, map, model, modelUf2 } = firmware;
  const parts: { name: keyof FirmwareFiles; path: string; data: Uint8Array | string | null }[] = [
    { name: 'elf', path: 'firmware.elf', data: elf },
    { name: 'bin', path: 'firmware.bin', data: bin },
    { name: 'map', path: 'firmware.map', data: map },
    { name: 'modelBin', path: 'model.bin', data: model },
    { name: 'uf2', path: 'firmware.uf2', data: uf2 },
    { name: 'modelUf2', path: 'model.uf2', data: modelUf2 },
  ];
  const given = parts.flatMap(({ data, ...part }) => (data === null ? [] : [{ ...part, data }]));
  const paths = writeFolder(outDir, given);
  const written = new Map(given.map(({ name }, index) => [name, paths[index] ?? '']));
  const path = (name: keyof FirmwareFiles): string => written.get(name) ?? '';
  return {
    elf: path('elf'),
    bin: path('bin'),
    map: path('map'),
    modelBin: path('modelBin'),
    uf2: written.get('uf2') ?? null,
    modelUf2: written.get('modelUf2') ?? null,
  };
}
