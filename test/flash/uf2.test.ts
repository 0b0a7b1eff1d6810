// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boards } from '../../compiler/boards/boards.ts';
import { findDrives } from '../../compiler/machines/flash/drives.ts';
import { planFlash } from '../../compiler/machines/flash/flash.ts';
import { realSystem } from '../../compiler/machines/flash/system.ts';
import { type FlashImage, readApplication } from '../../compiler/machines/image/image.ts';
import { FakeBoard, type Habits, machineWith } from './fake-board.ts';
import { firmware } from './firmware.ts';

const board = boards.feather_m0;
const image = readApplication(firmware(5000), 'firmware.bin', board);
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'egru-flash-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function connect(
  habits: Habits,
  state: 'application' | 'bootloader',
  ...where: [string?, string?]
): FakeBoard {
  const fake = new FakeBoard(board, root, habits, ...where);
  fake.become(state);
  return fake;
}

async function flash(
  fakes: readonly FakeBoard[],
  options = {},
  what: FlashImage = image,
): Promise<string | null> {
  return (await planFlash(what, board, options, machineWith(root, fakes))).run();
}

/** The range that was written, and nothing else. */
function expectFlashed(fake: FakeBoard, { address, bytes }: FlashImage): void {
  const end = address + Math.ceil(bytes.length / 256) * 256;
  expect(Buffer.compare(fake.flash.subarray(address, address + bytes.length), bytes)).toBe(0);
  for (const [from, to] of [
    [0, address],
    [address + bytes.length, end],
    [end, fake.flash.length],
  ] as const) {
    expect(fake.flash.subarray(from, to).every((byte) => byte === 0xff)).toBe(true);
  }
}

describe('through the drive of a UF2 bootloader', () => {
  it('asks the firmware to start it, writes, reads back and starts the application', async () => {
    const fake = connect({}, 'application');
    expect(await flash([fake])).toBeNull();
    expectFlashed(fake, image);
    expect(fake.log).toEqual([
      ...['"\\nbootloader\\n"', 'store EGRU.UF2 10240'],
      ...['"\\nbootloader\\n"', 'store EGRU.UF2 512'],
    ]);
    for (let i = 0; i < 5; i++) fake.tick();
    expect(fake.state).toBe('application');
  });

  it.each<[string, Habits, 'application' | 'bootloader']>([
    ['a board that is in its bootloader', {}, 'bootloader'],
    ['a firmware that knows only the touch', { understands: 'touch' }, 'application'],
    ['a drive that is gone before it is flushed', { goneBeforeFlush: true }, 'bootloader'],
    ['a bootloader that stays', { stays: true }, 'bootloader'],
    ['a board that takes its time', { startTicks: 9 }, 'application'],
  ])('works with %s', async (_, habits, state) => {
    const fake = connect(habits, state);
    expect(await flash([fake])).toBeNull();
    expectFlashed(fake, image);
    if (habits.understands === 'touch') expect(fake.log).toContain('touch');
  });

  it('finds a drive by /proc/mounts, with blanks in its name', async () => {
    const place = join(root, 'mnt/my drive');
    mkdirSync(place, { recursive: true });
    writeFileSync(
      join(place, 'INFO_UF2.TXT'),
      'UF2 Bootloader\nModel: Feather M0\nBoard-ID: SAMD21G18A-Feather-v0',
    );
    mkdirSync(join(root, 'proc'));
    const mounts = ['/dev/sda1 / ext4 rw 0 0', '/dev/sdb /mnt/my\\040drive vfat rw 0 0', 'broken'];
    writeFileSync(join(root, 'proc/mounts'), mounts.join('\n'));
    expect(findDrives(root)).toEqual([
      { path: place, boardId: 'SAMD21G18A-Feather-v0', model: 'Feather M0' },
    ]);
  });

  it('writes a part of the flash elsewhere, and nothing else', async () => {
    const fake = connect({}, 'bootloader');
    const part = { name: 'model', address: 0xe000, bytes: firmware(700) };
    expect(await flash([fake], {}, part)).toBeNull();
    expectFlashed(fake, part);
  });
});

describe('what goes wrong', () => {
  it('reports which byte differs when flash cells do not take what is written', async () => {
    const fake = connect({ corrupt: 0x2300 }, 'application');
    expect(await flash([fake])).toMatch(/^byte 0x2300 is 0x55, should be 0x[0-9a-f]+$/);
  });

  it('also in the last byte, and in the erased rest of the last row', async () => {
    const last = 0x2000 + image.bytes.length - 1;
    expect(await flash([connect({ corrupt: last }, 'application')])).toContain(
      `byte 0x${last.toString(16)} is`,
    );
    expect(await flash([connect({ corrupt: last + 1 }, 'application')])).toContain('is 0x55, should be 0xff');
    expect(await flash([connect({ corrupt: 0x2000 + 5120 }, 'application')])).toBeNull(); // not ours
  });

  it.each<[string, Habits, 'application' | 'bootloader', RegExp]>([
    [
      'a board that does not come back',
      { lost: true },
      'bootloader',
      /BOOT: written, but not read back: the board did not come back \(--no-verify skips this\)$/,
    ],
    [
      'a read-only drive',
      { error: 'EROFS' },
      'bootloader',
      /BOOT: the file system is read-only \(while writing/,
    ],
    [
      'a full drive',
      { error: 'ENOSPC' },
      'bootloader',
      /BOOT: the disk is full \(while writing to the drive\)$/,
    ],
    ['a drive that is pulled', { error: 'EIO' }, 'bootloader', /BOOT: cannot be used: EIO \(while writing/],
    [
      'a firmware that understands nothing',
      { understands: 'nothing' },
      'application',
      /ttyACM0: the bootloader of the Adafruit Feather M0 did not appear: double-press reset; if it is there, mount its drive$/,
    ],
    [
      'a drive of another board',
      { boardId: 'SAMD21E18A-Trinket-v0' },
      'bootloader',
      /^Adafruit Feather M0: no such board was found: .*BOOT is SAMD21E18A-Trinket-v0$/,
    ],
  ])('%s', async (_, habits, state, message) => {
    await expect(flash([connect(habits, state)])).rejects.toThrow(message);
  });

  it('a named drive of another board, or none at all', async () => {
    const fake = connect({ boardId: 'SAMD21E18A-Trinket-v0' }, 'bootloader');
    await expect(flash([fake], { drive: fake.drive })).rejects.toThrow(
      /BOOT: is the drive of SAMD21E18A-Trinket-v0 \(Adafruit Feather M0\), not of SAMD21G18A-Feather-v0 \(Adafruit Feather M0\)$/,
    );
    await expect(flash([fake], { drive: root })).rejects.toThrow('is not a drive of a UF2 bootloader');
    expect(fake.log).toEqual([]);
  });

  it('no board, or two', async () => {
    await expect(flash([])).rejects.toThrow('Adafruit Feather M0: no such board was found: connect it');
    const two = [connect({}, 'application'), connect({}, 'application', 'ttyACM1', 'B2')];
    await expect(flash(two)).rejects.toThrow(
      /^Adafruit Feather M0: 2 are connected: .*ttyACM0, .*ttyACM1; choose one \(--port\)$/,
    );
    const drives = [connect({}, 'bootloader', 'ttyACM2', 'A'), connect({}, 'bootloader', 'ttyACM3', 'B')];
    await expect(flash(drives)).rejects.toThrow(
      /2 are connected: .*media\/user\/A, .*media\/user\/B; .*--drive/,
    );
  });

  it('one of two boards can be chosen', async () => {
    const [first, second] = [connect({}, 'application'), connect({}, 'application', 'ttyACM1', 'B2')];
    expect(await flash([first, second], { port: join(root, 'dev/ttyACM1') })).toBeNull();
    expectFlashed(second, image);
    expect(first.log).toEqual([]);
  });

  it('methods that a board has not', async () => {
    await expect(flash([], { method: 'floppy' })).rejects.toThrow(
      'floppy: not a method to flash the Adafruit Feather M0; it supports uf2, bossac, openocd (--method)',
    );
    const zero = planFlash(image, boards.arduino_zero, { method: 'uf2' }, machineWith(root, []));
    await expect(zero).rejects.toThrow(
      'uf2: not a method to flash the Arduino Zero; it supports bossac, openocd (--method)',
    );
  });

  it('no bytes below the application, nor behind the flash', async () => {
    const below = { ...image, address: 0x1f00 };
    await expect(flash([], {}, below)).rejects.toThrow('starts at 0x1f00, where the bootloader is');
    await expect(flash([], {}, { ...image, address: 0x3f000 })).rejects.toThrow('behind the flash');
  });
});

describe('the machine', () => {
  it('writes whole files, and reports a full device', () => {
    const { store } = realSystem();
    expect(store(join(root, 'file'), image.bytes)).toBe('stored');
    expect(existsSync(join(root, 'file'))).toBe(true);
    if (existsSync('/dev/full')) expect(() => store('/dev/full', image.bytes)).toThrow(/ENOSPC/);
  });
});
