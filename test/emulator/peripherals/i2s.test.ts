// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Samd21, Silicon } from '../../../compiler/emulator/samd21/samd21.ts';
import { connect, cycleOf, fastChip, I2S, PM_APBCMASK, route } from '../acquisition.ts';

const CTRLA = I2S;
const CLKCTRL = I2S + 0x04;
const INTENSET = I2S + 0x10;
const SYNCBUSY = 0x42005018;
const INTFLAG = I2S + 0x14;
const SERCTRL = I2S + 0x20;
const DATA = I2S + 0x30;
const GCLK_I2S_0 = 0x23;
const STEREO_32 = 0xa7; // two slots of 32 bits, I2S format
const PDM_16 = 0x41; // one slot of 16 bits, frame sync of one bit
const SIZE_16 = 4 << 8;
const PDM2 = 2;
const SLOTDIS1 = 0x20000;
const MONO = 0x01000000;
const PINS_0 = [10, 11, 7] as const; // SCK0, FS0, SD0
const IRQ = 1 << 27;
const PINCFG_SD = 0x41004447; // PA07
const OUTSET = 0x41004418;
const PMUXEN = 1;
const PULLEN = 4;
const FSOUTINV = 0x20000000;

interface Wired {
  readonly divisor: number;
  readonly select: 'low' | 'high';
  readonly silicon: Silicon;
}

/** Clock unit 0 and serializer 0 with a generic clock that generator 3 divides. */
function receiving(
  clock: number,
  serializer: number,
  { divisor = 10, select = 'low', silicon = {} as Silicon }: Partial<Wired> = {},
): Samd21 {
  const chip = fastChip([0xe7fe], { silicon });
  connect(chip, GCLK_I2S_0, divisor);
  route(chip, 6, ...PINS_0);
  let word = 0;
  chip.microphone = { next: () => (word += 0x01020300), select };
  chip.writeUint32(CLKCTRL, clock);
  chip.writeUint32(SERCTRL, serializer);
  return chip;
}

const ready = (chip: Samd21) => (): boolean => (chip.readUint16(INTFLAG) & 1) !== 0;

describe('I2S receives from an I2S microphone', () => {
  it('a word per frame when the right slot is off, ready with the last bit of its slot', () => {
    for (const mckdiv of [0, 3]) {
      const chip = receiving(STEREO_32 | (mckdiv << 19), SLOTDIS1);
      chip.writeUint8(CTRLA, 0x16);
      const begin = chip.cycles;
      for (let i = 0; i < 20; i++) {
        const cycle = cycleOf(chip, ready(chip)) - begin;
        const due = (64 * i + 32) * 10 * (mckdiv + 1);
        expect(cycle).toBeGreaterThanOrEqual(due);
        expect(cycle).toBeLessThanOrEqual(due + 2); // the loop's branch
        expect(chip.readUint32(DATA)).toBe((0x01020300 * (i + 1)) >>> 0);
        expect(ready(chip)()).toBe(false);
      }
      expect(chip.readUint16(INTFLAG)).toBe(0);
    }
  });

  it('zeros in the right slot with a resistor to ground, or the left word again in mono', () => {
    for (const mono of [0, MONO]) {
      const chip = receiving(STEREO_32, mono);
      chip.writeUint8(PINCFG_SD, PMUXEN | PULLEN);
      chip.writeUint8(CTRLA, 0x16);
      const words = Array.from({ length: 4 }, () => {
        cycleOf(chip, ready(chip));
        return chip.readUint32(DATA);
      });
      expect(words).toEqual(
        mono ? [0x01020300, 0x01020300, 0x02040600, 0x02040600] : [0x01020300, 0, 0x02040600, 0],
      );
    }
  });

  it.each([
    ['low', 'low', 0, 0],
    ['low', 'high', 0, 1],
    ['high', 'low', 0, 1],
    ['high', 'high', 0, 0],
    ['low', 'low', FSOUTINV, 1],
    ['high', 'low', FSOUTINV, 0],
  ] as const)(
    'frame sync %s in the first slot, select %s, inverted by %i: it speaks in slot %i',
    (frameSync, select, inverted, slot) => {
      const chip = receiving(STEREO_32 | inverted, 0, { select, silicon: { frameSync } });
      chip.writeUint8(PINCFG_SD, PMUXEN | PULLEN);
      chip.writeUint8(CTRLA, 0x16);
      const words = Array.from({ length: 4 }, () => {
        cycleOf(chip, ready(chip));
        return chip.readUint32(DATA);
      });
      expect(words).toEqual(slot === 0 ? [0x01020300, 0, 0x02040600, 0] : [0, 0x01020300, 0, 0x02040600]);
    },
  );

  it('in the slot that nobody drives what the resistor gives, or noise', () => {
    const quiet = (config: number, out: number): number[] => {
      const chip = receiving(STEREO_32, 0x10000);
      chip.writeUint32(OUTSET, out);
      chip.writeUint8(PINCFG_SD, config);
      chip.writeUint8(CTRLA, 0x16);
      return Array.from({ length: 20 }, () => {
        cycleOf(chip, ready(chip));
        return chip.readUint32(DATA);
      });
    };
    expect(new Set(quiet(PMUXEN | PULLEN, 0))).toEqual(new Set([0]));
    expect(new Set(quiet(PMUXEN | PULLEN, 0x80))).toEqual(new Set([0xffffffff]));
    expect(new Set(quiet(PMUXEN, 0)).size).toBe(20);
  });

  it('a bit late when the delay of I2S is not asked for', () => {
    const chip = receiving(STEREO_32 & ~0x80, SLOTDIS1);
    chip.writeUint8(CTRLA, 0x16);
    cycleOf(chip, ready(chip));
    expect(chip.readUint32(DATA)).toBe(0x01020300 >>> 1);
  });

  it('16 of its bits when slots and data have 16', () => {
    const chip = receiving(0xa5, SIZE_16 | SLOTDIS1);
    chip.writeUint8(CTRLA, 0x16);
    cycleOf(chip, ready(chip));
    expect(chip.readUint32(DATA)).toBe(0x0102);
  });

  it('a word that is not fetched is overwritten, flagged, and interrupts', () => {
    const chip = receiving(STEREO_32, SLOTDIS1);
    chip.writeUint16(INTENSET, 0x10);
    chip.writeUint8(CTRLA, 0x16);
    chip.run(400);
    expect(chip.readUint16(INTFLAG)).toBe(0x01);
    expect(chip.core.pendingInterrupts & IRQ).toBe(0);
    chip.run(640);
    expect(chip.readUint16(INTFLAG)).toBe(0x11);
    expect(chip.core.pendingInterrupts & IRQ).toBe(IRQ);
    expect(chip.readUint32(DATA)).toBe(0x02040600);
    expect(chip.readUint16(INTFLAG)).toBe(0x10);
    chip.writeUint16(INTFLAG, 0x10);
    expect(chip.readUint16(INTFLAG)).toBe(0);
  });

  it('through clock unit 1 and serializer 1, on pins of port B', () => {
    const chip = fastChip();
    connect(chip, GCLK_I2S_0 + 1, 4);
    route(chip, 6, 32 + 11, 32 + 12, 32 + 16);
    chip.microphone = { next: () => 0xabcdef00 };
    chip.writeUint32(CLKCTRL + 4, STEREO_32);
    chip.writeUint32(SERCTRL + 4, SLOTDIS1 | 0x20);
    chip.writeUint8(CTRLA, 0x2a);
    chip.run(200);
    expect(chip.readUint16(INTFLAG)).toBe(2);
    expect(chip.readUint32(DATA + 4)).toBe(0xabcdef00);
  });

  it('switched off it stops, and a reset forgets the word', () => {
    const chip = receiving(STEREO_32, SLOTDIS1);
    chip.writeUint8(CTRLA, 0x16);
    chip.run(400);
    chip.writeUint8(CTRLA, 0);
    expect(chip.readUint32(DATA)).toBe(0x01020300);
    chip.run(10_000);
    expect(chip.readUint16(INTFLAG)).toBe(0);
    chip.writeUint8(CTRLA, 0x16);
    chip.run(400);
    chip.writeUint8(CTRLA, 1);
    expect(chip.readUint16(INTFLAG)).toBe(0);
    expect(chip.readUint32(SERCTRL)).toBe(0);
    expect(chip.schedule.next()).toBe(Infinity);
  });
});

describe('I2S receives from a PDM microphone', () => {
  const pattern = (n: number): number => (Math.imul(n + 1, 0x9e3779b1) >>> 7) & 1;
  const bits = (start: number): number =>
    Array.from({ length: 16 }, (_, i) => pattern(start + i)).reduce((a, b) => 2 * a + b, 0);

  it('16 bits to a word, the earliest in the highest place, without a gap', () => {
    const chip = receiving(PDM_16, SIZE_16, { divisor: 48 });
    let n = 0;
    chip.microphone = { next: () => pattern(n++) };
    chip.writeUint8(CTRLA, 0x16);
    const begin = chip.cycles;
    for (let i = 0; i < 50; i++) {
      expect(Math.abs(cycleOf(chip, ready(chip)) - begin - 768 * (i + 1))).toBeLessThanOrEqual(2);
      expect(chip.readUint32(DATA)).toBe(bits(16 * i));
    }
  });

  it('mode PDM2 has the left microphone in the lower half', () => {
    const chip = receiving(PDM_16 | 4, PDM2, { divisor: 48 });
    let n = 0;
    chip.microphone = { next: () => pattern(n++) };
    chip.writeUint8(CTRLA, 0x16);
    for (let i = 0; i < 4; i++) {
      cycleOf(chip, ready(chip));
      expect(chip.readUint32(DATA)).toBe(bits(16 * i));
    }
  });
});

describe('I2S faults', () => {
  const enable = (chip: Samd21): void => chip.writeUint8(CTRLA, 0x16);

  it.each([
    ['a clock unit as slave', STEREO_32 | 0x1000, 0, /as slave/],
    ['a serializer that transmits', STEREO_32, 1, /other than RX and PDM2/],
    ['least significant bit first', STEREO_32, 0x8000, /not modelled/],
    ['a frame sync that has no edge', 0x01, SIZE_16, /no edge/],
    ['a frame sync of one bit for an I2S microphone', (STEREO_32 & ~0x60) | 0x40, 0, /half a frame/],
    ['bursts', STEREO_32 | 0x60, 0, /bursts/],
    ['an inverted serial clock', STEREO_32 | 0x40000000, 0, /other edge/],
    ['slots wider than the data', STEREO_32, SIZE_16, /slots of 32 bits with data words of 16/],
  ])('%s', (_, clock, serializer, message) => {
    expect(() => enable(receiving(clock, serializer))).toThrow(message);
  });

  it.each([
    [10, /no pin carries SCK0/],
    [11, /no pin carries FS0/],
    [7, /no pin carries SD0/],
  ])('pin %i not routed', (pin, message) => {
    const chip = receiving(STEREO_32, SLOTDIS1);
    chip.writeUint8(0x41004440 + pin, 0);
    expect(() => enable(chip)).toThrow(message);
  });

  it('no clocks, and registers written while they are in use', () => {
    const chip = fastChip();
    expect(() => chip.writeUint8(CTRLA, 1)).toThrow(/would never end/);
    route(chip, 6, ...PINS_0);
    chip.writeUint32(CLKCTRL, STEREO_32);
    expect(() => enable(chip)).toThrow(/without a generic clock/);
    const on = receiving(STEREO_32, SLOTDIS1);
    enable(on);
    expect(on.readUint16(SYNCBUSY) & 0x02).toBe(0x02);
    expect(() => enable(on)).toThrow(/bus fault: I2S.CTRLA written while SYNCBUSY is 0x/);
    on.stall(2000); // many cycles of the serial clock's source
    expect(on.readUint16(SYNCBUSY)).toBe(0);
    enable(on);
    expect(() => on.writeUint32(CLKCTRL, 0)).toThrow(/CLKCTRL0 written while/);
    expect(() => on.writeUint32(SERCTRL, 0)).toThrow(/SERCTRL0 written while/);
    expect(() => on.writeUint32(DATA, 0)).toThrow(/transmission/);
    on.writeUint32(PM_APBCMASK, 0);
    expect(() => on.readUint16(INTFLAG)).toThrow(/stops its bus clock/);
  });
});
