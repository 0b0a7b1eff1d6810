// SPDX-License-Identifier: Apache-2.0
import type { Appointment } from '../core/schedule.ts';
import { type Chip, interruptMask, type MaskName, RegisterBlock } from './registers.ts';
import { CommonSynchronizer, periodOf } from './synchronizer.ts';

const IRQ_WDT = 2;
const ENABLE = 2;
const WEN = 4;
const ALWAYS_ON = 0x80;
const SYNCBUSY = 0x80;
const CLEAR_KEY = 0xa5;
const EW = 1;

/** What the watchdog needs from outside. */
export interface WatchdogPins {
  /** Frequency of GCLK_WDT in hertz; 0 if it is off. */
  clock(): number;
  coreClock(): number;
  /** Resets the chip. */
  reset(): void;
}

type Name = 'CTRL' | 'CONFIG' | 'EWCTRL' | 'INTFLAG' | 'STATUS' | 'CLEAR' | MaskName;

/**
 * Watchdog Timer (DS40001882, chapter "WDT"): normal mode with early warning. Faults: window mode and always-on, which
 * are not modelled; no generic clock; a write while SYNCBUSY, which would stop the CPU for milliseconds; a protected
 * register written while enabled. A wrong key in CLEAR resets at once, as on silicon.
 */
export class Watchdog extends RegisterBlock<Name> {
  readonly #mask: { enabled: number };
  #flag = 0;
  readonly #synchronizer: CommonSynchronizer;
  #warning: Appointment | null = null;
  #end: Appointment | null = null;

  constructor(
    chip: Chip,
    private readonly pins: WatchdogPins,
  ) {
    const mask = { enabled: 0 };
    const synchronizer = new CommonSynchronizer(chip, () => periodOf(chip, pins.clock()));
    super('WDT', 0x40001000, chip, [
      { name: 'CTRL', offset: 0x0, size: 1, write: (v) => this.#control(v) },
      { name: 'CONFIG', offset: 0x1, size: 1, reset: 0x0b, write: (v) => this.#protected('CONFIG', v) },
      {
        name: 'EWCTRL',
        offset: 0x2,
        size: 1,
        reset: 0x0b,
        writable: 0x0f,
        write: (v) => this.#protected('EWCTRL', v),
      },
      ...interruptMask(1, 0x4, 0x5, mask, 0x01, () => this.#update()),
      { name: 'INTFLAG', offset: 0x6, size: 1, read: () => this.#flag, write: (v) => this.#acknowledge(v) },
      { name: 'STATUS', offset: 0x7, size: 1, read: () => (synchronizer.busy ? SYNCBUSY : 0), writable: 0 },
      { name: 'CLEAR', offset: 0x8, size: 1, read: () => 0, write: (v) => this.#clear(v) },
    ]);
    this.#mask = mask;
    this.#synchronizer = synchronizer;
    this.synchronizedBy(synchronizer);
  }

  override reset(): void {
    super.reset();
    this.#mask.enabled = 0;
    this.#flag = 0;
    this.#warning = null; // the schedule is empty after a reset
    this.#end = null;
    this.#update();
  }

  #control(value: number): void {
    if ((value & (WEN | ALWAYS_ON)) !== 0)
      this.chip.fault('WDT window mode and always-on are not modelled', this.base);
    this.#synchronise('CTRL');
    this.set('CTRL', value & ENABLE);
    this.#restart();
  }

  #protected(name: 'CONFIG' | 'EWCTRL', value: number): void {
    if ((this.get('CTRL') & ENABLE) !== 0)
      this.chip.fault(`WDT.${name} written while it is enabled`, this.base);
    if ((value & 15) > 11) this.chip.fault(`WDT.${name} is set to a reserved period`, this.base);
    this.set(name, value);
  }

  #clear(value: number): void {
    this.#synchronise('CLEAR');
    if ((this.get('CTRL') & ENABLE) === 0) return;
    if (value !== CLEAR_KEY) this.pins.reset();
    else this.#restart();
  }

  /** A write begins its way to the watchdog's clock. */
  #synchronise(name: string): void {
    if (this.pins.clock() === 0) this.chip.fault(`WDT.${name} written without GCLK_WDT`, this.base);
    if (this.#synchronizer.busy) this.chip.fault(`WDT.${name} written while STATUS.SYNCBUSY`, this.base);
    this.#synchronizer.begin(name, 'write');
  }

  #cycles(clocks: number): number {
    return Math.ceil((clocks * this.pins.coreClock()) / this.pins.clock());
  }

  #restart(): void {
    const { schedule, cycles } = this.chip;
    schedule.cancel(this.#warning);
    schedule.cancel(this.#end);
    this.#warning = null;
    this.#end = null;
    if ((this.get('CTRL') & ENABLE) === 0) return;
    const period = (name: 'CONFIG' | 'EWCTRL') => cycles + this.#cycles(8 << (this.get(name) & 15));
    if (period('EWCTRL') < period('CONFIG'))
      this.#warning = schedule.at(period('EWCTRL'), () => this.#warn());
    this.#end = schedule.at(period('CONFIG'), () => this.pins.reset());
  }

  #warn(): void {
    this.#flag = EW;
    this.#update();
  }

  #acknowledge(bits: number): void {
    this.#flag &= ~bits;
    this.#update();
  }

  #update(): void {
    this.chip.setInterrupt(IRQ_WDT, (this.#flag & this.#mask.enabled) !== 0);
  }
}
