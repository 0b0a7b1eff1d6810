// SPDX-License-Identifier: Apache-2.0
/** The flash controller: what commands do, how long the CPU waits for them, and what it refuses. */
import { describe, expect, it } from 'vitest';
import type { FlashChange, Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { fastChip } from '../acquisition.ts';
import { chipWith, halfwords } from '../program.ts';

const NVM = 0x41004000;
const ADDR = NVM + 0x1c;
const PARAM = NVM + 0x08;
const INTFLAG = NVM + 0x14;
const ERASE_ROW = 0x02;
const WRITE_PAGE = 0x04;
const CLEAR_BUFFER = 0x44;
const ROW = 0x8000;

const command = (chip: Samd21, code: number): void => chip.writeUint16(NVM, 0xa500 | code);

/** Cycles that the CPU loses to a command. */
function stallOf(chip: Samd21, code: number): number {
  const before = chip.cycles;
  command(chip, code);
  return chip.cycles - before;
}

describe('NVMCTRL', () => {
  it('erases rows of 256 bytes and writes pages of 64, bits only from 1 to 0', () => {
    const chip = fastChip();
    chip.memory.load({ address: ROW - 4, bytes: new Uint8Array(264) });
    chip.writeUint32(ADDR, (ROW + 100) / 2);
    command(chip, ERASE_ROW);
    expect([ROW - 4, ROW, ROW + 252, ROW + 256].map((at) => chip.peek32(at))).toEqual([
      0, 0xffffffff, 0xffffffff, 0,
    ]);
    const write = (at: number, value: number): void => {
      command(chip, CLEAR_BUFFER);
      chip.writeUint32(at, value);
      command(chip, WRITE_PAGE);
    };
    write(ROW + 64, 0x0ff0);
    write(ROW + 64, 0xff00ff);
    expect(chip.peek32(ROW + 64)).toBe(0x00f0);
    expect([chip.peek32(ROW + 60), chip.peek32(ROW + 68), chip.peek32(ROW + 128)]).toEqual([
      0xffffffff, 0xffffffff, 0xffffffff,
    ]);
    expect(chip.readUint32(PARAM)).toBe(0x00031000); // 2^3 * 8 bytes a page, 4,096 pages
    expect(chip.readUint8(INTFLAG) & 1).toBe(1);
  });

  it('stops the CPU for as long as the data sheet allows, at any core clock', () => {
    const fast = fastChip();
    fast.writeUint32(ADDR, ROW / 2);
    expect(stallOf(fast, ERASE_ROW)).toBe(6e-3 * 48e6);
    expect(stallOf(fast, CLEAR_BUFFER)).toBe(0);
    expect(stallOf(fast, WRITE_PAGE)).toBe(2.5e-3 * 48e6);
    const slow = chipWith([0xe7fe]); // 1 MHz after a reset
    slow.writeUint32(ADDR, ROW / 2);
    expect(stallOf(slow, ERASE_ROW)).toBe(6000);
  });

  it('what is due meanwhile comes late, and interrupts of one kind count once', () => {
    const handler = 0x2200;
    const chip = fastChip([0x8001, 0xe7fe], { handlers: { 15: handler | 1 } }); // strh r1, [r0]; b .
    chip.memory.load({ address: handler, bytes: halfwords(0x3501, 0x4770) }); // adds r5, #1; bx lr
    chip.writeUint32(ADDR, ROW / 2);
    chip.writeUint32(0xe000e014, 47_999); // SysTick every millisecond
    chip.writeUint32(0xe000e018, 0);
    chip.writeUint32(0xe000e010, 7);
    chip.core.registers.set([NVM, 0xa502]);
    chip.core.registers[5] = 0;
    chip.run(1000);
    expect(chip.cycles).toBeGreaterThan(288_000);
    chip.run(100);
    expect(chip.core.registers[5]).toBe(1); // of six
    chip.run(48_000);
    expect(chip.core.registers[5]).toBe(2);
  });

  it('reports every change before it is done, and does none when the power is cut there', () => {
    const chip = fastChip();
    chip.memory.load({ address: ROW, bytes: Uint8Array.of(1, 2, 3, 4) });
    const changes: FlashChange[] = [];
    chip.onFlashChange = (change) => {
      changes.push(change);
      expect(chip.peek32(ROW)).toBe(0x04030201);
      throw new Error('dark');
    };
    chip.writeUint32(ADDR, (ROW + 80) / 2);
    expect(() => command(chip, ERASE_ROW)).toThrow('dark');
    command(chip, CLEAR_BUFFER);
    chip.writeUint32(ROW + 80, 0);
    expect(() => command(chip, WRITE_PAGE)).toThrow('dark');
    expect(changes).toEqual([
      { command: 'erase', address: ROW, bytes: new Uint8Array(256).fill(0xff) },
      { command: 'write', address: ROW + 64, bytes: new Uint8Array(64).fill(0xff).fill(0, 16, 20) },
    ]);
    expect([chip.peek32(ROW), chip.peek32(ROW + 80)]).toEqual([0x04030201, 0xffffffff]);
  });

  it('faults: stores into a closed buffer, bytes, wrong keys, other commands, addresses outside', () => {
    const chip = fastChip();
    expect(() => chip.writeUint32(ROW, 0)).toThrow(/store to flash with no page buffer opened/);
    command(chip, CLEAR_BUFFER);
    expect(() => chip.writeUint8(ROW, 0)).toThrow(/byte store to the page buffer/);
    expect(() => chip.writeUint16(NVM, 0x5a02)).toThrow(/without the command key/);
    expect(() => command(chip, 0x40)).toThrow(/command 0x40 is not modelled/); // lock region
    chip.writeUint32(ADDR, 0x40000 / 2);
    expect(() => command(chip, ERASE_ROW)).toThrow(/outside flash/);
  });

  it('a row is erased and a page written through the page buffer, and runs afterwards', () => {
    const chip = chipWith([0x4700]); // bx r0
    chip.memory.load({ address: 0x8000, bytes: halfwords(0x2001, 0xe7fe) });
    const command = (code: number): void => chip.writeUint16(NVM, 0xa500 | code);
    expect(() => chip.writeUint32(0x8000, 0)).toThrow(/store to flash/);
    chip.writeUint32(NVM + 0x1c, 0x8000 / 2);
    command(0x02);
    expect(chip.peek32(0x8000)).toBe(0xffffffff);
    command(0x44);
    // As after a reset: silicon would write the page behind the firmware's back.
    expect(() => chip.writeUint32(0x8000, 0xe7fe2007)).toThrow(/MANW = 0/);
    chip.writeUint32(NVM + 0x04, 0x80);
    chip.writeUint32(0x8000, 0xe7fe2007);
    command(0x04);
    expect(() => chip.writeUint32(0x8000, 0)).toThrow(/store to flash/);
    chip.core.registers[0] = 0x8001;
    chip.run(20);
    expect(chip.core.registers[0]).toBe(7);
    expect(() => chip.writeUint16(NVM, 0x0002)).toThrow(/command key/);
  });

  it('the calibration area reads', () => {
    expect(chipWith([0xe7fe]).readUint32(0x00806024) >>> 26).toBe(0x17);
  });
});
