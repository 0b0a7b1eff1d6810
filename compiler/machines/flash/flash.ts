// SPDX-License-Identifier: Apache-2.0
/**
 * Flashing: first a plan, which looks at what is there and refuses what cannot work, then the work. A plan is for any
 * piece of flash: the whole application, or a part of it that was checked with checkRange.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  applicationIds,
  type Board,
  type Chip,
  type FlashMethod,
  flashMethods,
} from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import { hex } from '../../core/base/hex.ts';
import { checkRange, type FlashImage } from '../image/image.ts';
import { bossacArguments, findBossac, runBossac } from './bossac.ts';
import { applicationPort, bootloaderPort, enterBootloader, identify, isOneOf } from './locate.ts';
import { findOpenocd, openocdArguments, runOpenocd } from './openocd.ts';
import type { FlashSystem } from './system.ts';
import { findUf2Target, flashUf2 } from './uf2-drive.ts';

export interface FlashOptions {
  /** The board's best by default. */
  readonly method?: string;
  readonly port?: string;
  /** Folder of the bootloader's drive. */
  readonly drive?: string;
  /** Whether to read back after UF2; the tools always do. */
  readonly verify?: boolean;
}

export interface FlashPlan {
  readonly board: Board;
  readonly image: FlashImage;
  /** protocol: a model, through the firmware that runs. */
  readonly method: FlashMethod | 'protocol';
  /** The port that is used first: of the firmware, or of the bootloader. */
  readonly port: string | null;
  readonly drive: string | null;
  /** What will happen, in words. */
  readonly steps: readonly string[];
  /**
   * Does it. @param signal by which method protocol stops before the next page; others are for the tools' own handling of Ctrl-C
   * @returns null, or what differs in the flash afterwards; @throws InputError where it cannot be done
   */
  run(signal?: AbortSignal): Promise<string | null>;
}

/** @throws InputError for methods that the board has not, missing tools, several boards, drives of other boards */
export async function planFlash(
  image: FlashImage,
  board: Board,
  options: FlashOptions,
  system: FlashSystem,
): Promise<FlashPlan> {
  checkRange(image, board);
  const method = findMethod(board, options.method);
  if (options.drive !== undefined && method !== 'uf2') {
    throw new InputError(options.drive, `a drive is for UF2 files, not for ${method}`, '--drive');
  }
  switch (method) {
    case 'uf2':
      return planUf2(image, board, options, system);
    case 'bossac':
      return planBossac(image, board, options, system);
    case 'openocd':
      return planOpenocd(image, board, options, system);
  }
}

function findMethod(board: Board, name: string | undefined): FlashMethod {
  if (name === undefined) return board.methods[0] ?? 'openocd';
  const method = flashMethods.find((candidate) => candidate === name);
  if (method === undefined || !board.methods.includes(method)) {
    throw new InputError(
      name,
      `not a method to flash the ${board.title}; it supports ${board.methods.join(', ')}`,
      '--method',
    );
  }
  return method;
}

const NONE = '(none is connected now)';

function enterSteps(port: string | null): string[] {
  return [`send "bootloader" to ${port ?? `the board's port ${NONE}`}, or touch it at 1200 baud`];
}

function planUf2(image: FlashImage, board: Board, options: FlashOptions, system: FlashSystem): FlashPlan {
  const target = findUf2Target(board, options, system);
  const drive = target.drive?.path ?? null;
  const verify = options.verify ?? true;
  const steps = [
    ...(drive === null ? [...enterSteps(target.port), 'wait for the drive of the bootloader'] : []),
    `check that INFO_UF2.TXT contains ${board.boardIds.join(' or ')}`,
    `write ${range(image)} as EGRU.UF2 to ${drive ?? 'the drive'}`,
    ...(verify ? ['enter the bootloader again and compare CURRENT.UF2 over that range'] : []),
    'start the application',
  ];
  const run = () => flashUf2(image, board, target, system, verify);
  return { board, image, method: 'uf2', port: target.port, drive, steps, run };
}

async function planBossac(
  image: FlashImage,
  board: Board,
  options: FlashOptions,
  system: FlashSystem,
): Promise<FlashPlan> {
  const bossac = await findBossac(system, board.chip);
  const known = options.port === undefined ? null : identify(options.port, system);
  const isApplication = known !== null && isOneOf(known, applicationIds(board));
  const ready = isApplication ? null : (options.port ?? bootloaderPort(board, system));
  const firmware = ready === null ? (options.port ?? applicationPort(board, system)) : null;
  const shown = (port: string) => bossacArguments(bossac, board.chip, image, port, 'firmware.bin').join(' ');
  const steps = [
    `bossac ${bossac.version}: ${offsetMeaning(bossac.offset, board.chip)}`,
    ...(ready === null ? [...enterSteps(firmware), 'wait for the port of the bootloader'] : []),
    `write ${range(image)}: bossac ${shown(ready ?? 'PORT')}`,
  ];
  const run = async () => {
    const look = () => bootloaderPort(board, system);
    const port = ready ?? (firmware === null ? null : await enterBootloader(board, firmware, system, look));
    if (port === null) {
      throw new InputError(
        board.title,
        'no such board was found: connect its USB port, or double-press reset',
      );
    }
    return withFile(image, (file) =>
      runBossac(bossacArguments(bossac, board.chip, image, port, file), system),
    );
  };
  return { board, image, method: 'bossac', port: ready ?? firmware, drive: null, steps, run };
}

function offsetMeaning(offset: number | null, { family, applicationStart }: Chip): string {
  const start = hex(applicationStart);
  if (offset === null) return `no --offset, ${family} files go to ${start}`;
  return offset === 0 ? `--offset counts from ${start}` : '--offset is the address';
}

async function planOpenocd(
  image: FlashImage,
  board: Board,
  options: FlashOptions,
  system: FlashSystem,
): Promise<FlashPlan> {
  if (options.port !== undefined) {
    throw new InputError(options.port, 'OpenOCD finds its CMSIS-DAP probe itself', '--port');
  }
  const version = await findOpenocd(system);
  const steps = [
    `OpenOCD ${version}`,
    `write ${range(image)}: openocd ${openocdArguments(board, image, 'firmware.bin').map(quoted).join(' ')}`,
  ];
  const run = () => withFile(image, (file) => runOpenocd(openocdArguments(board, image, file), system));
  return { board, image, method: 'openocd', port: null, drive: null, steps, run };
}

function range({ address, bytes }: FlashImage): string {
  return `${bytes.length} bytes at ${hex(address)}`;
}

function quoted(text: string): string {
  return text.includes(' ') ? `"${text}"` : text;
}

/** A BIN of the image for as long as a tool needs it. */
async function withFile<T>(image: FlashImage, work: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'egru-flash-'));
  try {
    const file = join(folder, 'firmware.bin');
    writeFileSync(file, image.bytes);
    return await work(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
