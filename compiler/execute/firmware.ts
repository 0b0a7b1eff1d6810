// SPDX-License-Identifier: Apache-2.0
/** Program -> firmware image of a board, with its sizes and its proven stack use. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { writeFolder } from '../base/files.ts';
import { packagePath } from '../base/paths.ts';
import { emit, type KernelName } from '../emit/emit.ts';
import type { Program } from '../program/program.ts';
import { type BuildFile, buildImage, type Image, RegionOverflow } from '../toolchain/arm.ts';
import { APPLICATION_START, type Board, boardHeader } from '../toolchain/boards.ts';
import { ImageCode } from '../toolchain/code.ts';
import { type Elf, parseElf } from '../toolchain/elf.ts';
import { type Contribution, contributions, imageSize } from '../toolchain/size.ts';
import { type StackUse, stackUse } from '../toolchain/stack.ts';
import { readUf2, SAMD21_FAMILY, UF2_PAYLOAD, writeUf2 } from '../toolchain/uf2.ts';
import { applicationFlash, applicationRam, checkFit, tooLarge } from './fit.ts';

export interface FirmwareOptions {
  readonly board: Board;
  readonly kernel: KernelName;
  /** Where to write firmware.elf, .bin, .uf2 and .map; nothing is written without it. */
  readonly outDir?: string;
  readonly optimize?: '-O2' | '-O3' | '-Os';
  /** Macros for all C files, e.g. EGRU_PORTABLE: no assembly of the runtime. */
  readonly defines?: readonly string[];
}

export interface Firmware {
  readonly board: Board;
  readonly kernel: KernelName;
  readonly elf: Uint8Array;
  /** What is flashed, from APPLICATION_START on. */
  readonly bin: Uint8Array;
  /** null: the board's bootloader takes none. */
  readonly uf2: Uint8Array | null;
  readonly map: string;
  /** Bytes of flash, of the board's application area. */
  readonly flash: number;
  /** Bytes of RAM without the stack. */
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

export interface FirmwareFiles {
  readonly elf: string;
  readonly bin: string;
  readonly uf2: string | null;
  readonly map: string;
}

/**
 * Builds; the same program and options give the same bytes on every machine with the same compiler.
 * @throws InputError where the toolchain is missing, the output folder cannot be written or the model does not fit
 */
export async function buildFirmware(program: Program, options: FirmwareOptions): Promise<Firmware> {
  const { board, kernel } = options;
  checkFit(program, kernel, board);
  const image = await compile(program, options);
  const elf = parseElf(image.elf, 'firmware.elf');
  const stepFunctions = pointees(elf, 'model');
  const [stepFunction] = stepFunctions;
  if (stepFunction === undefined) throw new Error('model.step points to no function');
  const handlers = pointees(elf, 'vectors').filter((name) => name !== 'Reset_Handler');
  const stack = stackUse(elf, 'Reset_Handler', handlers, {
    indirect: new Map([['egru_step', stepFunctions]]),
  });
  const { flash, ram } = imageSize(elf);
  checkRam(program, options, ram, stack.worst);
  if (flash !== image.bin.length)
    throw new Error(`the image has ${image.bin.length} bytes, its sections ${flash}`);
  const uf2 = board.bootloader === 'uf2' ? checkedUf2(image.bin) : null;
  const firmware = {
    ...{ board, kernel, elf: image.elf, bin: image.bin, uf2, map: image.map, flash, ram, stack },
    contributions: contributions(image.map),
    symbols: new Map(
      elf.symbols
        .filter(({ kind, name }) => kind !== 'other' || name.startsWith('__'))
        .map(({ name, kind, value }) => [name, kind === 'function' ? value & ~1 : value]),
    ),
    sizes: new Map(elf.symbols.filter(({ kind }) => kind !== 'other').map(({ name, size }) => [name, size])),
    stepFunction,
  };
  return { ...firmware, files: options.outDir === undefined ? null : write(firmware, options.outDir) };
}

async function compile(program: Program, options: FirmwareOptions): Promise<Image> {
  const { board, kernel } = options;
  const model = emit(program, { kernel, command: `egru build --kernel ${kernel}` });
  const drivers = folder('firmware/samd21');
  const script = `firmware/samd21/${board.chip.linkerScript}`;
  const scripts = drivers.filter(({ path }) => path.endsWith('.ld'));
  try {
    return await buildImage({
      files: [
        ...drivers,
        ...folder('firmware/app'),
        ...folder('runtime-c'),
        ...model.map(({ path, text }) => ({ path: `model/${path}`, text })),
        { path: 'board/board.h', text: boardHeader(board) },
      ],
      includes: ['runtime-c', 'model', 'board', 'firmware/samd21', 'firmware/app'],
      linker: [
        ...scripts.filter(({ path }) => path === script),
        ...scripts.filter(({ path }) => path !== script),
      ],
      optimize: options.optimize ?? '-O2',
      defines: options.defines ?? [],
    });
  } catch (error) {
    if (!(error instanceof RegionOverflow)) throw error;
    const flash = error.region === 'FLASH';
    const needed = (flash ? applicationFlash(board) : applicationRam(board)) + error.excess;
    throw tooLarge(program, kernel, board, flash ? 'flash' : 'RAM', String(needed));
  }
}

/** The sources of a folder of the package, in a fixed order. */
function folder(name: string): BuildFile[] {
  return readdirSync(packagePath(name))
    .filter((file) => ['.c', '.h', '.S', '.ld'].includes(extname(file)))
    .sort()
    .map((file) => ({ path: `${name}/${file}`, text: readFileSync(packagePath(name, file), 'utf8') }));
}

/** Names of the functions that a constant object points to. */
function pointees(elf: Elf, object: string): string[] {
  const symbol = elf.symbols.find(({ name, kind }) => name === object && kind === 'object');
  if (symbol === undefined) throw new Error(`the image has no object ${object}`);
  const code = new ImageCode(elf);
  const names = new Set<string>();
  for (let at = symbol.value; at + 4 <= symbol.value + symbol.size; at += 4) {
    const word = code.read32(at);
    const target = (word & 1) === 1 ? code.at(word - 1) : undefined;
    if (target !== undefined) names.add(target.name);
  }
  return [...names];
}

function checkRam(program: Program, options: FirmwareOptions, ram: number, stack: number): void {
  const { board, kernel } = options;
  if (ram + stack <= applicationRam(board)) return;
  const needed = `${ram} for variables and ${stack} for the stack, ${ram + stack}`;
  throw tooLarge(program, kernel, board, 'RAM', needed);
}

/** Reads back what it wrote: a bootloader shall find the image, bit for bit, and nothing else. */
function checkedUf2(bin: Uint8Array): Uint8Array {
  const uf2 = writeUf2(bin, APPLICATION_START, SAMD21_FAMILY);
  const { family, address, bytes } = readUf2(uf2, 'firmware.uf2');
  const equal =
    Buffer.compare(bytes.subarray(0, bin.length), bin) === 0 &&
    bytes.subarray(bin.length).every((byte) => byte === 0xff) &&
    bytes.length - bin.length < UF2_PAYLOAD;
  if (family !== SAMD21_FAMILY || address !== APPLICATION_START || !equal) {
    throw new Error('the UF2 file does not hold the image');
  }
  return uf2;
}

function write(firmware: Omit<Firmware, 'files'>, outDir: string): FirmwareFiles {
  const { elf, bin, uf2, map } = firmware;
  const parts = [
    { path: 'firmware.elf', data: elf },
    { path: 'firmware.bin', data: bin },
    { path: 'firmware.map', data: map },
    ...(uf2 === null ? [] : [{ path: 'firmware.uf2', data: uf2 }]),
  ];
  const [elfPath = '', binPath = '', mapPath = '', uf2Path] = writeFolder(outDir, parts);
  return { elf: elfPath, bin: binPath, map: mapPath, uf2: uf2Path ?? null };
}
