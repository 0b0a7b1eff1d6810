// SPDX-License-Identifier: Apache-2.0
import { type Chip, interruptMask, type MaskName, RegisterBlock } from './registers.ts';

const ENABLE = 2;
const DFLL_MODE = 4; // closed loop
const DFLL_USBCRM = 0x20; // closed loop on start-of-frame packets
const DFLL_ONDEMAND = 0x80;
const FRAMES_PER_SECOND = 1000;

/** Sources of a generic clock generator (chapter "GCLK", GENCTRL.SRC). */
export const ClockSource = {
  XOSC: 0,
  GCLKGEN1: 2,
  OSCULP32K: 3,
  OSC32K: 4,
  XOSC32K: 5,
  OSC8M: 6,
  DFLL48M: 7,
  FDPLL: 8,
};

type Name =
  | 'INTFLAG'
  | 'PCLKSR'
  | 'XOSC'
  | 'XOSC32K'
  | 'OSC32K'
  | 'OSCULP32K'
  | 'OSC8M'
  | 'DFLLCTRL'
  | 'DFLLVAL'
  | 'DFLLMUL'
  | 'DFLLSYNC'
  | 'BOD33'
  | 'VREG'
  | 'VREF'
  | 'DPLLCTRLA'
  | 'DPLLRATIO'
  | 'DPLLCTRLB'
  | 'DPLLSTATUS'
  | MaskName;

/** Share of the DFLL48M's frequency in a step of DFLLVAL.FINE: a plausible one, of 1,024 steps. */
const FINE_STEP = 0.0005;
const FINE_MIDDLE = 512;
const FINE_MASK = 0x3ff;
/** Seconds until the DFLL48M has locked: at most, by the electrical characteristics. */
const LOCK_TIME = 0.0007;

/** How far the oscillators are from their frequencies, as shares of them: 0.01 is 1 % fast. */
export interface OscillatorErrors {
  readonly dfll: number;
  readonly osc8m: number;
}

/**
 * System Controller (DS40001882, chapter "SYSCTRL"): oscillators. Every enabled oscillator is ready at the next read; a
 * crystal is always there. The DFLL48M takes its time to lock. In open loop it has 48 MHz with the calibrated coarse
 * value and the middle fine one, but for its error; once it has locked, DFLLVAL has the value that it found.
 */
export class SystemController extends RegisterBlock<Name> {
  /** Frequency of the DFLL's reference clock, generic clock 0; set by the chip. */
  dfllReference: () => number = () => 0;
  /** Whether a USB host may send frames; set by the chip. */
  usbFrames: () => boolean = () => false;

  /** Cycle at which the DFLL48M has locked, once it has a reference. */
  #lockedAt = Infinity;
  /** DFLLVAL: until then the factory's value. */
  #written = false;

  constructor(
    chip: Chip,
    private readonly around: { readonly frequency: number },
    private readonly errors: OscillatorErrors = { dfll: 0, osc8m: 0 },
  ) {
    const mask = { enabled: 0 };
    super('SYSCTRL', 0x40000800, chip, [
      ...interruptMask(4, 0x00, 0x04, mask, 0x38fff, () => {}),
      { name: 'INTFLAG', offset: 0x08, size: 4, read: () => this.#status(), write: () => {} },
      { name: 'PCLKSR', offset: 0x0c, size: 4, read: () => this.#status(), writable: 0 },
      { name: 'XOSC', offset: 0x10, size: 2, reset: 0x0080, writable: 0xffc6 },
      { name: 'XOSC32K', offset: 0x14, size: 2, reset: 0x0080, writable: 0x17fe },
      { name: 'OSC32K', offset: 0x18, size: 4, reset: 0x003f0080, writable: 0x7f17ce },
      { name: 'OSCULP32K', offset: 0x1c, size: 1, reset: 0x1f, writable: 0x9f },
      { name: 'OSC8M', offset: 0x20, size: 4, reset: 0x87070382, writable: 0xcfff03c2 },
      {
        name: 'DFLLCTRL',
        offset: 0x24,
        size: 2,
        reset: DFLL_ONDEMAND,
        writable: 0x0ffe,
        write: (v, m) => this.#writeDfllControl(v, m),
      },
      {
        name: 'DFLLVAL',
        offset: 0x28,
        size: 4,
        writable: 0xffff,
        read: () => this.#dfllValue(),
        write: (v, m) => this.#writeDfll('DFLLVAL', v, m),
      },
      { name: 'DFLLMUL', offset: 0x2c, size: 4, write: (v, m) => this.#writeDfll('DFLLMUL', v, m) },
      { name: 'DFLLSYNC', offset: 0x30, size: 1, read: () => 0, write: () => {} },
      { name: 'BOD33', offset: 0x34, size: 4, reset: 0x00000006, writable: 0x3ff35e },
      { name: 'VREG', offset: 0x3c, size: 2, writable: 0x2040 },
      { name: 'VREF', offset: 0x40, size: 4, writable: 0x7ff0006 },
      { name: 'DPLLCTRLA', offset: 0x44, size: 1, reset: 0x80, writable: 0xc2 },
      { name: 'DPLLRATIO', offset: 0x48, size: 4, writable: 0xf0fff },
      { name: 'DPLLCTRLB', offset: 0x4c, size: 4, writable: 0x7ff173f },
      { name: 'DPLLSTATUS', offset: 0x50, size: 1, read: () => (this.#dpllOn() ? 0x0f : 0), writable: 0 },
    ]);
  }

  /** Frequency in hertz of an oscillator as a generator's source; 0 if it is off or not modelled. */
  frequency(source: number): number {
    switch (source) {
      case ClockSource.OSCULP32K:
        return 32768;
      case ClockSource.OSC32K:
        return this.get('OSC32K') & ENABLE ? 32768 : 0;
      case ClockSource.XOSC32K:
        return this.get('XOSC32K') & ENABLE ? 32768 : 0;
      case ClockSource.OSC8M:
        return this.get('OSC8M') & ENABLE
          ? (8e6 * (1 + this.errors.osc8m)) / (1 << ((this.get('OSC8M') >>> 8) & 3))
          : 0;
      case ClockSource.DFLL48M:
        if (!(this.get('DFLLCTRL') & ENABLE)) return 0;
        if (this.#recovers) return this.#openLoop * (this.usbFrames() ? this.correction : 1);
        return this.#locked ? this.dfllReference() * this.#multiplier : this.#openLoop;
      default:
        return 0;
    }
  }

  /** By what the frames of USB multiply the DFLL48M's frequency as soon as they come; 1 where it does not look at them. */
  get correction(): number {
    return this.#recovers ? 48e6 / this.#openLoop : 1;
  }

  /** Whether the DFLL48M follows a reference: a clock, or the frames of USB as soon as they come. */
  get disciplined(): boolean {
    return this.#recovers || (this.#closed && this.dfllReference() > 0);
  }

  /** Closed loop on generic clock 0. */
  get #closed(): boolean {
    return (this.get('DFLLCTRL') & (DFLL_MODE | DFLL_USBCRM)) === DFLL_MODE;
  }

  /** USB clock recovery: open loop until a host sends frames (chapter "SYSCTRL", "USB Clock Recovery Mode"). */
  get #recovers(): boolean {
    const both = DFLL_MODE | DFLL_USBCRM;
    return (this.get('DFLLCTRL') & both) === both;
  }

  get #multiplier(): number {
    return this.get('DFLLMUL') & 0xffff;
  }

  #writeDfllControl(value: number, mask: number): void {
    // Silicon takes its last value along when it leaves the closed loop.
    if (this.#locked) this.set('DFLLVAL', this.#dfllValue());
    this.set('DFLLCTRL', (this.get('DFLLCTRL') & ~mask) | value);
    const locks = this.get('DFLLCTRL') & ENABLE && this.#closed && this.dfllReference() > 0;
    if (!locks) this.#lockedAt = Infinity;
    else if (this.#lockedAt === Infinity)
      this.#lockedAt = this.chip.cycles + LOCK_TIME * this.around.frequency;
    if (this.#recovers && this.get('DFLLCTRL') & ENABLE && this.#multiplier * FRAMES_PER_SECOND !== 48e6)
      this.chip.fault(
        'DFLL48M recovers its clock from USB with DFLLMUL.MUL other than 48000',
        this.base + 0x24,
      );
  }

  get #locked(): boolean {
    return this.#closed && this.dfllReference() > 0 && this.chip.cycles >= this.#lockedAt;
  }

  /** With what DFLLVAL.FINE makes of it; the coarse value is taken for the calibrated one. */
  get #openLoop(): number {
    const steps = (this.get('DFLLVAL') & FINE_MASK) - FINE_MIDDLE;
    const fine = this.#written ? steps * FINE_STEP : 0;
    return 48e6 * (1 + this.errors.dfll + fine);
  }

  /** What was written, or found by the closed loop. */
  #dfllValue(): number {
    const value = this.get('DFLLVAL');
    if (!this.#locked) return value;
    const wanted = (this.dfllReference() * this.#multiplier) / 48e6 - 1 - this.errors.dfll;
    const fine = Math.min(Math.max(FINE_MIDDLE + Math.round(wanted / FINE_STEP), 0), FINE_MASK);
    return (value & ~FINE_MASK) | fine;
  }

  #dpllOn(): boolean {
    return (this.get('DPLLCTRLA') & ENABLE) !== 0;
  }

  /** Silicon errata DS80000760, DFLL48M: a write while ONDEMAND is set, as it is after a reset, freezes the chip. */
  #writeDfll(name: 'DFLLVAL' | 'DFLLMUL', value: number, mask: number): void {
    if (this.get('DFLLCTRL') & DFLL_ONDEMAND)
      this.chip.fault(`${name} written while DFLLCTRL.ONDEMAND is set`, this.base + 0x28);
    this.set(name, (this.get(name) & ~mask) | value);
    if (name === 'DFLLVAL') this.#written = true;
  }

  override reset(): void {
    super.reset();
    this.#written = false;
    this.#lockedAt = Infinity;
  }

  /** PCLKSR: bits 0-4 ready flags, 6 and 7 DFLL locks, 15 DPLL lock. */
  #status(): number {
    const on = (name: Name): boolean => (this.get(name) & ENABLE) !== 0;
    const dfll = on('DFLLCTRL');
    const reference = this.#recovers ? this.usbFrames() : this.#closed && this.dfllReference() > 0;
    const locked = dfll && reference && (this.#recovers || this.#locked);
    return (
      (on('XOSC') ? 1 : 0) |
      (on('XOSC32K') ? 2 : 0) |
      (on('OSC32K') ? 4 : 0) |
      (on('OSC8M') ? 8 : 0) |
      0x10 | // DFLLRDY: no synchronisation is ever under way
      (locked ? 0xc0 : 0) |
      (on('BOD33') ? 0x200 : 0) |
      (this.#dpllOn() ? 0x8000 : 0)
    );
  }
}
