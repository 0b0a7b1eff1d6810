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

/** Power Manager (SAM D21 datasheet DS40001882, chapter "PM - Power Manager"): dividers, clock gates, reset cause. */
export class PowerManager extends RegisterBlock<Name> {
  constructor(chip: Chip) {
    const mask = { enabled: 0 };
    super('PM', 0x40000400, chip, [
      { name: 'CTRL', offset: 0x00, size: 1, writable: 0x04 },
      { name: 'SLEEP', offset: 0x01, size: 1, writable: 0x03 },
      { name: 'CPUSEL', offset: 0x08, size: 1, writable: 0x07 },
      { name: 'APBASEL', offset: 0x09, size: 1, writable: 0x07 },
      { name: 'APBBSEL', offset: 0x0a, size: 1, writable: 0x07 },
      { name: 'APBCSEL', offset: 0x0b, size: 1, writable: 0x07 },
      { name: 'AHBMASK', offset: 0x14, size: 4, reset: 0x7f, writable: 0x7f },
      { name: 'APBAMASK', offset: 0x18, size: 4, reset: 0x7f, writable: 0x7f },
      { name: 'APBBMASK', offset: 0x1c, size: 4, reset: 0x7f, writable: 0xff },
      { name: 'APBCMASK', offset: 0x20, size: 4, reset: 0x00010000, writable: 0x1fffff },
      ...interruptMask(1, 0x34, 0x35, mask, () => {}),
      { name: 'INTFLAG', offset: 0x36, size: 1, read: () => 1, write: () => {} }, // CKRDY: dividers settle at once
      { name: 'RCAUSE', offset: 0x38, size: 1, reset: 1, writable: 0 },
    ]);
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
