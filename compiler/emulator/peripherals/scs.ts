// SPDX-License-Identifier: Apache-2.0
import type { Samd21Core, Timer } from '../core/core.ts';
import { highestPending } from '../core/exceptions.ts';
import { type Chip, type Register, RegisterBlock } from './registers.ts';

export const SCS_BASE = 0xe000e000;
/** Interrupt lines 0..27 (SAM D21 datasheet, table 11-3). */
const IRQ_MASK = 0x0fffffff;

type Name =
  | 'SYST_CSR'
  | 'SYST_RVR'
  | 'SYST_CVR'
  | 'SYST_CALIB'
  | 'ISER'
  | 'ICER'
  | 'ISPR'
  | 'ICPR'
  | 'CPUID'
  | 'ICSR'
  | 'VTOR'
  | 'AIRCR'
  | 'SCR'
  | 'CCR'
  | 'SHPR2'
  | 'SHPR3'
  | 'SHCSR'
  | `IPR${number}`;

/**
 * System Control Space: SysTick, NVIC and system control block (Armv6-M ARM, B3.2 to B3.4). rp2040js has one of its
 * own, but its SysTick runs on nanoseconds of another clock, and its ICPR cannot clear the interrupts 0 to 25.
 */
export class SystemControlSpace extends RegisterBlock<Name> implements Timer {
  #counting = false;
  #startCycle = 0; // the counter held #startValue at this cycle
  #startValue = 0;
  #expired = false; // COUNTFLAG

  constructor(
    chip: Chip,
    private readonly core: Samd21Core,
    systemReset: () => void,
    counterRead: () => void,
  ) {
    const priorities: Register<Name>[] = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => ({
      name: `IPR${n}`,
      offset: 0x400 + 4 * n,
      size: 4,
      writable: n < 7 ? 0xc0c0c0c0 : 0,
    }));
    const pend = (bits: number): void => {
      core.pendingInterrupts |= bits & IRQ_MASK;
      core.interruptsUpdated = true;
    };
    super('SCS', SCS_BASE, chip, [
      {
        name: 'SYST_CSR',
        offset: 0x10,
        size: 4,
        read: () => this.#readControl(),
        write: (v) => this.#writeControl(v),
      },
      { name: 'SYST_RVR', offset: 0x14, size: 4, writable: 0xffffff },
      {
        name: 'SYST_CVR',
        offset: 0x18,
        size: 4,
        read: () => {
          counterRead();
          return this.#counter();
        },
        write: () => this.#restart(0),
      },
      { name: 'SYST_CALIB', offset: 0x1c, size: 4, reset: 0x40000000, writable: 0 },
      {
        name: 'ISER',
        offset: 0x100,
        size: 4,
        read: () => core.enabledInterrupts,
        write: (v) => {
          core.enabledInterrupts |= v & IRQ_MASK;
          core.interruptsUpdated = true;
        },
      },
      {
        name: 'ICER',
        offset: 0x180,
        size: 4,
        read: () => core.enabledInterrupts,
        write: (v) => {
          core.enabledInterrupts &= ~v;
        },
      },
      { name: 'ISPR', offset: 0x200, size: 4, read: () => core.pendingInterrupts, write: pend },
      {
        name: 'ICPR',
        offset: 0x280,
        size: 4,
        read: () => core.pendingInterrupts,
        write: (v) => {
          core.pendingInterrupts &= ~v | core.interruptLines;
        },
      },
      ...priorities,
      { name: 'CPUID', offset: 0xd00, size: 4, reset: 0x410cc601, writable: 0 },
      {
        name: 'ICSR',
        offset: 0xd04,
        size: 4,
        read: () => this.#readState(),
        write: (v) => this.#writeState(v),
      },
      {
        name: 'VTOR',
        offset: 0xd08,
        size: 4,
        read: () => core.VTOR,
        write: (v) => {
          core.VTOR = v & 0xffffff80;
        },
      },
      {
        name: 'AIRCR',
        offset: 0xd0c,
        size: 4,
        read: () => 0xfa050000,
        write: (v) => {
          if (v >>> 16 === 0x05fa && v & 4) systemReset();
        },
      },
      { name: 'SCR', offset: 0xd10, size: 4, writable: 0x16 },
      { name: 'CCR', offset: 0xd14, size: 4, reset: 0x208, writable: 0 },
      { name: 'SHPR2', offset: 0xd1c, size: 4, writable: 0xc0000000 },
      { name: 'SHPR3', offset: 0xd20, size: 4, writable: 0xc0c00000 },
      { name: 'SHCSR', offset: 0xd24, size: 4, read: () => (core.pendingSVCall ? 0x8000 : 0), writable: 0 },
    ]);
  }

  override reset(): void {
    super.reset();
    this.#counting = false;
    this.#expired = false;
    this.#startValue = 0;
  }

  override write(offset: number, size: number, value: number): void {
    // Only words: byte and halfword accesses are UNPREDICTABLE (B3.1.1), except that compilers use none.
    if (size !== 4) this.chip.fault('system control space accepts word accesses only', SCS_BASE + offset);
    super.write(offset, size, value);
    if (offset >= 0x400 && offset < 0x420) this.#updatePriorities();
    this.core.SHPR2 = this.get('SHPR2');
    this.core.SHPR3 = this.get('SHPR3');
  }

  /** Cycle at which the counter next goes from 1 to 0 (B3.3.1). */
  next(): number {
    if (!this.#counting) return Infinity;
    if (this.#startValue > 0) return this.#startCycle + this.#startValue;
    const reload = this.get('SYST_RVR');
    return reload === 0 ? Infinity : this.#startCycle + 1 + reload;
  }

  expire(): void {
    this.#startCycle = this.next();
    this.#startValue = 0;
    this.#expired = true;
    if (this.get('SYST_CSR') & 2) this.core.pendingSystick = true;
  }

  #counter(): number {
    if (!this.#counting) return this.#startValue;
    const passed = this.chip.cycles - this.#startCycle;
    if (passed < 0) return this.#startValue;
    if (this.#startValue > 0 || passed === 0) return Math.max(this.#startValue - passed, 0);
    return Math.max(this.get('SYST_RVR') + 1 - passed, 0); // one cycle at 0, then the reload value
  }

  #restart(value: number): void {
    this.#startValue = value;
    this.#startCycle = this.chip.cycles;
    this.#expired = false;
    this.core.lookNow();
  }

  #readControl(): number {
    const flag = this.#expired ? 0x10000 : 0;
    this.#expired = false;
    return this.get('SYST_CSR') | flag;
  }

  #writeControl(value: number): void {
    const count = this.#counter();
    this.set('SYST_CSR', (value & 7) | 4); // always the core clock: the chip has no reference clock
    this.#counting = (value & 1) !== 0;
    this.#startValue = count;
    this.#startCycle = this.chip.cycles;
    this.core.lookNow();
  }

  #readState(): number {
    const { core } = this;
    const pending = highestPending(core);
    return (
      (core.pendingNMI ? 0x80000000 : 0) |
      (core.pendingPendSV ? 0x10000000 : 0) |
      (core.pendingSystick ? 0x04000000 : 0) |
      (core.pendingInterrupts & core.enabledInterrupts ? 0x00400000 : 0) |
      (pending << 12) |
      core.IPSR
    );
  }

  #writeState(value: number): void {
    const { core } = this;
    if (value & 0x80000000) core.pendingNMI = true;
    if (value & 0x10000000) core.pendingPendSV = true;
    if (value & 0x08000000) core.pendingPendSV = false;
    if (value & 0x04000000) core.pendingSystick = true;
    if (value & 0x02000000) core.pendingSystick = false;
    core.interruptsUpdated = true;
  }

  /** The core keeps one set of interrupts per priority. */
  #updatePriorities(): void {
    const sets = [0, 0, 0, 0];
    for (let irq = 0; irq < 28; irq++) {
      const priority = (this.get(`IPR${irq >> 2}`) >>> (8 * (irq & 3) + 6)) & 3;
      sets[priority] = (sets[priority] ?? 0) | (1 << irq);
    }
    sets[0] = (sets[0] ?? 0) | 0xf0000000;
    for (let priority = 0; priority < 4; priority++)
      this.core.interruptPriorities[priority] = (sets[priority] ?? 0) >>> 0;
    this.core.interruptsUpdated = true;
  }
}
