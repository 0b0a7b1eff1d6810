// SPDX-License-Identifier: Apache-2.0
/**
 * OpenOCD with a CMSIS-DAP probe, such as the debugger of the Arduino Zero. From 0.10 on it erases row by row
 * (src/flash/nor/at91samd.c), so that the bootloader in the same lock region of 16 KB stays; earlier ones would erase
 * that whole region. The chip's own protection of the bootloader (BOOTPROT) is never touched.
 */

import type { Board } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import { hex } from '../../core/base/hex.ts';
import type { FlashImage } from '../image/image.ts';
import { lastLines } from './bossac.ts';
import type { FlashSystem } from './system.ts';

const ADVICE = 'apt-get install openocd';

/** Its version. @throws InputError where it is missing or too old */
export async function findOpenocd(system: FlashSystem): Promise<string> {
  const { code, output } = await system.run('openocd', ['--version']);
  if (code === null) throw new InputError('openocd', `not found on the PATH; install it: ${ADVICE}`);
  const [, version = '', major = '', minor = ''] =
    /Open On-Chip Debugger v?((\d+)\.(\d+)\S*)/.exec(output) ?? [];
  if (version === '') throw new InputError('openocd', 'reports no version; 0.10 or later is needed');
  if (Number(major) === 0 && Number(minor) < 10) {
    throw new InputError('openocd', `version ${version} would erase the bootloader; 0.10 or later is needed`);
  }
  return version;
}

/** @param file a BIN; its name must be free of what Tcl would interpret, as temporary files of ours are */
export function openocdArguments(board: Board, image: FlashImage, file: string): string[] {
  if (/[{}\\\s]/.test(file)) throw new Error(`OpenOCD does not accept the name ${file}`);
  return [
    ...['-f', 'interface/cmsis-dap.cfg'],
    // The distribution has one script for the family; the name is what it calls the chip.
    ...['-c', `set CHIPNAME ${board.chip.name.toLowerCase().replace(/a$/, '').replace(/^at/, 'at91')}`],
    ...['-f', 'target/at91samdXX.cfg'],
    ...['-c', `program {${file}} ${hex(image.address)} verify reset exit`],
  ];
}

/** @returns null: written and verified; otherwise what OpenOCD reports about the difference */
export async function runOpenocd(args: readonly string[], system: FlashSystem): Promise<string | null> {
  const { code, output } = await system.run('openocd', args);
  if (/Verify Failed|\*\* Verify Failed|checksum mismatch/i.test(output))
    return `openocd: ${lastLines(output)}`;
  if (code !== 0 || !/Verified OK/.test(output)) {
    throw new InputError(
      'openocd',
      `failed: ${lastLines(output)}`,
      code === null ? 'ended' : `exit code ${code}`,
    );
  }
  return null;
}
