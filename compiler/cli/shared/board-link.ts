// SPDX-License-Identifier: Apache-2.0
/** The board that a command talks to. */

import { boards } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
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

function onlyBoard(): string {
  const known = Object.values(boards).map(({ usb }) => usb.application);
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
