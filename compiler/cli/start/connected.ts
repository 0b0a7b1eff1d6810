// SPDX-License-Identifier: Apache-2.0
/** Boards that are connected, each with what it is doing. */
import { applicationIds, type Board, boards } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import { hex } from '../../core/base/hex.ts';
import { identify } from '../../machines/device/identity.ts';
import { findDrives } from '../../machines/flash/drives.ts';
import { isOneOf } from '../../machines/flash/locate.ts';
import type { FlashSystem } from '../../machines/flash/system.ts';
import { type UsbPort, usbPorts } from '../../machines/port/usb-ports.ts';
import { openLink } from '../shared/board-link.ts';

export interface Connected {
  /** Its port, or the folder of its drive. */
  readonly at: string;
  /** Names of the boards that it can be; none: another USB device. */
  readonly boards: readonly string[];
  readonly state: 'firmware' | 'bootloader' | 'drive' | 'silent' | 'unusable' | 'unknown';
  /** For a person: the model, the reason. */
  readonly detail: string;
}

/** Asks every port of a known board; others are named and left alone. */
export async function connectedBoards(system: FlashSystem): Promise<Connected[]> {
  const found: Connected[] = [];
  for (const port of usbPorts(system.root)) found.push(await portState(port));
  for (const { path, boardId } of findDrives(system.root)) {
    const names = named(({ boardIds }) => boardIds.includes(boardId));
    const detail = names.length > 0 ? 'ready to flash' : `a UF2 drive of ${boardId || 'another board'}`;
    found.push({ at: path, boards: names, state: names.length > 0 ? 'drive' : 'unknown', detail });
  }
  return found;
}

async function portState(port: UsbPort): Promise<Connected> {
  const { path: at } = port;
  const running = named((board) => isOneOf(port, applicationIds(board)));
  if (running.length > 0) return { at, boards: running, ...(await firmwareState(at)) };
  const waiting = named(({ usb }) => isOneOf(port, usb.bootloader));
  if (waiting.length > 0) return { at, boards: waiting, state: 'bootloader', detail: 'ready to flash' };
  const id = [port.vid, port.pid].map((n) => hex(n, 4).slice(2)).join(':');
  return { at, boards: [], state: 'unknown', detail: `USB device ${id}, not one of these boards` };
}

async function firmwareState(path: string): Promise<Pick<Connected, 'state' | 'detail'>> {
  let link: Awaited<ReturnType<typeof openLink>>;
  try {
    link = await openLink(path);
  } catch (error) {
    return { state: 'unusable', detail: reason(error, path) };
  }
  try {
    await link.sync();
    const { model, microphone, defect } = await identify(link);
    const detail = model === null ? `no model: ${defect}` : `${model.name}, ${model.kernel} kernel`;
    return { state: 'firmware', detail: `${detail}, ${microphone} microphone` };
  } catch (error) {
    return { state: 'silent', detail: `no firmware of egru answers (${reason(error, path)})` };
  } finally {
    await link.close();
  }
}

function reason(error: unknown, path: string): string {
  if (!(error instanceof InputError)) throw error;
  return error.message.replace(`${path}: `, '');
}

function named(is: (board: Board) => boolean): string[] {
  return Object.values(boards)
    .filter(is)
    .map(({ name }) => name);
}
