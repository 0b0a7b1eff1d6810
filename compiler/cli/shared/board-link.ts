// SPDX-License-Identifier: Apache-2.0
/** The board that a command talks to. */

import { applicationIds, boards } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import { type BoardIdentity, identify } from '../../machines/device/identity.ts';
import { Link } from '../../machines/device/link.ts';
import { isOneOf } from '../../machines/flash/locate.ts';
import { realSystem } from '../../machines/flash/system.ts';
import { openSerialPort } from '../../machines/port/serial-port.ts';
import { usbPorts } from '../../machines/port/usb-ports.ts';

/**
 * @param path undefined: the only board that is connected
 * @throws InputError where there is none, there are several, or the port cannot be opened
 */
export async function openLink(path: string | undefined): Promise<Link> {
  const port = await openSerialPort(path ?? onlyBoard());
  const link = new Link(port);
  port.onLost = () => link.lose();
  return link;
}

/**
 * Work with a board that has answered and named its model; the link is closed at the end, however it comes.
 * @throws InputError where no firmware of ours answers
 */
export async function withBoard<T>(
  path: string | undefined,
  work: (link: Link, identity: BoardIdentity) => Promise<T>,
): Promise<T> {
  const link = await openLink(path);
  try {
    await link.sync();
    return await work(link, await identify(link));
  } finally {
    await link.close();
  }
}

function onlyBoard(): string {
  const known = Object.values(boards).flatMap(applicationIds);
  const found = usbPorts(realSystem().root).filter((port) => isOneOf(port, known));
  const [first] = found;
  if (first === undefined) {
    throw new InputError('--port', 'no board was found: connect its USB port, or name its serial port');
  }
  if (found.length > 1) {
    const names = found.map(({ path }) => path).join(', ');
    throw new InputError('--port', `${found.length} boards are connected: ${names}; choose one`);
  }
  return first.path;
}
