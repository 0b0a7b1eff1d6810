// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Samd21 } from '../../compiler/emulator/samd21.ts';
import { chipWith, DATA, halfwords, words } from './program.ts';

const PM_APBCMASK = 0x40000420;
const SYSCTRL = 0x40000800;
const PCLKSR = SYSCTRL + 0x0c;
const DFLLCTRL = SYSCTRL + 0x24;
const GCLK = 0x40000c00;
const NVM = 0x41004000;
const PORT = 0x41004400;

const bare = (): Samd21 => chipWith([0xe7fe]);

/** Brings up SERCOMn as a USART, as firmware does. */
function usart(chip: Samd21, n: number, control = 0x40000004): number {
  const base = 0x42000800 + 0x400 * n;
  chip.writeUint32(PM_APBCMASK, chip.readUint32(PM_APBCMASK) | (4 << n));
  chip.writeUint16(GCLK + 2, 0x4000 | (0x14 + n));
  chip.writeUint32(base, 1);
  expect(chip.readUint32(base + 0x1c)).toBe(0);
  chip.writeUint16(base + 0x0c, 0x1234);
  chip.writeUint32(base + 4, 0x30000);
  chip.writeUint32(base, control | 2);
  return base;
}

describe('clocks', () => {
  it('start at 1 MHz from OSC8M and reach 48 MHz from the DFLL48M in closed loop', () => {
    const chip = bare();
    expect(chip.frequency).toBe(1e6);
    chip.writeUint32(NVM + 4, 0x82);
    chip.writeUint16(SYSCTRL + 0x14, 0x0c);
    expect(chip.readUint32(PCLKSR) & 2).toBe(0);
    chip.writeUint16(SYSCTRL + 0x14, 0x0e);
    expect(chip.readUint32(PCLKSR) & 2).toBe(2);
    chip.writeUint32(GCLK + 8, 1);
    chip.writeUint32(GCLK + 4, 0x10501);
    chip.writeUint16(GCLK + 2, 0x4100);
    chip.writeUint16(DFLLCTRL, 2);
    chip.writeUint32(SYSCTRL + 0x2c, 1465);
    expect(chip.readUint32(PCLKSR) & 0xc0).toBe(0);
    chip.writeUint16(DFLLCTRL, 6);
    expect(chip.readUint32(PCLKSR) & 0xd0).toBe(0xd0);
    chip.writeUint32(GCLK + 4, 0x30700);
    expect(chip.frequency).toBe(1465 * 32768);
    chip.writeUint8(GCLK + 4, 1); // select generator 1 for reading
    expect(chip.readUint32(GCLK + 4)).toBe(0x10501);
  });

  it('48 MHz without a flash wait state is a fault', () => {
    const chip = bare();
    chip.writeUint16(DFLLCTRL, 2);
    expect(() => chip.writeUint32(GCLK + 4, 0x10700)).toThrow(/CTRLB.RWS = 0/);
  });

  it('a generator on an oscillator that is off is a fault, as is a DFLL register written under ONDEMAND', () => {
    expect(() => bare().writeUint32(GCLK + 4, 0x10701)).toThrow(/source 7, which is off/);
    expect(() => bare().writeUint32(SYSCTRL + 0x28, 0)).toThrow(/DFLLVAL written while DFLLCTRL.ONDEMAND/);
  });

  it('dividers count', () => {
    const chip = bare();
    chip.writeUint32(GCLK + 8, 0x0500);
    expect(chip.frequency).toBe(200e3);
    chip.writeUint32(GCLK + 4, 0x110600); // DIVSEL: 2^(5+1)
    expect(chip.frequency).toBe(1e6 / 64);
  });
});

describe('SERCOM USART', () => {
  it('sends and receives through whichever SERCOM is used', () => {
    for (let n = 0; n < 6; n++) {
      const chip = bare();
      const sent: number[] = [];
      chip.onSerial = (byte) => sent.push(byte);
      chip.sendSerial(Uint8Array.of(1, 2)); // before there is a receiver
      const base = usart(chip, n);
      expect(chip.readUint8(base + 0x18) & 5).toBe(5);
      expect(chip.readUint16(base + 0x28)).toBe(1);
      chip.sendSerial(Uint8Array.of(200));
      expect([chip.readUint16(base + 0x28), chip.readUint16(base + 0x28)]).toEqual([2, 200]);
      expect(chip.readUint8(base + 0x18) & 5).toBe(1);
      chip.writeUint16(base + 0x28, 0x41);
      expect(sent).toEqual([0x41]);
      expect(chip.readUint8(base + 0x18) & 2).toBe(2); // TXC, written 1 to clear
      chip.writeUint8(base + 0x18, 2);
      expect(chip.readUint8(base + 0x18) & 2).toBe(0);
    }
  });

  it('raises its interrupt while bytes wait', () => {
    const handler = [0x8801, 0x1852, 0x4770]; // ldrh r1, [r0]; adds r2, r2, r1; bx lr
    const chip = chipWith([0xe7fe], { handlers: { [16 + 9 + 3]: 0x2201 } });
    chip.memory.load({ address: 0x2200, bytes: halfwords(...handler) });
    const base = usart(chip, 3);
    chip.core.registers.set([base + 0x28, 0, 0]);
    chip.writeUint8(base + 0x16, 4);
    chip.writeUint32(0xe000e100, 1 << 12);
    chip.run(100);
    expect(chip.core.registers[14]).toBe(0xffffffff); // no interrupt yet
    chip.hook(0x2202, () => {
      chip.core.registers[11] = (chip.core.registers[11] ?? 0) + (chip.core.registers[1] ?? 0);
    });
    chip.sendSerial(Uint8Array.of(5, 6, 7));
    chip.run(1000);
    expect(chip.core.registers[11]).toBe(18);
    expect(chip.core.IPSR).toBe(0);
  });

  it('stop() from the serial callback ends the run after the store', () => {
    const chip = chipWith([0x8001, 0x3101, 0xe7fc]); // strh r1, [r0]; adds r1, #1; b
    const base = usart(chip, 0);
    chip.core.registers.set([base + 0x28, 1]);
    const sent: number[] = [];
    chip.onSerial = (byte) => {
      sent.push(byte);
      if (byte === 10) chip.stop();
    };
    expect(chip.run(10_000)).toBe('stopped');
    expect(sent).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(chip.run(100)).toBe('limit');
    expect(sent.length).toBeGreaterThan(10);
  });

  it('DORD = 0 reverses the bits', () => {
    const chip = bare();
    const sent: number[] = [];
    chip.onSerial = (byte) => sent.push(byte);
    const base = usart(chip, 1, 4);
    chip.writeUint16(base + 0x28, 0x01);
    expect(sent).toEqual([0x80]);
  });

  it('wrong use faults: other modes, no generic clock, transmitter off', () => {
    expect(() => usart(bare(), 0, 0x40000008)).toThrow(/mode other than USART/);
    const chip = bare();
    chip.writeUint32(PM_APBCMASK, 4);
    expect(() => chip.writeUint32(0x42000800, 6)).toThrow(/without a generic clock/);
    expect(() => chip.writeUint16(0x42000828, 1)).toThrow(/transmitter is off/);
  });
});

describe('PORT, NVMCTRL and the rest', () => {
  it('pins: set, clear, toggle, read back, also over the IO bus', () => {
    const chip = bare();
    chip.writeUint32(PORT + 0x08, 0x30);
    chip.writeUint32(PORT + 0x18, 0x10);
    chip.writeUint32(0x6000001c, 0x20);
    expect(chip.port.output(0)).toBe(0x30);
    chip.writeUint32(PORT + 0x14, 0x10);
    expect(chip.readUint32(PORT + 0x20) & 0x30).toBe(0x20);
    chip.writeUint32(PORT + 0x80 + 0x28, 0xd3000001); // PB16: peripheral D, PMUXEN
    expect(chip.readUint8(PORT + 0x80 + 0x38)).toBe(3);
    chip.writeUint8(PORT + 0x40 + 11, 1);
    expect(chip.readUint8(PORT + 0x4b)).toBe(1);
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
    chip.writeUint32(0x8000, 0xe7fe2007);
    command(0x04);
    expect(() => chip.writeUint32(0x8000, 0)).toThrow(/store to flash/);
    chip.core.registers[0] = 0x8001;
    chip.run(20);
    expect(chip.core.registers[0]).toBe(7);
    expect(() => chip.writeUint16(NVM, 0x0002)).toThrow(/command key/);
  });

  it('the calibration area reads, the chip reset keeps RAM', () => {
    const chip = bare();
    expect(chip.readUint32(0x00806024) >>> 26).toBe(0x17);
    chip.memory.load({ address: DATA, bytes: words(0xf01669ef) });
    chip.writeUint32(PM_APBCMASK, 0xff);
    let resets = 0;
    chip.onSystemReset = () => resets++;
    chip.run(10);
    chip.writeUint32(0xe000ed0c, 0x05fa0004);
    expect(resets).toBe(1);
    expect(chip.peek32(DATA)).toBe(0xf01669ef);
    expect(chip.readUint32(PM_APBCMASK)).toBe(0x00010000);
    expect(chip.readUint8(0x40000438)).toBe(0x40);
    expect(chip.cycles).toBeGreaterThanOrEqual(10);
  });

  it('registers take bytes, halfwords and words; reserved bytes behind a register read as zero', () => {
    const chip = bare();
    chip.writeUint32(PM_APBCMASK, 0x0f1234);
    expect([0, 1, 2].map((i) => chip.readUint8(PM_APBCMASK + i))).toEqual([0x34, 0x12, 0x0f]);
    chip.writeUint8(PM_APBCMASK + 1, 0xab);
    expect(chip.readUint16(PM_APBCMASK)).toBe(0xab34);
    expect(chip.readUint32(SYSCTRL + 0x14)).toBe(0x0080);
  });
});
