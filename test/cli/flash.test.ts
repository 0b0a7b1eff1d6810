// SPDX-License-Identifier: Apache-2.0
/** flash as a process, on a machine whose folders are made here; and microphones that a board cannot take. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { boards } from '../../compiler/boards/boards.ts';
import { readUf2 } from '../../compiler/machines/image/uf2.ts';
import { currentUf2, FakeBoard } from '../flash/fake-board.ts';
import { firmware } from '../flash/firmware.ts';
import { egru, inWork, json, MODEL, refusal } from './egru.ts';

const bin = firmware(3000);
const file = inWork('firmware.bin');
writeFileSync(file, bin);
const args = ['flash', file, '--board', 'feather_m0'];

function machine(name: string): { fake: FakeBoard; environment: NodeJS.ProcessEnv } {
  const root = inWork(name);
  mkdirSync(root);
  const fake = new FakeBoard(boards.feather_m0, root);
  return { fake, environment: { EGRU_ROOT: root, EGRU_PATIENCE: '500' } };
}

it('prints what it would do, and does nothing', async () => {
  const { fake, environment } = machine('dry');
  fake.become('bootloader');
  const { code, stdout } = await egru([...args, '--dry-run'], environment);
  expect(code).toBe(0);
  expect(stdout).toContain(`2. write 3000 bytes at 0x2000 as EGRU.UF2 to ${fake.drive}\n`);
  expect(existsSync(join(fake.drive, 'EGRU.UF2'))).toBe(false);
});

it('writes to a drive, and finds out that the flash is as before', async () => {
  const { fake, environment } = machine('wrong');
  fake.become('bootloader'); // whose CURRENT.UF2 nobody changes
  const { code, stdout, stderr } = await egru(args, environment);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^egru: .*firmware.bin: the flash differs after writing: byte 0x2000 is 0xff, should be 0xf8\n$/,
  );
  expect(stdout).not.toContain('no difference');
});

it('writes to a drive that holds it, and reports it', async () => {
  const { fake, environment } = machine('right');
  fake.flash.set(bin, 0x2000);
  fake.become('bootloader');
  writeFileSync(join(fake.drive, 'CURRENT.UF2'), currentUf2(fake.flash));
  const { code, stdout } = await egru(args, environment);
  expect(stdout).toContain('written and read back: no difference\n');
  expect(code).toBe(0);
  const left = readFileSync(join(fake.drive, 'EGRU.UF2'));
  expect(() => readUf2(left, 'last')).toThrow('the block is not for the main flash'); // the one that restarts the board
  const document = JSON.parse((await egru([...args, '--no-verify', '--json'], environment)).stdout);
  expect(document).toMatchObject({ board: 'feather_m0', method: 'uf2', verified: false, difference: null });
  const { address, bytes } = readUf2(readFileSync(join(fake.drive, 'EGRU.UF2')), 'EGRU.UF2');
  expect(address).toBe(0x2000);
  expect(Buffer.compare(bytes.subarray(0, bin.length), bin)).toBe(0);
});

it('refuses what cannot be, in one line', async () => {
  const { environment } = machine('none');
  expect(await refusal(args, environment)).toContain('Adafruit Feather M0: no such board was found');
  expect(await refusal([...args, '--method', 'smoke'])).toContain('it supports uf2, bossac, openocd');
  expect(await refusal(['flash', 'package.json', '--board', 'feather_m0'])).toContain('package.json');
  const mic = ['build', MODEL, '--board', 'trinket_m0', '--mic', 'i2s', '-o', inWork('mic')];
  expect(await refusal(mic)).toContain('no microphone of the Adafruit Trinket M0; it supports adc (--mic)');
  expect(existsSync(inWork('mic'))).toBe(false);
  const dry = await json([...args, '--dry-run'], 0).catch(() => null);
  expect(dry).toMatchObject({ dryRun: true, method: 'uf2' });
});
