// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { UsbHost } from '../../compiler/emulator/usb-host.ts';
import { boards } from '../../compiler/toolchain/boards.ts';
import { buildUsbImage, UsbImage } from '../support/usb-image.ts';

it('enumerates', async () => {
  const image = new UsbImage(await buildUsbImage(boards.arduino_zero));
  const host = new UsbHost(image.chip);
  const log: string[] = [];
  host.bus.onTransaction = (l) => log.push(`${image.chip.cycles} ${l}`);
  host.bus.plug();
  image.run(1);
  try {
    const found = host.complete(host.enumerate(48000));
    console.log(JSON.stringify(found, null, 1));
  } finally {
    console.log(log.slice(-60).join('\n'));
  }
  expect(1).toBe(1);
});
