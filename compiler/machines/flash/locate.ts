// SPDX-License-Identifier: Apache-2.0
/** Which of the things that are plugged in is the board, and bringing it into its bootloader. */

import { applicationIds, type Board, type UsbId } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import { type UsbPort, usbPorts } from '../port/usb-ports.ts';
import { LineReader } from '../protocol/lines.ts';
import { findDrives, type Uf2Drive } from './drives.ts';
import type { FlashSystem } from './system.ts';

const POLL = 250;
/** Until a firmware that knows the command has answered and its USB is gone. */
const COMMAND_TIME = 3000;

/** The port of the board's firmware; null: none is there. @throws InputError where there are several */
export function applicationPort(board: Board, system: FlashSystem): string | null {
  return onlyPort(board, applicationIds(board), system);
}

/** The port of its bootloader. */
export function bootloaderPort(board: Board, system: FlashSystem): string | null {
  return onlyPort(board, board.usb.bootloader, system);
}

/** The drive of its bootloader. */
export function bootloaderDrive(board: Board, system: FlashSystem): Uf2Drive | null {
  const drives = findDrives(system.root).filter(({ boardId }) => board.boardIds.includes(boardId));
  return only(
    board,
    drives,
    drives.map(({ path }) => path),
    '--drive',
  );
}

/** Drives of other boards: a hint where the right one is missing. */
export function otherDrives(board: Board, system: FlashSystem): Uf2Drive[] {
  return findDrives(system.root).filter(({ boardId }) => !board.boardIds.includes(boardId));
}

/** USB numbers of a port; null where sysfs does not know it, as for a pseudo-terminal. */
export function identify(path: string, system: FlashSystem): UsbPort | null {
  return usbPorts(system.root).find((port) => port.path === path) ?? null;
}

export function isOneOf(port: UsbPort, ids: readonly UsbId[]): boolean {
  return ids.some(({ vid, pid }) => vid === port.vid && pid === port.pid);
}

function onlyPort(board: Board, ids: readonly UsbId[], system: FlashSystem): string | null {
  const paths = usbPorts(system.root)
    .filter((port) => isOneOf(port, ids))
    .map(({ path }) => path);
  return only(board, paths, paths, '--port');
}

function only<T>(board: Board, found: readonly T[], names: readonly string[], option: string): T | null {
  if (found.length > 1) {
    throw new InputError(
      board.title,
      `${found.length} are connected: ${names.join(', ')}; choose one`,
      option,
    );
  }
  return found[0] ?? null;
}

/**
 * Makes the firmware at a port start its bootloader: by its command first, then by the 1200-baud touch, which Arduino
 * sketches and CircuitPython understand, too.
 * @param arrived finds what the bootloader shows itself by, or null
 * @throws InputError where nothing appears in time
 */
export async function enterBootloader<T>(
  board: Board,
  port: string,
  system: FlashSystem,
  arrived: () => T | null,
): Promise<T> {
  await sendCommand(port, system);
  const early = await waitFor(arrived, Math.min(COMMAND_TIME, system.patience), system);
  if (early !== null) return early;
  if (identify(port, system) !== null) await system.touch(port);
  const late = await waitFor(arrived, system.patience, system);
  if (late !== null) return late;
  throw new InputError(
    port,
    `the bootloader of the ${board.title} did not appear: double-press reset${otherWay(board)}`,
  );
}

/** What else to do: an old bootloader without the magic word comes by no command, and perhaps by no button. */
function otherWay(board: Board): string {
  if (board.bootloader === 'uf2') return '; if it is there, mount its drive';
  if (board.usb.debugger === undefined) return '';
  return ', or, if its bootloader is too old for that, use its programming port with --method openocd';
}

/** The firmware's command (docs/PROTOCOL.md). A port that is lost meanwhile has understood. */
async function sendCommand(path: string, system: FlashSystem): Promise<void> {
  const port = await system.open(path);
  const lines = new LineReader();
  port.onBytes = (bytes) => lines.push(bytes);
  try {
    // The first line end closes whatever half a line stands there.
    await port.write(Buffer.from('\nbootloader\n'));
    await lines.next(Math.min(POLL, system.patience));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  } finally {
    await port.close();
  }
}

/** Asks again and again; null when the time is over. */
export async function waitFor<T>(
  look: () => T | null,
  milliseconds: number,
  system: FlashSystem,
): Promise<T | null> {
  for (let waited = 0; ; waited += POLL) {
    const found = look();
    if (found !== null || waited >= milliseconds) return found;
    await system.wait(POLL);
  }
}
