// SPDX-License-Identifier: Apache-2.0
/** A second chip is a description: other memory, other family, the model elsewhere; no product file names it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  applicationRamBytes,
  boards,
  memoryScript,
  modelBytes,
  ramEnd,
} from '../../compiler/boards/boards.ts';
import type { Chip } from '../../compiler/boards/chips/chip.ts';
import { FLASH_SIZE, RAM_SIZE, RAM_START } from '../../compiler/emulator/core/memory.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { emulate } from '../../compiler/machines/emulated/emulators.ts';
import { buildFirmware } from '../../compiler/machines/firmware/firmware.ts';
import { applicationRam, modelFlash } from '../../compiler/machines/firmware/fit.ts';
import { readRegion } from '../../compiler/machines/image/region.ts';
import { readUf2 } from '../../compiler/machines/image/uf2.ts';
import { inspectBin, inspectElf, inspectUf2 } from '../../compiler/report/inspect/image-inspection.ts';

const board = boards.feather_m0;
const toy: Chip = {
  ...board.chip,
  name: 'TOY',
  flashBytes: 160 * 1024,
  ramBytes: 24 * 1024,
  applicationStart: 0x4000,
  modelStart: 0x12000,
  uf2Family: 0x12345678,
};
const toyBoard = { ...board, chip: toy };
const program = loadProgram('models/spoken-digits');
const build = (chip: Chip) => buildFirmware(program, { board: { ...board, chip }, kernel: 'packed' });

describe('a second chip', () => {
  it('has its own memories', () => {
    expect(memoryScript(toy)).toContain('MODEL (rx) : ORIGIN = 0x12000, LENGTH = 86016');
    expect([modelBytes(toy), modelFlash(toyBoard)]).toEqual([86016, 86016]);
    expect([applicationRamBytes(toy), applicationRam(toyBoard)]).toEqual([24568, 24568]);
  });

  it('gets an image linked for them, which starts', async () => {
    const { bin, uf2, model, modelUf2, symbols } = await build(toy);
    const image = readUf2(uf2 ?? new Uint8Array(), 'toy.uf2');
    expect([image.family, image.address]).toEqual([0x12345678, 0x4000]);
    expect(readUf2(modelUf2 ?? new Uint8Array(), 'model.uf2').address).toBe(0x12000);
    expect(readRegion(model, toy.modelStart)).toMatchObject({ name: program.name, damage: null });
    expect(symbols.get('vectors')).toBe(0x4000);
    expect(symbols.get('__stack_top')).toBe(0x20000000 + 24 * 1024 - 8);
    const chip = emulate(toy, { segments: [{ address: 0x4000, bytes: bin }], vectorTable: 0x4000 });
    let text = '';
    chip.onSerial = (byte) => {
      text += String.fromCharCode(byte);
      if (byte === 10) chip.stop();
    };
    chip.run(200_000_000);
    expect(text).toBe('ok egru ready\n');
  });

  it('refuses what it has no memory for', async () => {
    await expect(build({ ...toy, ramBytes: 4096 })).rejects.toThrow(
      /too large for .*bytes of RAM, applications have 4088/,
    );
  });

  it('has its images inspected where it is known, and refused where it is not', async () => {
    const { bin, model, uf2, elf } = await build(toy);
    const known = [board.chip, toy];
    const region = { name: program.name, address: toy.modelStart, damage: null };
    expect(inspectBin(bin, 'toy.bin', known)).toMatchObject({ address: 0x4000, region });
    expect(inspectBin(model, 'model.bin', known)).toMatchObject({ address: 0x12000, region });
    expect(inspectUf2(uf2 ?? bin, 'toy.uf2', known)).toMatchObject({ family: 0x12345678, region });
    expect(inspectElf(elf, 'toy.elf', known).region).toMatchObject(region);
    expect(() => inspectUf2(uf2 ?? bin, 'toy.uf2')).toThrow('for the family 0x12345678, not the SAMD21');
  });
});

describe.each([board.chip, toy])('the firmware of $name', (chip) => {
  it('has its stack, its end of RAM and its model where the description has them', async () => {
    const { symbols } = await build(chip);
    const top = ramEnd(chip) - chip.reservedRam;
    expect(symbols.get('__stack_top')).toBe(top);
    expect(symbols.get('__stack_limit')).toBe(top - chip.stackRoom);
    expect(symbols.get('__model_start')).toBe(chip.modelStart);
    expect(symbols.get('__model_end')).toBe(chip.flashBytes - chip.learnBytes);
  });
});

describe('the SAMD21', () => {
  it('has the same memories in the description, the emulator and the firmware', () => {
    const { chip } = board;
    expect([FLASH_SIZE, RAM_START, RAM_SIZE]).toEqual([chip.flashBytes, chip.ramStart, chip.ramBytes]);
    const header = readFileSync(packagePath(chip.firmwareFolder, 'chip.h'), 'utf8');
    const macro = (name: string) => Number(new RegExp(`#define ${name} (0x[0-9a-f]+)u`).exec(header)?.[1]);
    expect([macro('CHIP_RAM_START'), macro('CHIP_RAM_END')]).toEqual([chip.ramStart, ramEnd(chip)]);
  });
});
