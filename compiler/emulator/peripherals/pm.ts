// SPDX-License-Identifier: Apache-2.0
import { type Chip, interruptMask, type MaskName, RegisterBlock } from './registers.ts';

export type ResetCause = 'system' | 'watchdog';

type Name =
  | 'CTRL'
  | 'SLEEP'
  | 'CPUSEL'
  | 'APBASEL'
  | 'APBBSEL'
  | 'APBCSEL'
  | 'AHBMASK'
  | 'APBAMASK'
  | 'APBBMASK'
  | 'APBCMASK'
  | 'INTFLAG'
  | 'RCAUSE'
  | MaskName;

type Divider = 'CPUSEL' | 'APBASEL' | 'APBBSEL' | 'APBCSEL';

/**
 * Power Manager (SAM D21 datasheet DS40001882, chapter "PM - Power Manager"): dividers, clock gates, reset cause. Faults:
 * a bus that would be faster than the core, and a divider that is written again before the last change has settled
 * ("Selecting the Synchronous Clock Division Ratio").
 */
export class PowerManager extends RegisterBlock<Name> {
  /** Called before the core's divider changes. */
  changing: () => void = () => {};
  readonly #settledAt = new Map<Divider, number>();

  constructor(chip: Chip) {
    const mask = { enabled: 0 };
    super('PM', 0x40000400, chip, [
      { name: 'CTRL', offset: 0x00, size: 1, writable: 0x04 },
      { name: 'SLEEP', offset: 0x01, size: 1, writable: 0x03 },
      ...(['CPUSEL', 'APBASEL', 'APBBSEL', 'APBCSEL'] as const).map((name, i) => ({
        ...{ name, offset: 0x08 + i, size: 1 as const },
        write: (v: number) => this.#divide(name, v & 7),
      })),
      { name: 'AHBMASK', offset: 0x14, size: 4, reset: 0x7f, writable: 0x7f },
      { name: 'APBAMASK', offset: 0x18, size: 4, reset: 0x7f, writable: 0x7f },
      { name: 'APBBMASK', offset: 0x1c, size: 4, reset: 0x7f, writable: 0x7f },
      { name: 'APBCMASK', offset: 0x20, size: 4, reset: 0x00010000, writable: 0x1f3fff },
      ...interruptMask(1, 0x34, 0x35, mask, 0x01, () => {}),
      { name: 'INTFLAG', offset: 0x36, size: 1, read: () => 1, write: () => {} }, // CKRDY: dividers settle at once
      { name: 'RCAUSE', offset: 0x38, size: 1, reset: 1, writable: 0 },
    ]);
  }

  override reset(): void {
    super.reset();
    this.#settledAt.clear();
  }

  #divide(name: Divider, value: number): void {
    const before = this.get(name);
    const { cycles } = this.chip;
    if (cycles < (this.#settledAt.get(name) ?? 0))
      this.chip.fault(`PM.${name} written before its last change has settled`, this.base + 8);
    if (value === before) return;
    if (name === 'CPUSEL') this.changing();
    this.set(name, value);
    for (const bus of ['APBASEL', 'APBBSEL', 'APBCSEL'] as const)
      if (this.get(bus) < this.get('CPUSEL'))
        this.chip.fault(`PM.${bus} makes its bus faster than the core`, this.base + 8);
    // The end of a period of the slower clock, and the one that the new one begins with.
    this.#settledAt.set(name, this.chip.cycles + (2 << Math.max(before, value)));
  }

  /** After AIRCR.SYSRESETREQ or the watchdog instead of power-on. */
  resetBy(cause: ResetCause): void {
    this.reset();
    this.set('RCAUSE', cause === 'system' ? 0x40 : 0x20);
  }

  /** Whether a bus clock is on. */
  clockOn(mask: 'AHBMASK' | 'APBBMASK' | 'APBCMASK', bit: number): boolean {
    return (this.get(mask) & bit) !== 0;
  }

  /** Whether the bus clock of SERCOMn is on. */
  sercomClock(n: number): boolean {
    return (this.get('APBCMASK') & (4 << n)) !== 0;
  }

  get eicClock(): boolean {
    return (this.get('APBAMASK') & 0x40) !== 0;
  }

  /** Whether the USB controller's bus clocks are on: AHB for its own accesses, APB for its registers. */
  get usbClocks(): boolean {
    return (this.get('AHBMASK') & 0x40) !== 0 && (this.get('APBBMASK') & 0x20) !== 0;
  }
}
