// SPDX-License-Identifier: Apache-2.0
/** The serial port. DS40001882, chapters "SERCOM" and "SERCOM USART"; lines from table "Interrupt Line Mapping". */
import { describe, expect, it } from 'vitest';
import type { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { chipWith, halfwords } from '../program.ts';

const PM_APBCMASK = 0x40000420;
const GCLK = 0x40000c00;
const CTRLB = 0x04;
const INTENCLR = 0x14;
const INTENSET = 0x16;
const INTFLAG = 0x18;
const DATA = 0x28;
const DRE = 1;
const TXC = 2;
const RXC = 4;
const SERCOMS = [0, 1, 2, 3, 4, 5];

const bare = (): Samd21 => chipWith([0xe7fe]);

/** Nine cycles for a write to reach a SERCOM whose clock is the core's. */
const synchronized = (chip: Samd21): void => chip.stall(9);

/** Brings up SERCOMn as a USART, as firmware does. */
function usart(chip: Samd21, n: number, control = 0x40000004): number {
  const base = 0x42000800 + 0x400 * n;
  chip.writeUint32(PM_APBCMASK, chip.readUint32(PM_APBCMASK) | (4 << n));
  chip.writeUint16(GCLK + 2, 0x4000 | (0x14 + n));
  chip.writeUint32(base, 1);
  synchronized(chip);
  chip.writeUint16(base + 0x0c, 0x1234);
  chip.writeUint32(base + 4, 0x30000);
  chip.writeUint32(base, control | 2);
  synchronized(chip);
  return base;
}

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

  it.each(SERCOMS)('SERCOM%i: every register is 0 after a reset, by the chip and by SWRST', (n) => {
    const chip = bare();
    chip.writeUint32(PM_APBCMASK, 4 << n);
    const base = 0x42000800 + 0x400 * n;
    const isReset = (): void => {
      for (const offset of [0x00, CTRLB, 0x1c]) expect(chip.readUint32(base + offset)).toBe(0);
      for (const offset of [0x0c, 0x1a]) expect(chip.readUint16(base + offset)).toBe(0);
      for (const offset of [INTENCLR, INTENSET, INTFLAG, 0x30]) expect(chip.readUint8(base + offset)).toBe(0);
    };
    isReset();
    usart(chip, n);
    chip.writeUint8(base + INTENSET, TXC);
    chip.writeUint16(base + DATA, 0x41);
    expect(chip.readUint8(base + INTFLAG)).toBe(DRE | TXC);
    chip.writeUint32(base, 1);
    expect(chip.readUint32(base + 0x1c)).toBe(1); // SYNCBUSY.SWRST
    expect(() => chip.writeUint32(base + CTRLB, 0)).toThrow(/bus fault: .* written while SYNCBUSY is 0x1/);
    synchronized(chip);
    isReset();
  });

  it.each(SERCOMS)('SERCOM%i: DRE, TXC and RXC interrupt on line 9 + n, each by INTENSET', (n) => {
    const chip = bare();
    const base = usart(chip, n);
    const asks = (flag: number): boolean => {
      chip.writeUint8(base + INTENSET, flag);
      chip.writeUint32(0xe000e280, 0xffffffff);
      const lines = chip.readUint32(0xe000e200);
      expect([0, 1 << (9 + n)]).toContain(lines);
      chip.writeUint8(base + INTENCLR, flag);
      chip.writeUint32(0xe000e280, 0xffffffff);
      expect(chip.readUint32(0xe000e200)).toBe(0);
      return lines !== 0;
    };
    expect([DRE, TXC, RXC].map(asks)).toEqual([true, false, false]);
    chip.writeUint16(base + DATA, 0x41);
    expect([DRE, TXC, RXC].map(asks)).toEqual([true, true, false]);
    chip.writeUint8(base + INTFLAG, TXC);
    chip.sendSerial(Uint8Array.of(9));
    expect([DRE, TXC, RXC].map(asks)).toEqual([true, false, true]);
    chip.writeUint8(base + INTFLAG, RXC); // cleared by reading DATA only
    expect(asks(RXC)).toBe(true);
    expect(chip.readUint16(base + DATA)).toBe(9);
    expect([DRE, TXC, RXC].map(asks)).toEqual([true, false, false]);
  });

  it('asks for its interrupt as soon as a byte has left', () => {
    const chip = bare();
    const base = usart(chip, 5);
    chip.writeUint8(base + INTENSET, TXC);
    expect(chip.readUint32(0xe000e200)).toBe(0);
    chip.writeUint16(base + DATA, 0x41);
    expect(chip.readUint32(0xe000e200)).toBe(1 << 14);
  });

  it('transmitter and receiver are switched on each for itself; bytes wait for the receiver', () => {
    const chip = bare();
    const base = usart(chip, 2);
    chip.sendSerial(Uint8Array.of(7, 8));
    chip.writeUint32(base + CTRLB, 0x10000); // TXEN
    synchronized(chip);
    expect(chip.readUint8(base + INTFLAG)).toBe(DRE);
    expect(chip.readUint16(base + DATA)).toBe(0);
    chip.writeUint32(base + CTRLB, 0x20000); // RXEN
    synchronized(chip);
    expect(chip.readUint8(base + INTFLAG)).toBe(RXC);
    expect(() => chip.writeUint16(base + DATA, 1)).toThrow(/transmitter is off/);
    expect([chip.readUint16(base + DATA), chip.readUint16(base + DATA)]).toEqual([7, 8]);
    chip.writeUint32(base, 0x40000004); // off
    expect(chip.readUint8(base + INTFLAG)).toBe(0);
  });

  it('what is enable-protected does not change while it is enabled', () => {
    const chip = bare();
    const base = usart(chip, 4);
    chip.writeUint32(base, 0x00000006); // without DORD
    expect(chip.readUint32(base)).toBe(0x40000006);
    chip.writeUint32(base + CTRLB, 0x30001); // CHSIZE
    expect(chip.readUint32(base + CTRLB)).toBe(0x30000);
    synchronized(chip);
    chip.writeUint32(base, 0x40000004);
    synchronized(chip);
    chip.writeUint32(base + CTRLB, 0x30040);
    expect(chip.readUint32(base + CTRLB)).toBe(0x30040);
  });

  it.each(SERCOMS)('SERCOM%i needs its own generic clock and its own bus clock', (n) => {
    const base = 0x42000800 + 0x400 * n;
    const chip = bare();
    chip.writeUint32(PM_APBCMASK, 0xfc);
    for (const other of SERCOMS.filter((m) => m !== n)) chip.writeUint16(GCLK + 2, 0x4000 | (0x14 + other));
    expect(() => chip.writeUint32(base, 6)).toThrow(`SERCOM${n} enabled without a generic clock`);
    chip.writeUint32(PM_APBCMASK, 0xfc & ~(4 << n));
    expect(() => chip.readUint32(base)).toThrow(`SERCOM${n} used while PM.APBCMASK stops its bus clock`);
    expect(() => chip.writeUint32(base, 1)).toThrow(/stops its bus clock/);
  });
});
