// SPDX-License-Identifier: Apache-2.0
/**
 * Flashing through the drive of a UF2 bootloader. It restarts the board once it has every block, so that the drive goes
 * away, often before the file is closed; to read back, the board has to enter its bootloader once more.
 */
import { join } from 'node:path';
import type { Board } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import { fileError, readLimited } from '../../host/files/files.ts';
import type { FlashImage } from '../image/image.ts';
import { noFlashUf2, writeUf2 } from '../image/uf2.ts';
import { differenceTo } from './current-uf2.ts';
import { namedDrive, readDrive, type Uf2Drive } from './drives.ts';
import { applicationPort, bootloaderDrive, enterBootloader, otherDrives, waitFor } from './locate.ts';
import type { FlashSystem, Stored } from './system.ts';

export interface Uf2Target {
  /** Of the firmware, to enter the bootloader by; null: not known. */
  readonly port: string | null;
  /** null: the board is not in its bootloader. */
  readonly drive: Uf2Drive | null;
  /** The user named the drive: it is looked for at this place alone. */
  readonly named: boolean;
}

const FILE = 'EGRU.UF2';
/** Time that a bootloader takes from the last block to its reset, with a margin. */
const RESET_TIME = 3000;

/** @throws InputError where the drive is of another board, or several boards are connected */
export function findUf2Target(
  board: Board,
  options: { readonly port?: string; readonly drive?: string },
  system: FlashSystem,
): Uf2Target {
  const named = options.drive !== undefined;
  const drive = options.drive === undefined ? bootloaderDrive(board, system) : namedDrive(options.drive);
  if (drive !== null) checkBoard(board, drive);
  const port = options.port ?? (drive === null ? applicationPort(board, system) : null);
  return { port, drive, named };
}

function checkBoard(board: Board, { path, boardId, model }: Uf2Drive): void {
  if (board.boardIds.includes(boardId)) return;
  const what =
    boardId === '' ? 'a board without a Board-ID' : `${boardId}${model === '' ? '' : ` (${model})`}`;
  throw new InputError(path, `is the drive of ${what}, not of ${board.boardIds.join(' or ')}`, board.title);
}

/**
 * Writes, and with `verify` reads back.
 * @returns null: as it should be; otherwise what differs
 * @throws InputError where there is no board, or its drive takes nothing
 */
export async function flashUf2(
  image: FlashImage,
  board: Board,
  target: Uf2Target,
  system: FlashSystem,
  verify: boolean,
): Promise<string | null> {
  const look = () =>
    target.named && target.drive ? readDrive(target.drive.path) : bootloaderDrive(board, system);
  const drive = target.drive ?? (await enter(board, target.port, system, look));
  checkBoard(board, drive);
  const stored = store(drive, writeUf2(image.bytes, image.address, board.chip.uf2Family), system);
  if (!verify) return null;
  const again = await readAgain(board, target.port, system, drive, look, stored);
  const current = join(again.path, 'CURRENT.UF2');
  const difference = differenceTo(image, readLimited(current, 2 * board.chip.flashBytes));
  leave(again, system, board.chip.uf2Family);
  return difference;
}

async function enter(
  board: Board,
  port: string | null,
  system: FlashSystem,
  look: () => Uf2Drive | null,
): Promise<Uf2Drive> {
  if (port !== null) return enterBootloader(board, port, system, look);
  const others = otherDrives(board, system).map(({ path, boardId }) => `${path} is ${boardId}`);
  const hint =
    others.length === 0 ? 'connect it, or double-press reset and mount its drive' : others.join(', ');
  throw new InputError(board.title, `no such board was found: ${hint}`);
}

/** @returns 'gone': all was written, and the drive was away before it could be confirmed, as a restarting board does */
function store({ path }: Uf2Drive, uf2: Uint8Array, system: FlashSystem): Stored {
  try {
    return system.store(join(path, FILE), uf2);
  } catch (error) {
    throw fileError(path, error, 'while writing to the drive');
  }
}

/** The drive with the flash as it is now: the one that stayed, or the one that the board comes back with. */
async function readAgain(
  board: Board,
  port: string | null,
  system: FlashSystem,
  drive: Uf2Drive,
  look: () => Uf2Drive | null,
  stored: Stored,
): Promise<Uf2Drive> {
  const gone = () => (readDrive(drive.path) === null ? true : null);
  const left =
    stored === 'gone' || (await waitFor(gone, Math.min(RESET_TIME, system.patience), system)) !== null;
  if (!left) return drive;
  const started = await waitFor(
    () => look() ?? port ?? applicationPort(board, system),
    system.patience,
    system,
  );
  if (started !== null && typeof started !== 'string') return started;
  if (started === null) {
    throw new InputError(
      drive.path,
      'written, but not read back: the board did not come back (--no-verify skips this)',
    );
  }
  return enterBootloader(board, started, system, look);
}

/** A file whose only block is not for the flash: the bootloader counts it, has all, and starts the application. */
function leave({ path }: Uf2Drive, system: FlashSystem, family: number): void {
  try {
    system.store(join(path, FILE), noFlashUf2(family));
  } catch {
    // The board stays in its bootloader until reset is pressed; its flash is as it should be.
  }
}
