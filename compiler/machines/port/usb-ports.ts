// SPDX-License-Identifier: Apache-2.0
/** Serial ports of USB devices, as Linux shows them: /sys/class/tty/NAME/device leads to an interface of the device. */
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface UsbPort {
  /** "/dev/ttyACM0" */
  readonly path: string;
  readonly vid: number;
  readonly pid: number;
}

/** How far above a terminal's interface its device can be: a few levels, for converters with several ports. */
const LEVELS = 5;

/** @param root folder that stands for "/"; sorted by path, none where there is no sysfs */
export function usbPorts(root = '/'): UsbPort[] {
  const folder = join(root, 'sys/class/tty');
  return names(folder)
    .flatMap((name) => {
      const ids = usbIds(join(folder, name, 'device'));
      return ids === null ? [] : [{ path: join(root, 'dev', name), ...ids }];
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function usbIds(device: string): { vid: number; pid: number } | null {
  let folder: string;
  try {
    folder = realpathSync(device);
  } catch {
    return null; // a terminal without a device, or one that was unplugged this moment
  }
  for (let level = 0; level < LEVELS; level++, folder = dirname(folder)) {
    const vid = hexFile(join(folder, 'idVendor'));
    const pid = hexFile(join(folder, 'idProduct'));
    if (vid !== null && pid !== null) return { vid, pid };
  }
  return null;
}

function hexFile(path: string): number | null {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^[0-9a-f]{4}$/i.test(text) ? Number.parseInt(text, 16) : null;
  } catch {
    return null;
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
