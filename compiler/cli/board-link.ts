// SPDX-License-Identifier: Apache-2.0
/** The board that a command talks to. */
import { InputError } from '../base/errors.ts';
import { Link } from '../board/link.ts';
import { isOneOf } from '../flash/locate.ts';
import { realSystem } from '../flash/system.ts';
import { openSerialPort } from '../port/serial-port.ts';
import { usbPorts } from '../port/usb-ports.ts';
import { boards } from '../toolchain/boards.ts';

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
