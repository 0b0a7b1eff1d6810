// SPDX-License-Identifier: Apache-2.0
/** A second chip is a description: other memory, other family, the model elsewhere; no product file names it. */
import { describe, expect, it } from 'vitest';
import { applicationRamBytes, boards, memoryScript, modelBytes } from '../../compiler/boards/boards.ts';
import type { Chip } from '../../compiler/boards/chips/chip.ts';
import { Samd21 } from '../../compiler/emulator/samd21/samd21.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { buildFirmware } from '../../compiler/machines/firmware/firmware.ts';
import { applicationRam, modelFlash } from '../../compiler/machines/firmware/fit.ts';
import { readRegion } from '../../compiler/machines/toolchain/region.ts';
import { readUf2 } from '../../compiler/machines/toolchain/uf2.ts';

const board = boards.feather_m0;
const toy: Chip = {
  ...board.chip,
  name: 'TOY',
  flashBytes: 160 * 1024,
  ramBytes: 24 * 1024,
  applicationStart: 0x4000,
  modelStart: 0x10000,
  uf2Family: 0x12345678,
};
const toyBoard = { ...board, chip: toy };

describe('a second chip', () => {
  it('has its own memories', () => {
    expect(memoryScript(toy)).toContain('MODEL (rx) : ORIGIN = 0x10000, LENGTH = 98304');
    expect([modelBytes(toy), modelFlash(toyBoard)]).toEqual([98304, 98304]);
    expect([applicationRamBytes(toy), applicationRam(toyBoard)]).toEqual([24568, 24568]);
  });

  it('gets an image linked for them, which starts', async () => {
    const program = loadProgram('models/spoken-digits');
    const { bin, uf2, model, modelUf2, symbols } = await buildFirmware(program, {
      board: toyBoard,
      kernel: 'packed',
    });
    const image = readUf2(uf2 ?? new Uint8Array(), 'toy.uf2');
    expect([image.family, image.address]).toEqual([0x12345678, 0x4000]);
    expect(readUf2(modelUf2 ?? new Uint8Array(), 'model.uf2').address).toBe(0x10000);
    expect(readRegion(model, toy.modelStart)).toMatchObject({ name: program.name, damage: null });
    expect(symbols.get('vectors')).toBe(0x4000);
    expect(symbols.get('__stack_top')).toBe(0x20000000 + 24 * 1024 - 8);
    const chip = new Samd21({ segments: [{ address: 0x4000, bytes: bin }], vectorTable: 0x4000 });
    let text = '';
    chip.onSerial = (byte) => {
      text += String.fromCharCode(byte);
      if (byte === 10) chip.stop();
    };
    chip.run(200_000_000);
    expect(text).toBe('ok egru ready\n');
  });

  it('refuses what it has no memory for', async () => {
    const small = { ...toyBoard, chip: { ...toy, ramBytes: 4096 } };
    const build = buildFirmware(loadProgram('models/spoken-digits'), { board: small, kernel: 'packed' });
    await expect(build).rejects.toThrow(/too large for .*bytes of RAM, applications have 4088/);
  });
});
