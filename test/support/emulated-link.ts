// SPDX-License-Identifier: Apache-2.0
/** A link to an emulated board in this process: time on the board passes while a command is on its way. */

import { Link, type Wire } from '../../compiler/machines/device/link.ts';
import type { EmulatedDevice } from '../../compiler/machines/emulated/emulated-device.ts';

/** Milliseconds that pass after each command, in pieces. */
const TIME = 40;
const PIECE = 10;

/** @param change what the way does to the bytes from the board */
export function emulatedLink(
  device: EmulatedDevice,
  { usb = false, patience = 2000, change = (bytes: Uint8Array) => bytes } = {},
): Link {
  const wire: Wire = {
    path: 'emulated',
    onBytes: () => {},
    write: async (bytes) => {
      send(bytes);
      for (let i = 0; i < TIME; i += PIECE) device.run(PIECE);
    },
    close: async () => {},
  };
  const send = device.connect(usb ? 'usb' : 'uart', (bytes) => wire.onBytes(change(bytes)));
  return new Link(wire, patience);
}
