// SPDX-License-Identifier: Apache-2.0
/**
 * Registers that live in the clock domain of their peripheral (DS40001882, section "Register Synchronization"): a
 * write takes between 5 cycles of the generic clock and 2 of the bus, and 6 and 3. Here it takes the longer time,
 * rounded up, and a bus that runs undivided. Nothing ticks: what is asked for is compared with the counter of cycles.
 * Without the clock, where silicon would wait for ever, nothing waits: each block has its own fault for that.
 */

/** What it needs of the chip. */
export interface Clocked {
  /** Core cycles since reset, and hertz of them. */
  readonly cycles: number;
  readonly frequency: number;
  fault(what: string, address: number): never;
  /** The bus waits, and the core with it. */
  stall(cycles: number): void;
}

const GENERIC_CYCLES = 6;
const BUS_CYCLES = 3;

/**
 * Core cycles until a write has arrived; 0 if the clock is off.
 * @param period core cycles in one cycle of the generic clock; 0: off
 */
export function syncCycles(period: number): number {
  return period === 0 ? 0 : Math.ceil(GENERIC_CYCLES * period) + BUS_CYCLES;
}

/** Core cycles in one cycle of a clock; 0 if it is off. */
export function periodOf(chip: Clocked, hertz: number): number {
  return hertz === 0 ? 0 : chip.frequency / hertz;
}

/** How accesses to a register wait: `control` has ENABLE and SWRST, during which every write waits. */
export type Waits = 'control' | 'write' | 'read-write';

/** Section "Common Synchronizer Register Synchronization": one for all registers of a block, the bus stands still. */
export class CommonSynchronizer {
  #until = 0;
  #register = '';
  #waits: Waits = 'write';

  /** @param period of the clock that a register's bits go to, in core cycles; 0: off */
  constructor(
    private readonly chip: Clocked,
    private readonly period: (register: string) => number,
  ) {}

  /** STATUS.SYNCBUSY. */
  get busy(): boolean {
    return this.chip.cycles < this.#until;
  }

  reset(): void {
    this.#until = 0;
  }

  /** A write has begun its way. */
  begin(register: string, waits: Waits): void {
    this.#until = this.chip.cycles + syncCycles(this.period(register));
    this.#register = register;
    this.#waits = waits;
  }

  /** Before a register is written. */
  beforeWrite(waits: Waits | undefined): void {
    if (this.busy && (waits !== undefined || this.#waits === 'control')) this.#stall();
  }

  /** Before a register is read: a read on request (READREQ) is not modelled, so what has to come over is waited for. */
  beforeRead(register: string, waits: Waits): void {
    if (waits === 'control') return; // shows its new value at once
    if (this.busy && (waits === 'read-write' || register === this.#register)) this.#stall();
    if (waits === 'read-write') this.chip.stall(syncCycles(this.period(register)));
  }

  #stall(): void {
    this.chip.stall(this.#until - this.chip.cycles);
  }
}

/** Section "Distributed Synchronizer Register Synchronization": a bit for each; who does not wait gets a bus error. */
export class DistributedSynchronizer {
  readonly #until: number[] = [];

  constructor(
    private readonly chip: Clocked,
    private readonly block: string,
    private readonly base: number,
  ) {}

  /** SYNCBUSY. */
  get busy(): number {
    const { cycles } = this.chip;
    return this.#until.reduce((bits, until, bit) => (cycles < until ? bits | (1 << bit) : bits), 0);
  }

  reset(): void {
    this.#until.length = 0;
  }

  /** @param bits of SYNCBUSY; @param period as for syncCycles */
  begin(bits: number, period: number): void {
    const until = this.chip.cycles + syncCycles(period);
    for (let bit = 0; bits >>> bit !== 0; bit++) if ((bits >>> bit) & 1) this.#until[bit] = until;
  }

  /** Before a write that the given bits of SYNCBUSY forbid. @throws ChipFault */
  beforeWrite(bits: number, register: string): void {
    const busy = this.busy & bits;
    if (busy !== 0)
      this.chip.fault(
        `bus fault: ${this.block}.${register} written while SYNCBUSY is 0x${busy.toString(16)}`,
        this.base,
      );
  }
}
