// SPDX-License-Identifier: Apache-2.0
/** The USB controller alone, driven by register accesses on one side and packets on the other. */
import { describe, expect, it } from 'vitest';
import { crc16 } from '../../../compiler/emulator/peripherals/usb-endpoint.ts';
import type { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { chipWith, DATA } from '../program.ts';

const USB = 0x41005000;
const CTRLA = USB;
const CTRLB = USB + 0x08;
const DADD = USB + 0x0a;
const FNUM = USB + 0x10;
const INTENSET = USB + 0x18;
const INTFLAG = USB + 0x1c;
const EPINTSMRY = USB + 0x20;
const DESCADD = USB + 0x24;
const PADCAL = USB + 0x28;
const ep = (n: number) => USB + 0x100 + 0x20 * n;
const [EPCFG, STATUSCLR, STATUSSET, STATUS, FLAG, ENSET] = [0, 4, 5, 6, 7, 9];
const [DTGLOUT, DTGLIN, STALLRQ0, STALLRQ1, BK0RDY, BK1RDY] = [1, 2, 0x10, 0x20, 0x40, 0x80];
const [TRCPT0, TRCPT1, TRFAIL0, TRFAIL1, RXSTP, STALL0, STALL1] = [1, 2, 4, 8, 0x10, 0x20, 0x40];
const TABLE = DATA;
const BUFFER = DATA + 0x100;
const SIZE_64 = 3 << 28;
const FRAME = 48_000;
const bank = (n: number, which: 0 | 1) => TABLE + 32 * n + 16 * which;
const REQUEST = Uint8Array.of(0x80, 6, 0, 1, 0, 0, 18, 0);

/** Brings the controller up as chapter "USB", "Initialization" has it; without: steps to leave out. */
function attach(without: readonly string[] = []): Samd21 {
  const chip = chipWith([0xe7fe]);
  const step = (name: string, action: () => void) => without.includes(name) || action();
  chip.writeUint32(0x41004004, 0x82);
  chip.writeUint16(0x40000824, 2); // DFLLCTRL
  chip.writeUint32(0x4000082c, 48_000);
  step('recovery', () => chip.writeUint16(0x40000824, 0x526));
  chip.writeUint32(0x40000c04, 0x10700);
  step('clock', () => chip.writeUint16(0x40000c02, 0x4006));
  step('pads', () => {
    chip.writeUint8(0x41004400 + 0x30 + 12, 0x66);
    chip.writeUint16(0x41004400 + 0x40 + 24, 0x0101);
  });
  step('calibration', () => chip.writeUint16(PADCAL, 0x345d));
  chip.writeUint32(DESCADD, TABLE);
  for (let n = 0; n < 3; n++) {
    for (const which of [0, 1] as const) {
      chip.writeUint32(bank(n, which), BUFFER + 128 * n + 64 * which);
      chip.writeUint32(bank(n, which) + 4, SIZE_64);
    }
  }
  chip.writeUint8(CTRLA, 2);
  chip.stall(9);
  chip.writeUint16(CTRLB, 0);
  return chip;
}

/** After a reset, with endpoint 0 as control and endpoint 1 as bulk. */
function configured(): Samd21 {
  const chip = attach();
  chip.usb.busReset();
  chip.writeUint8(ep(0) + EPCFG, 0x11);
  chip.writeUint8(ep(1) + EPCFG, 0x33);
  return chip;
}

const status = (chip: Samd21, n: number) => chip.readUint8(ep(n) + STATUS);
const flags = (chip: Samd21, n: number) => chip.readUint8(ep(n) + FLAG);
const bytes = (chip: Samd21, address: number, length: number) =>
  Array.from({ length }, (_, i) => chip.peek8(address + i));
const pending = (chip: Samd21) => (chip.readUint32(0xe000e200) & (1 << 7)) !== 0;
const run = (chip: Samd21, cycles: number) => chip.run(cycles);

describe('USB controller', () => {
  it('attaches when enabled and not detached, and reports it', () => {
    const events: string[] = [];
    const chip = attach();
    expect(chip.usb.attached).toBe(true);
    chip.usb.onAttach = () => events.push('attach');
    chip.usb.onDetach = () => events.push('detach');
    chip.writeUint16(CTRLB, 1);
    chip.writeUint16(CTRLB, 0);
    // CTRLA goes to the clock of 48 MHz: nine cycles.
    chip.stall(9);
    chip.writeUint8(CTRLA, 0);
    expect(() => chip.writeUint8(CTRLA, 2)).toThrow(/bus fault: USB.CTRLA written while SYNCBUSY is 0x2/);
    chip.stall(9);
    chip.writeUint8(CTRLA, 2);
    chip.stall(9);
    chip.writeUint8(CTRLA, 1); // SWRST
    expect(chip.readUint16(CTRLB)).toBe(1);
    chip.reset();
    expect(events).toEqual(['detach', 'attach', 'detach', 'attach', 'detach']);
  });

  it.each([
    ['recovery', /open loop/],
    ['clock', /without a generic clock/],
    ['pads', /function G/],
    ['calibration', /PADCAL/],
  ])('faults without its %s', (step, message) => {
    expect(() => attach([step])).toThrow(message);
  });

  it('faults without bus clocks, with another clock than 48 MHz, and in modes that are not modelled', () => {
    for (const [mask, bit] of [
      [0x40000414, 0x40],
      [0x4000041c, 0x20],
    ] as const) {
      const chip = attach();
      chip.writeUint32(mask, chip.readUint32(mask) & ~bit);
      expect(() => chip.readUint8(CTRLA)).toThrow(/stops its bus clock/);
    }
    const chip = attach();
    chip.writeUint16(CTRLB, 1);
    chip.writeUint32(0x40000c08, 0x200); // generator 0 divides by 2
    expect(() => chip.writeUint16(CTRLB, 0)).toThrow(/24000000 Hz instead of 48 MHz/);
    const host = attach();
    host.stall(9);
    expect(() => host.writeUint8(CTRLA, 0x82)).toThrow(/host mode/);
    expect(() => attach().writeUint16(CTRLB, 4)).toThrow(/low speed/);
    expect(() => attach().writeUint16(CTRLB, 2)).toThrow(/not modelled/);
    for (const type of [2, 5, 0x20, 0x50])
      expect(() => attach().writeUint8(ep(1), type)).toThrow(/type that is not modelled/);
  });

  it('loses its clock: a fault at the next packet', () => {
    const chip = configured();
    chip.writeUint16(0x40000c02, 0x0006);
    expect(() => chip.usb.setup(0, 0, REQUEST)).toThrow(/lost its clock/);
  });

  it('counts frames, suspends after 3 ms without one and wakes up', () => {
    const chip = configured();
    chip.usb.startOfFrame(0x7ff);
    expect([chip.readUint16(FNUM), chip.readUint16(INTFLAG) & 4]).toEqual([0x7ff << 3, 4]);
    chip.writeUint16(INTFLAG, 0xffff);
    chip.writeUint16(INTENSET, 0x11);
    run(chip, FRAME);
    chip.usb.startOfFrame(1);
    run(chip, 2.9 * FRAME);
    expect(chip.readUint16(INTFLAG) & 1).toBe(0);
    run(chip, 0.2 * FRAME);
    expect([chip.readUint16(INTFLAG) & 0x11, pending(chip)]).toEqual([1, true]);
    chip.writeUint16(INTFLAG, 1);
    run(chip, 10 * FRAME);
    expect(chip.readUint16(INTFLAG) & 0x11).toBe(0);
    chip.usb.startOfFrame(2);
    expect(chip.readUint16(INTFLAG) & 0x11).toBe(0x10);
    chip.usb.resumed();
    expect(chip.readUint16(INTFLAG) & 0x20).toBe(0x20);
  });

  it('clears what a bus reset clears, and no more', () => {
    const chip = configured();
    chip.writeUint8(DADD, 0x85);
    chip.writeUint8(ep(1) + STATUSSET, STALLRQ0 | STALLRQ1 | BK1RDY | DTGLIN);
    chip.writeUint8(ep(0) + ENSET, RXSTP);
    chip.usb.setup(5, 0, REQUEST);
    expect(chip.readUint16(EPINTSMRY)).toBe(1);
    chip.writeUint16(INTFLAG, 0xffff);
    chip.usb.busReset();
    expect(chip.readUint16(INTFLAG) & 8).toBe(8);
    expect([chip.readUint8(DADD), chip.readUint16(EPINTSMRY), flags(chip, 0)]).toEqual([0, 0, 0]);
    expect([chip.readUint8(ep(0)), chip.readUint8(ep(1))]).toEqual([0x11, 0]);
    expect(status(chip, 1)).toBe(BK1RDY | DTGLIN);
  });
});

describe('transactions', () => {
  it('reach the own address alone, and endpoints that are there', () => {
    const chip = configured();
    expect(chip.usb.setup(5, 0, REQUEST)).toBeNull();
    expect(chip.usb.setup(0, 1, REQUEST)).toBeNull(); // no control endpoint
    expect(chip.usb.out(0, 2, 0, REQUEST)).toBeNull();
    expect(chip.usb.in(0, 2)).toBeNull();
    chip.writeUint8(DADD, 0x85);
    expect(chip.usb.setup(0, 0, REQUEST)).toBeNull();
    expect(chip.usb.setup(5, 0, REQUEST)).toBe('ack');
    chip.writeUint8(DADD, 5); // without ADDEN
    expect(chip.usb.in(5, 0)).toBeNull();
    expect(chip.usb.in(0, 0)).toBe('nak');
    chip.writeUint16(CTRLB, 0x10); // NREPLY
    expect(chip.usb.in(0, 0)).toBeNull();
    chip.writeUint16(CTRLB, 0x200); // GNAK
    chip.writeUint8(ep(0) + STATUSSET, BK1RDY);
    expect(chip.usb.in(0, 0)).toBe('nak');
    expect(chip.usb.out(0, 0, 1, REQUEST)).toBe('nak');
  });

  it('SETUP: bytes and their CRC, status, flag; the next one waits for the flag', () => {
    const chip = configured();
    chip.writeUint8(ep(0) + STATUSSET, STALLRQ0 | STALLRQ1 | BK1RDY);
    chip.writeUint8(ep(0) + ENSET, RXSTP);
    expect(pending(chip)).toBe(false);
    expect(chip.usb.setup(0, 0, REQUEST)).toBe('ack');
    expect(pending(chip)).toBe(true);
    const crc = crc16(REQUEST);
    expect(bytes(chip, BUFFER, 10)).toEqual([...REQUEST, crc & 255, crc >> 8]);
    expect(chip.peek32(bank(0, 0) + 4)).toBe(SIZE_64 | 8);
    expect(status(chip, 0) & ~4).toBe(DTGLOUT | DTGLIN | BK0RDY);
    expect(flags(chip, 0)).toBe(RXSTP);
    expect(chip.usb.setup(0, 0, REQUEST)).toBeNull();
    chip.writeUint8(ep(0) + FLAG, RXSTP);
    expect(chip.readUint16(EPINTSMRY)).toBe(0);
    expect(chip.usb.setup(0, 0, REQUEST)).toBe('ack');
  });

  it('OUT: toggles, NAK while the bank is full, repetitions, STALL', () => {
    const chip = configured();
    const data = Uint8Array.of(1, 2, 3, 4, 5);
    expect(chip.usb.out(0, 1, 0, data)).toBe('ack');
    expect([status(chip, 1), flags(chip, 1)]).toEqual([DTGLOUT | BK0RDY, TRCPT0]);
    expect(chip.peek32(bank(1, 0) + 4) & 0x3fff).toBe(5);
    expect(chip.usb.out(0, 1, 0, data)).toBe('ack'); // was here before
    expect(flags(chip, 1)).toBe(TRCPT0);
    expect(chip.usb.out(0, 1, 1, data)).toBe('nak');
    expect([flags(chip, 1), chip.peek8(bank(1, 0) + 10)]).toEqual([TRCPT0 | TRFAIL0, 2]);
    chip.writeUint8(ep(1) + STATUSCLR, BK0RDY);
    expect(chip.usb.out(0, 1, 1, new Uint8Array())).toBe('ack');
    expect([status(chip, 1), chip.peek32(bank(1, 0) + 4) & 0x3fff]).toEqual([BK0RDY, 0]);
    chip.writeUint8(ep(1) + STATUSSET, STALLRQ0);
    expect(chip.usb.out(0, 1, 0, data)).toBe('stall');
    expect(flags(chip, 1) & STALL0).toBe(STALL0);
  });

  it('OUT: what is longer than the bank is cut, and nothing is written behind it', () => {
    const chip = configured();
    for (const [length, stored] of [
      [62, 64],
      [63, 64],
      [64, 64],
      [80, 64],
      [8, 10],
    ] as const) {
      for (let i = 0; i < 80; i++) chip.poke8(BUFFER + 128 + i, 0xee);
      chip.writeUint8(ep(1) + STATUSCLR, BK0RDY | DTGLOUT);
      expect(chip.usb.out(0, 1, 0, new Uint8Array(length).fill(7))).toBe('ack');
      expect(chip.peek32(bank(1, 0) + 4) & 0x3fff).toBe(Math.min(length, 64));
      expect(bytes(chip, BUFFER + 128, Math.min(length, 64)).every((byte) => byte === 7)).toBe(true);
      expect(chip.peek8(BUFFER + 128 + stored)).toBe(0xee);
    }
  });

  it('IN: NAK, data until they are acknowledged, toggles, STALL', () => {
    const chip = configured();
    expect(chip.usb.in(0, 1)).toBe('nak');
    expect([flags(chip, 1), chip.peek8(bank(1, 1) + 10)]).toEqual([TRFAIL1, 2]);
    chip.poke8(BUFFER + 192, 0xab);
    chip.writeUint32(bank(1, 1) + 4, SIZE_64 | 1);
    chip.writeUint8(ep(1) + STATUSSET, BK1RDY);
    for (let i = 0; i < 3; i++) expect(chip.usb.in(0, 1)).toEqual({ toggle: 0, bytes: Uint8Array.of(0xab) });
    expect(flags(chip, 1) & TRCPT1).toBe(0);
    chip.usb.acknowledge(0, 1);
    expect([status(chip, 1), flags(chip, 1) & TRCPT1]).toEqual([DTGLIN, TRCPT1]);
    chip.usb.acknowledge(0, 1); // of nothing
    expect(status(chip, 1)).toBe(DTGLIN);
    chip.writeUint32(bank(1, 1) + 4, SIZE_64);
    chip.writeUint8(ep(1) + STATUSSET, BK1RDY);
    expect(chip.usb.in(0, 1)).toEqual({ toggle: 1, bytes: new Uint8Array() });
    chip.writeUint8(ep(1) + STATUSSET, STALLRQ1);
    expect(chip.usb.in(0, 1)).toBe('stall');
    expect(flags(chip, 1) & STALL1).toBe(STALL1);
  });

  it.each([
    [130, false, [64, 64, 2]],
    [128, false, [64, 64]],
    [128, true, [64, 64, 0]],
    [64, true, [64, 0]],
    [10, true, [10]],
  ])('IN: %i bytes in one transfer, AUTO_ZLP %s', (total, zlp, lengths) => {
    const chip = configured();
    for (let i = 0; i < total; i++) chip.poke8(BUFFER + 192 + i, i);
    chip.writeUint32(bank(1, 1) + 4, (SIZE_64 | total | (zlp ? 0x80000000 : 0)) >>> 0);
    chip.writeUint8(ep(1) + STATUSSET, BK1RDY);
    const sent: number[] = [];
    for (const [i, length] of lengths.entries()) {
      const answer = chip.usb.in(0, 1);
      if (answer === null || typeof answer === 'string') throw new Error(`${answer}`);
      expect([answer.toggle, answer.bytes.length]).toEqual([i & 1, length]);
      sent.push(...answer.bytes);
      chip.usb.acknowledge(0, 1);
      expect(flags(chip, 1) & TRCPT1).toBe(i === lengths.length - 1 ? TRCPT1 : 0);
    }
    expect(sent).toEqual(Array.from({ length: total }, (_, i) => i));
    expect(chip.usb.in(0, 1)).toBe('nak');
  });

  it('faults where the controller would reach what it cannot', () => {
    const broken = (change: (chip: Samd21) => void): (() => void) => {
      const chip = configured();
      change(chip);
      return () => chip.usb.out(0, 1, 0, REQUEST);
    };
    expect(broken((chip) => chip.writeUint32(bank(1, 0), BUFFER + 2))).toThrow(/multiple of 4/);
    expect(broken((chip) => chip.writeUint32(bank(1, 0), 0x3000))).toThrow(/outside RAM/);
    expect(broken((chip) => chip.writeUint32(bank(1, 0), 0x20007ffc))).toThrow(/outside RAM/);
    expect(broken((chip) => chip.writeUint32(DESCADD, 0x3000))).toThrow(/table in RAM/);
    expect(broken((chip) => chip.writeUint32(bank(1, 0) + 4, 7 << 28))).toThrow(/isochronous/);
    expect(broken((chip) => chip.writeUint32(bank(1, 0) + 4, 64 << 14))).toThrow(/multi-packet OUT/);
  });

  it('CRC: the residual of data and CRC is the one of the specification', () => {
    // USB 2.0, 8.3.5.2: 1000000000001101, which stands reversed in this register and is inverted at its output.
    const crc = crc16(REQUEST);
    expect(crc16(Uint8Array.of(...REQUEST, crc & 255, crc >> 8))).toBe(~0xb001 & 0xffff);
    expect(crc16(new Uint8Array())).toBe(0);
  });
});

describe('DFLL48M', () => {
  it('recovers its clock from USB frames: open loop and no lock before a host is there', () => {
    const chip = chipWith([0xe7fe]);
    chip.writeUint32(0x41004004, 0x82);
    chip.writeUint16(0x40000824, 2);
    chip.writeUint32(0x4000082c, 48_000);
    chip.writeUint16(0x40000824, 0x526);
    chip.writeUint32(0x40000c04, 0x10700);
    expect(chip.frequency).toBe(48e6);
    expect(chip.readUint32(0x4000080c) & 0xc0).toBe(0);
    const attached = attach();
    expect(attached.readUint32(0x4000080c) & 0xc0).toBe(0);
    attached.usb.startOfFrame(1);
    expect(attached.readUint32(0x4000080c) & 0xc0).toBe(0xc0);
  });

  it('a multiplier that does not go with frames is a fault', () => {
    const chip = chipWith([0xe7fe]);
    chip.writeUint16(0x40000824, 2);
    chip.writeUint32(0x4000082c, 1465);
    expect(() => chip.writeUint16(0x40000824, 0x526)).toThrow(/MUL other than 48000/);
  });
});
