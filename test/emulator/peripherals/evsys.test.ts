// SPDX-License-Identifier: Apache-2.0
/** The event system between timers and the ADC. DS40001882, chapter "EVSYS"; tables of its generators and users. */
import { describe, expect, it } from 'vitest';
import type { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { ADC, connect, converting, cycleOf, EVSYS, fastChip, PM_APBCMASK, ready } from '../acquisition.ts';
import { MFRQ, timer } from '../timer.ts';

const RESULT = ADC + 0x1a;
const INTFLAG = ADC + 0x18;
const EVCTRL = ADC + 0x14;
const TC4_OVF = 0x36;
const ADC_START = 0x17;
const ASYNCHRONOUS = 0x02000000;
const RESYNCHRONISED = 0x01000000;
const RISING = 0x04000000;

describe('EVSYS', () => {
  const connectEvents = (chip: Samd21, channel: number, path = ASYNCHRONOUS): void => {
    chip.writeUint8(EVCTRL, 1);
    chip.writeUint16(EVSYS + 8, ADC_START | ((channel + 1) << 8));
    chip.writeUint32(EVSYS + 4, channel | (TC4_OVF << 16) | path);
  };

  it('a timer starts conversions, each at its exact cycle', () => {
    for (const channel of [0, 7, 11]) {
      const chip = converting();
      connectEvents(chip, channel);
      timer(chip, 2999);
      const begin = chip.cycles;
      for (let i = 1; i <= 30; i++) {
        const cycle = cycleOf(chip, ready(chip)) - begin;
        expect(Math.abs(cycle - (3000 * i + 480))).toBeLessThanOrEqual(3);
        expect(chip.readUint16(RESULT)).toBe(99 + i);
      }
      expect(chip.readUint8(INTFLAG)).toBe(0);
    }
  });

  it('no conversion without STARTEI, without the user, without the generator', () => {
    const quiet = (change: (chip: Samd21) => void): number => {
      const chip = converting();
      connectEvents(chip, 0);
      change(chip);
      timer(chip, 2999);
      chip.run(20_000);
      return chip.readUint8(INTFLAG);
    };
    expect(quiet(() => {})).toBe(3);
    expect(quiet((chip) => chip.writeUint8(EVCTRL, 0))).toBe(0);
    expect(quiet((chip) => chip.writeUint16(EVSYS + 8, ADC_START))).toBe(0);
    expect(quiet((chip) => chip.writeUint32(EVSYS + 4, ASYNCHRONOUS | (0x33 << 16)))).toBe(0);
    expect(quiet((chip) => chip.writeUint8(EVSYS, 1))).toBe(0);
  });

  it('software events, and reading back', () => {
    const chip = converting();
    connectEvents(chip, 3);
    chip.writeUint32(EVSYS + 4, 3 | 0x100 | ASYNCHRONOUS);
    chip.run(500);
    expect(chip.readUint8(INTFLAG)).toBe(1);
    connectEvents(chip, 5);
    chip.writeUint8(EVSYS + 4, 5);
    expect(chip.readUint32(EVSYS + 4)).toBe((5 | (TC4_OVF << 16) | ASYNCHRONOUS) >>> 0);
    chip.writeUint8(EVSYS + 8, ADC_START);
    expect(chip.readUint16(EVSYS + 8)).toBe(ADC_START | (6 << 8));
  });

  it('an event that silicon would lose is a fault', () => {
    const run = (path: number, prepare: (chip: Samd21) => void = () => {}) => {
      const chip = converting();
      prepare(chip);
      connectEvents(chip, 0, path);
      timer(chip, 2999);
      return () => chip.run(5000);
    };
    expect(run(0x04000000)).toThrow(/without GCLK_EVSYS_0/);
    const withClock = (chip: Samd21): void => connect(chip, 0x07);
    expect(run(0, withClock)).toThrow(/EDGSEL lets none through/);
    expect(run(0x04000000, withClock)).not.toThrow();
    const chip = fastChip();
    expect(() => chip.writeUint32(EVSYS + 4, 12)).toThrow(/channel 12 of 12/);
    expect(() => chip.writeUint16(EVSYS + 8, 0x1d)).toThrow(/connects user 29/);
    chip.writeUint32(PM_APBCMASK, 0);
    expect(() => chip.readUint8(EVSYS)).toThrow(/stops its bus clock/);
  });

  it('is empty after a reset, by the chip and by CTRL.SWRST', () => {
    const chip = converting();
    const isReset = (): void => {
      for (let id = 0; id < 12; id++) {
        chip.writeUint8(EVSYS + 4, id);
        expect(chip.readUint32(EVSYS + 4)).toBe(id);
      }
      for (let id = 0; id < 0x1d; id++) {
        chip.writeUint8(EVSYS + 8, id);
        expect(chip.readUint16(EVSYS + 8)).toBe(id);
      }
      expect(chip.readUint32(EVSYS + 0x0c)).toBe(0x000f00ff); // USRRDYn
    };
    isReset();
    connectEvents(chip, 3);
    chip.writeUint8(EVSYS, 1);
    isReset();
  });

  it.each([
    [0x42002c00, 0x1b, 0x33],
    [0x42003000, 0x1c, 0x36],
    [0x42003400, 0x1c, 0x39],
  ])('the timer at 0x%x is a generator of its own, where it may send', (base, clock, generator) => {
    const conversions = (sends: number, listensTo: number): number => {
      const chip = converting();
      connectEvents(chip, 0);
      chip.writeUint32(EVSYS + 4, (listensTo << 16) | ASYNCHRONOUS);
      connect(chip, clock);
      chip.writeUint16(base + 0x18, 999);
      chip.writeUint16(base + 0x0a, sends);
      chip.writeUint16(base, MFRQ | 2);
      chip.run(1900);
      return chip.readUint8(INTFLAG) & 1;
    };
    expect(conversions(0x100, generator)).toBe(1);
    expect(conversions(0, generator)).toBe(0);
    expect(conversions(0x100, generator + 1)).toBe(0); // TCn_MC0
  });

  it('a generator may feed several channels, a user gets one', () => {
    const chip = converting();
    connectEvents(chip, 2);
    connectEvents(chip, 9);
    timer(chip, 2999);
    cycleOf(chip, ready(chip));
    expect(chip.readUint16(RESULT)).toBe(100);
    chip.run(2000);
    expect(chip.readUint8(INTFLAG)).toBe(0); // two starts would have been a fault
  });

  it.each([0, 5, 11])(
    'channel %i has a generic clock of its own, for every path but the asynchronous',
    (channel) => {
      for (const path of [0, RESYNCHRONISED]) {
        const events = (clock: number) => {
          const chip = converting();
          connect(chip, clock);
          connectEvents(chip, channel, path | RISING);
          timer(chip, 2999);
          return () => {
            chip.run(4000);
            return chip.readUint8(INTFLAG);
          };
        };
        expect(events(0x07 + channel)()).toBe(1);
        expect(events(0x07 + ((channel + 1) % 12))).toThrow(new RegExp(`without GCLK_EVSYS_${channel}`));
      }
    },
  );

  it('an event for a user that is not modelled is a fault', () => {
    const chip = fastChip();
    chip.writeUint16(EVSYS + 8, 0x0100); // DMAC channel 0 listens to channel 0
    expect(() => chip.writeUint32(EVSYS + 4, 0x100 | ASYNCHRONOUS)).toThrow(/user 0, which is not modelled/);
  });
});
