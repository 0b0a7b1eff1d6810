// SPDX-License-Identifier: Apache-2.0
/**
 * bossac writes over a bootloader's serial port. What its offset means depends on its version (shumatech/BOSSA, issue
 * 79 and src/bossac.cpp; Arduino's and Adafruit's platform.txt):
 * - to 1.7: there is no --offset; files go behind the bootloader (SAMD21: 0x2000);
 * - 1.8: --offset counts from there on;
 * - from 1.9, and development builds after 1.8: --offset is the address, and its default 0 overwrites the bootloader.
 * The help text distinguishes the last two: older ones erase "minus any bootloader", newer ones "starting at the
 * offset".
 */
import { basename, dirname } from 'node:path';
import type { Chip } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import { hex } from '../../core/base/hex.ts';
import type { FlashImage } from '../image/image.ts';
import type { FlashSystem } from './system.ts';

export interface Bossac {
  /** "1.9.1-17-g89f3556" */
  readonly version: string;
  /** The offset that writes to the application's start; null: this version has none and writes there by itself. */
  readonly offset: number | null;
}

const ADVICE = 'apt-get install bossa-cli';
/** Of the failed writes and verifications. */
const VERIFY_FAILED = /Verify failed/;
const VERIFY_DONE = /Verify successful/;

/** @throws InputError where it is missing, or its offset cannot be known for certain */
export async function findBossac(system: FlashSystem, chip: Chip): Promise<Bossac> {
  const { code, output } = await system.run('bossac', ['--help']);
  if (code === null) throw new InputError('bossac', `not found on the PATH; install it: ${ADVICE}`);
  return readBossac(output, chip);
}

export function readBossac(help: string, { applicationStart }: Pick<Chip, 'applicationStart'>): Bossac {
  const version = /\bBOSSA\) Version v?(\S+)/.exec(help)?.[1] ?? '';
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (major !== '1') {
    const shown = version === '' ? 'reports no version' : `has version ${version}`;
    throw new InputError('bossac', `${shown}; known are 1.7 to 1.9, whose offsets differ: ${ADVICE}`);
  }
  const hasOffset = /--offset\b/.test(help);
  const keepsBootloader = /minus any bootloader/.test(help);
  const startsAtOffset = /starting at the offset/.test(help);
  if (!hasOffset && Number(minor) <= 7) return { version, offset: null };
  if (hasOffset && startsAtOffset && !keepsBootloader && Number(minor) >= 8) {
    return { version, offset: applicationStart };
  }
  if (hasOffset && keepsBootloader && !startsAtOffset && Number(minor) === 8) return { version, offset: 0 };
  throw new InputError(
    'bossac',
    `version ${version} does not document its --offset, and a wrong one overwrites the bootloader: ${ADVICE}`,
  );
}

/** @throws InputError for what is no application: the offset of a part would have to be another one */
export function bossacArguments(
  bossac: Bossac,
  { applicationStart }: Pick<Chip, 'applicationStart'>,
  image: FlashImage,
  port: string,
  file: string,
): string[] {
  if (image.address !== applicationStart) {
    throw new InputError(
      image.name,
      `bossac writes to ${hex(applicationStart)} only, not to ${hex(image.address)}`,
    );
  }
  return [
    // Older ones take names in /dev without the folder.
    `--port=${dirname(port) === '/dev' ? basename(port) : port}`,
    ...(bossac.offset === null ? ['-U', 'true'] : ['-U', `--offset=${hex(bossac.offset)}`]),
    ...['-e', '-w', '-v', file, '-R'],
  ];
}

/** @returns null: written and verified; otherwise what bossac reports about the difference */
export async function runBossac(args: readonly string[], system: FlashSystem): Promise<string | null> {
  const { code, output } = await system.run('bossac', args);
  if (VERIFY_FAILED.test(output)) return `bossac: ${lastLines(output)}`;
  if (code !== 0 || !VERIFY_DONE.test(output)) {
    throw new InputError(
      'bossac',
      `failed: ${lastLines(output)}`,
      code === null ? 'ended' : `exit code ${code}`,
    );
  }
  return null;
}

/** The last line of a tool's output, short enough for one line. */
export function lastLines(output: string): string {
  const lines = output.split(/[\r\n]+/).filter((line) => line.trim() !== '' && !line.startsWith('['));
  return lines.slice(-3).join('; ').slice(-160);
}
