// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Board, boards, findBoard } from '../../compiler/boards/boards.ts';
import type { DenseLayer } from '../../compiler/core/program/cells/dense.ts';
import type { Program } from '../../compiler/core/program/program.ts';
import { buildFirmware, type Firmware } from '../../compiler/machines/firmware/firmware.ts';
import { applicationRam, arenaBytes, modelFlash } from '../../compiler/machines/firmware/fit.ts';
import { FLAG_ALLOCATED, FLAG_WRITE, parseElf } from '../../compiler/machines/image/elf.ts';
import { readUf2 } from '../../compiler/machines/image/uf2.ts';
import { APPLICATION_START, MAGIC_WORD } from '../support/chip-facts.ts';
import { toyProgram } from '../support/toy.ts';

/** Interrupt lines in their order (SAM D21 data sheet, "Interrupt Line Mapping"). */
const INTERRUPTS =
  'PM SYSCTRL WDT RTC EIC NVMCTRL DMAC USB EVSYS SERCOM0 SERCOM1 SERCOM2 SERCOM3 SERCOM4 SERCOM5 ' +
  'TCC0 TCC1 TCC2 TC3 TC4 TC5 TC6 TC7 ADC AC DAC PTC I2S';

const folder = mkdtempSync(join(tmpdir(), 'egru-image-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const build = (board: Board): Promise<Firmware> => buildFirmware(toyProgram(), { board, kernel: 'packed' });
const word = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);

describe.each(Object.values(boards))('firmware of $title', (board) => {
  it('begins with a vector table behind the bootloader', async () => {
    const { bin, symbols } = await build(board);
    expect(symbols.get('vectors')).toBe(APPLICATION_START);
    expect(word(bin, 0)).toBe(0x20007ff8);
    expect(word(bin, 4)).toBe((symbols.get('Reset_Handler') ?? 0) + 1);
    // Every exception that can occur has a handler; reserved ones have none (Armv6-M ARM, B1.5.2).
    const address = (name: string) => (symbols.get(name) ?? 0) + 1;
    for (let exception = 2; exception < 16; exception++) {
      const reserved = [4, 5, 6, 7, 8, 9, 10, 12, 13].includes(exception);
      const handler = exception === 15 ? 'SysTick_Handler' : 'Fault_Handler';
      expect(word(bin, 4 * exception)).toBe(reserved ? 0 : address(handler));
    }
    const lines = INTERRUPTS.split(' ');
    expect(lines).toHaveLength(28);
    for (const [line, name] of lines.entries()) {
      expect(word(bin, 4 * (16 + line)), name).toBe(address(`${name}_Handler`));
      expect(address(`${name}_Handler`), name).toBeGreaterThan(APPLICATION_START);
    }
    expect(address('USB_Handler')).not.toBe(address('Fault_Handler'));
  });

  it('puts nothing into the area of the bootloader, and leaves its magic word alone', async () => {
    const { elf, stack, symbols } = await build(board);
    const { sections } = parseElf(elf, 'firmware.elf');
    for (const { name, address, size, flags } of sections.filter(
      (s) => (s.flags & FLAG_ALLOCATED) !== 0 && s.size > 0,
    )) {
      const [start, end] =
        (flags & FLAG_WRITE) !== 0 ? [0x20000000, MAGIC_WORD] : [APPLICATION_START, board.chip.flashBytes];
      expect(address, name).toBeGreaterThanOrEqual(start);
      expect(address + size, name).toBeLessThanOrEqual(end);
    }
    const top = symbols.get('__stack_top') ?? 0;
    expect(top).toBeLessThanOrEqual(MAGIC_WORD);
    expect(top % 8).toBe(0);
    expect(top - stack.worst).toBeGreaterThanOrEqual(symbols.get('__bss_end') ?? Infinity);
  });

  it('comes as a UF2 file of the same bytes where the bootloader takes one', async () => {
    const { bin, uf2 } = await build(board);
    if (board.bootloader === 'samba') {
      expect(uf2).toBeNull();
      return;
    }
    const { family, address, bytes } = readUf2(uf2 ?? new Uint8Array(), 'firmware.uf2');
    expect([family, address]).toEqual([0x68ed2b88, 0x2000]);
    expect(Buffer.compare(bytes.subarray(0, bin.length), bin)).toBe(0);
  });
});

describe('firmware', () => {
  it('is written whole, the same bytes as in memory, and knows no place of this machine', async () => {
    const outDir = join(folder, 'out');
    const firmware = await buildFirmware(toyProgram(), {
      board: boards.trinket_m0,
      kernel: 'packed',
      outDir,
    });
    const files = firmware.files;
    if (files === null) throw new Error('no files');
    for (const [file, bytes] of [
      [files.elf, firmware.elf],
      [files.bin, firmware.bin],
      [files.uf2 ?? '', firmware.uf2],
      [files.map, Buffer.from(firmware.map)],
      [files.modelBin, firmware.model],
      [files.modelUf2 ?? '', firmware.modelUf2],
    ] as const) {
      const written = readFileSync(file);
      expect(Buffer.compare(written, bytes ?? new Uint8Array()), file).toBe(0);
      for (const place of [process.cwd(), tmpdir(), '/usr/'])
        expect(written.includes(place), file).toBe(false);
    }
  });

  it('reports where its bytes go: the parts add up to the whole', async () => {
    const { contributions, flash, ram } = await build(boards.arduino_zero);
    const sum = (key: 'flash' | 'ram') => contributions.reduce((total, part) => total + part[key], 0);
    // Alignment between objects belongs to nobody.
    expect(flash - sum('flash')).toBeGreaterThanOrEqual(0);
    expect(flash - sum('flash')).toBeLessThan(64);
    expect(ram - sum('ram')).toBeGreaterThanOrEqual(arenaBytes(toyProgram(), 'packed'));
    expect(ram - sum('ram')).toBeLessThanOrEqual(arenaBytes(toyProgram(), 'packed') + 16);
    expect(contributions.find(({ object }) => object === 'model_model.o')?.flash).toBeGreaterThan(100);
  });

  it('names the path to its deepest stack', async () => {
    const { stack } = await build(boards.arduino_zero);
    const names = stack.path.map(({ name }) => name);
    expect(names[0]).toBe('Reset_Handler');
    expect(names[1]).toBe('main');
    expect(stack.functions.get('egru_step')).toBeGreaterThan(stack.functions.get('egru_packed_step') ?? 0);
    expect(stack.path.at(-1)?.depth).toBe(stack.thread);
    const handler = stack.functions.get('USB_Handler') ?? 0;
    expect(handler).toBeGreaterThan(0);
    expect(stack.worst).toBeGreaterThanOrEqual(stack.thread + 36 + handler);
  });

  it('refuses a model that no flash of the board can hold, before anything is compiled', async () => {
    const program = dense(2000, 400, 1);
    await expect(buildFirmware(program, { board: boards.arduino_zero, kernel: 'packed' })).rejects.toThrow(
      /^toy: too large for Arduino Zero: needs at least 299495 bytes of flash, models have 200704; about 480000 weights would fit with --kernel packed, it has 800000 \(packed kernel\)$/,
    );
  });

  it('names the kernel that fits, or how many units would, before anything is compiled', async () => {
    await expect(
      buildFirmware(dense(500, 400, 1), { board: boards.arduino_zero, kernel: 'unrolled' }),
    ).rejects.toThrow(/needs at least \d+ bytes of flash, models have 200704; --kernel packed would fit/);
    await expect(
      buildFirmware(dense(2000, 400), { board: boards.arduino_zero, kernel: 'packed' }),
    ).rejects.toThrow(/needs at least \d+ bytes of flash, models have 200704; --kernel unrolled would fit/);
    await expect(
      buildFirmware(dense(20, 9000), { board: boards.feather_m0, kernel: 'packed' }),
    ).rejects.toThrow(
      /needs at least \d+ bytes of RAM, applications have 32760; layers of about \d+ units would fit, its largest has 9000/,
    );
  });

  it('refuses a model that is a little too large for the flash, with what it needs', async () => {
    const program = dense(1275, 410);
    const error = await buildFirmware(program, { board: boards.arduino_zero, kernel: 'packed' }).catch(
      String,
    );
    const needed = Number(/needs (\d+) bytes of flash/.exec(String(error))?.[1]);
    expect(needed).toBeGreaterThan(modelFlash(boards.arduino_zero));
    expect(needed).toBeLessThan(modelFlash(boards.arduino_zero) + 16384);
  });

  it('refuses a model that is too large for the RAM, at the link or with its stack', async () => {
    // Variables and arena fill the RAM up to half of what the stack is given.
    const options = { board: boards.feather_m0, kernel: 'packed' } as const;
    const [small, large] = [
      await buildFirmware(dense(20, 100), options),
      await buildFirmware(dense(20, 200), options),
    ];
    const perUnit = (large.ram - small.ram) / 100;
    const units =
      100 +
      Math.round(
        (applicationRam(boards.feather_m0) - boards.feather_m0.chip.stackRoom / 2 - small.ram) / perUnit,
      );
    await expect(buildFirmware(dense(20, units), options)).rejects.toThrow(
      /needs 31\d{3} for variables and 2048 for the stack, 33\d{3} bytes of RAM, applications have 32760/,
    );
  });

  it('knows its boards by name', () => {
    expect(findBoard('trinket_m0').chip.name).toBe('ATSAMD21E18A');
    expect(() => findBoard('uno')).toThrow(
      /^uno: no such board; there are arduino_zero, mkrzero, feather_m0, .*--board/,
    );
  });
});

/** One dense layer of so many inputs and units, all weights zero. */
/** code: of every weight; zero by default, which costs the unrolled kernel nothing. */
function dense(inputs: number, units: number, code = 7): Program {
  const zeros = new Int32Array(units);
  const matrix = {
    rows: units,
    columns: inputs,
    codes: new Uint8Array(units * inputs).fill(code),
    bias: zeros,
    min: zeros,
    max: zeros,
  };
  const layer: DenseLayer = { type: 'dense', name: 'out', inputs, units, activation: 'none', matrix };
  return toyProgram({ layers: [layer], labels: Array.from({ length: units }, (_, i) => `l${i}`) });
}
