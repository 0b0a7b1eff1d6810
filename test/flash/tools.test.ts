// SPDX-License-Identifier: Apache-2.0
/** bossac and OpenOCD, version by version: the bootloader's 8 KB stay as they are, whatever the version. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { boards } from '../../compiler/boards/boards.ts';
import { readBossac } from '../../compiler/machines/flash/bossac.ts';
import { planFlash } from '../../compiler/machines/flash/flash.ts';
import { type FlashSystem, realSystem } from '../../compiler/machines/flash/system.ts';
import { readApplication } from '../../compiler/machines/image/image.ts';
import { CHIP } from '../support/chip-facts.ts';
import { FakeBoard, machineWith } from './fake-board.ts';
import { fakeBossac, fakeOpenocd } from './fake-tools.ts';
import { firmware } from './firmware.ts';

const board = boards.arduino_zero;
const image = readApplication(firmware(5000), 'firmware.bin', board);
const BOOTLOADER = 0xb0;
let root: string;
let chip: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'egru-tools-'));
  chip = join(root, 'chip');
  const bytes = Buffer.alloc(256 * 1024, 0xff);
  bytes.fill(BOOTLOADER, 0, 0x2000);
  writeFileSync(chip, bytes);
  writeFileSync(`${chip}.log`, '');
  vi.stubEnv('PATH', root);
  vi.stubEnv('FAKE_FLASH', chip);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

function machine(fakes: readonly FakeBoard[] = []): FlashSystem {
  return machineWith(root, fakes, { run: realSystem().run });
}

function expectFlashed(): void {
  const bytes = readFileSync(chip);
  expect(bytes.subarray(0, 0x2000).every((byte) => byte === BOOTLOADER)).toBe(true);
  expect(Buffer.compare(bytes.subarray(0x2000, 0x2000 + image.bytes.length), image.bytes)).toBe(0);
}

function expectUntouched(): void {
  const bytes = readFileSync(chip);
  expect(bytes.subarray(0, 0x2000).every((byte) => byte === BOOTLOADER)).toBe(true);
  expect(bytes.subarray(0x2000).every((byte) => byte === 0xff)).toBe(true);
}

const lastCall = () => readFileSync(`${chip}.log`, 'utf8').trim().split('\n').at(-1);

describe('bossac', () => {
  it.each([
    ['1.7.0', /^bossac --port=\S+ -U true -e -w -v \S+firmware.bin -R$/],
    ['1.8', /^bossac --port=\S+ -U --offset=0x0 -e -w -v \S+firmware.bin -R$/],
    ['1.8-48-gb176eee', /^bossac --port=\S+ -U --offset=0x2000 -e -w -v \S+firmware.bin -R$/],
    ['1.9.1', /^bossac --port=\S+ -U --offset=0x2000 -e -w -v \S+firmware.bin -R$/],
    ['1.9.1-17-g89f3556', /^bossac --port=\S+ -U --offset=0x2000 -e -w -v \S+firmware.bin -R$/],
  ])('%s writes behind the bootloader', async (version, call) => {
    fakeBossac(root, version);
    const fake = new FakeBoard(board, root);
    fake.become('application');
    const plan = await planFlash(image, board, {}, machine([fake]));
    expect(plan.steps.at(-1)).toContain('write 5000 bytes at 0x2000: bossac --port=');
    expect(fake.log).toEqual([]);
    expect(await plan.run()).toBeNull();
    expectFlashed();
    expect(lastCall()).toMatch(call);
    expect(fake.log).toEqual(['"\\nbootloader\\n"']);
  });

  it('takes a board that is in its bootloader already, and a port that the user names', async () => {
    fakeBossac(root, '1.9.1');
    const fake = new FakeBoard(board, root);
    fake.become('bootloader');
    expect(await (await planFlash(image, board, {}, machine([fake]))).run()).toBeNull();
    expect(await (await planFlash(image, board, { port: '/dev/pts/99' }, machine())).run()).toBeNull();
    expect(lastCall()).toContain('--port=/dev/pts/99 ');
    expect(await (await planFlash(image, board, { port: '/dev/ttyACM7' }, machine())).run()).toBeNull();
    expect(lastCall()).toContain('--port=ttyACM7 ');
    expect(fake.log).toEqual([]);
  });

  it('finds a board with the numbers of another bootloader', async () => {
    fakeBossac(root, '1.9.1');
    const genuino = { ...board.usb, application: { vid: 0x2341, pid: 0x824d } };
    const bootloader = [{ vid: 0x2341, pid: 0x024d }];
    const fake = new FakeBoard({ ...board, usb: { ...genuino, bootloader } }, root);
    fake.become('application');
    const plan = await planFlash(image, board, {}, machine([fake]));
    expect(plan.port).toMatch(/ttyACM0$/);
    expect(await plan.run()).toBeNull();
    expectFlashed();
  });

  it('leads to OpenOCD where an old bootloader comes by no command', async () => {
    fakeBossac(root, '1.9.1');
    const fake = new FakeBoard(board, root, { understands: 'nothing' });
    fake.become('application');
    await expect((await planFlash(image, board, {}, machine([fake]))).run()).rejects.toThrow(
      /^\S+ttyACM0: the bootloader of the Arduino Zero did not appear: double-press reset, or, if its bootloader is too old for that, use its programming port with --method openocd$/,
    );
    expectUntouched();
  });

  it.each<[string, string, string]>([
    ['no version', 'a help without one', 'bossac: reports no version'],
    ['version 2', '(BOSSA) Version 2.0\n--offset\nstarting at the offset', 'has version 2.0'],
    [
      '1.9 that keeps the bootloader',
      '(BOSSA) Version 1.9.1\n--offset\nminus any bootloader',
      'does not document its --offset',
    ],
    [
      '1.9 without an offset',
      '(BOSSA) Version 1.9.1\nminus any bootloader',
      'does not document its --offset',
    ],
    ['1.8 without either', '(BOSSA) Version 1.8\n--offset', 'does not document its --offset'],
    [
      '1.7 with an offset',
      '(BOSSA) Version 1.7.0\n--offset\nminus any bootloader',
      'does not document its --offset',
    ],
  ])('is refused: %s', (_, help, message) => {
    expect(() => readBossac(help, CHIP)).toThrow(message);
  });

  it('writes no part of the flash: the offset would be another one', async () => {
    fakeBossac(root, '1.9.1');
    const part = { ...image, address: 0xe000 };
    await expect(planFlash(part, board, {}, machine())).rejects.toThrow(
      'writes to 0x2000 only, not to 0xe000',
    );
  });

  it('reports its output when it fails, and what differs', async () => {
    fakeBossac(root, '1.9.1');
    const plan = await planFlash(image, board, { port: '/dev/ttyACM7' }, machine());
    vi.stubEnv('FAKE_FAIL', 'port');
    await expect(plan.run()).rejects.toThrow('bossac: failed: No device found on ttyACM7 (exit code 1)');
    expectUntouched();
    vi.stubEnv('FAKE_FAIL', 'verify');
    expect(await plan.run()).toBe('bossac: Verify failed; Page errors: 1; Byte errors: 4');
  });

  it('is missed before anything happens, like the board', async () => {
    await expect(planFlash(image, board, {}, machine())).rejects.toThrow(
      'bossac: not found on the PATH; install it: apt-get install bossa-cli',
    );
    fakeBossac(root, '1.9.1');
    const plan = await planFlash(image, board, {}, machine());
    await expect(plan.run()).rejects.toThrow('Arduino Zero: no such board was found: connect its USB port');
    expectUntouched();
  });
});

describe('OpenOCD', () => {
  const openocd = { method: 'openocd' };

  it('programs behind the bootloader', async () => {
    fakeOpenocd(root, '0.12.0');
    expect(await (await planFlash(image, board, openocd, machine())).run()).toBeNull();
    expectFlashed();
    expect(lastCall()).toMatch(
      /^openocd -f interface\/cmsis-dap.cfg -c set CHIPNAME at91samd21g18 -f target\/at91samdXX.cfg -c program \{\S+\} 0x2000 verify reset exit$/,
    );
  });

  it('reports what differs, and why it fails', async () => {
    fakeOpenocd(root, '0.12.0');
    const plan = await planFlash(image, board, openocd, machine());
    vi.stubEnv('FAKE_FAIL', 'verify');
    expect(await plan.run()).toContain('Verify Failed');
    vi.stubEnv('FAKE_FAIL', 'probe');
    await expect(plan.run()).rejects.toThrow('unable to find a matching CMSIS-DAP device (exit code 1)');
  });

  it('is refused where it is too old or missing', async () => {
    await expect(planFlash(image, board, openocd, machine())).rejects.toThrow(
      'openocd: not found on the PATH',
    );
    fakeOpenocd(root, '0.9.0');
    await expect(planFlash(image, board, openocd, machine())).rejects.toThrow(
      'openocd: version 0.9.0 would erase the bootloader; 0.10 or later is needed',
    );
    expectUntouched();
  });
});
