// SPDX-License-Identifier: Apache-2.0
import { nextException, wakesUp } from './exceptions.ts';
import { FastCore } from './interpreter.ts';

/** Never further ahead than fits an int32 countdown. */
const HORIZON = 0x3fffffff;

interface TimedInterrupt {
  readonly cycle: number;
  readonly irq: number;
}

/** A source of timed events: the cycle of its next event, and what to do when it has come. */
export interface Timer {
  /** Cycle of the next event; Infinity if there is none. */
  next(): number;
  /** Called when that cycle has passed. */
  expire(): void;
}

/** The core with its run loop: limits, stop requests, hooks, timed interrupts, sleep. */
export class Samd21Core extends FastCore {
  /** Executes every instruction with the reference decoder instead of the fast loop. */
  reference = false;
  /** Cycles spent in WFI and WFE. */
  asleep = 0;
  /** Sources of events; asked before every stretch of instructions. */
  timers: readonly Timer[] = [];
  #limit = 0;
  #stopRequested = false;
  #resumeAt = -1;
  readonly #hooks = new Map<number, () => void>();
  #timed: TimedInterrupt[] = [];

  /** Runs until stop() or for about maxCycles: the instruction that reaches the limit is the last one. */
  run(maxCycles: number): 'stopped' | 'limit' {
    this.#limit = this.cycles + maxCycles;
    this.#stopRequested = false;
    if (this.#resumeAt !== this.registers[15]) this.#resumeAt = -1;
    if (this.reference) this.#executeReference();
    else this.execute();
    return this.#stopRequested ? 'stopped' : 'limit';
  }

  stop(): void {
    this.#stopRequested = true;
    this.lookNow();
  }

  /** Events, interrupts and stop requests are looked at before the next instruction. */
  lookNow(): void {
    this.deadline = Math.min(this.deadline, this.cycles);
  }

  /** The core waits for its bus, inside an instruction; what peripherals have planned happens at its time. */
  stall(cycles: number): void {
    const end = this.cycles + cycles;
    for (let next = this.#nextEvent(); next <= end; next = this.#nextEvent()) {
      this.cycles = Math.max(this.cycles, next);
      this.#fireEvents();
    }
    this.cycles = Math.max(this.cycles, end);
  }

  hook(address: number, callback: (() => void) | null): void {
    const even = address & ~1;
    if (callback === null) this.#hooks.delete(even);
    else this.#hooks.set(even, callback);
    this.memory.setHook(even, callback !== null);
  }

  raiseNmi(): void {
    this.pendingNMI = true;
    this.lookNow();
  }

  interruptAt(cycle: number, irq: number): void {
    this.#timed.push({ cycle, irq });
    this.#timed.sort((a, b) => a.cycle - b.cycle);
    this.lookNow();
  }

  /**
   * The instruction that has just faulted becomes a HardFault (Armv6-M ARM, B1.5.12 and B1.5.6), to return to it.
   * Returns false where that would lock up: inside HardFault and NMI.
   */
  enterHardFault(): boolean {
    if (this.IPSR === 2 || this.IPSR === 3) return false;
    this.registers[15] = this.instructionAt;
    this.waiting = false;
    this.pendingSVCall = false;
    this.exceptionEntry(3);
    return true;
  }

  /** Reset state of the core, started from a vector table (Armv6-M ARM, B1.5.5). */
  resetTo(vectorTable: number): void {
    this.registers.fill(0);
    this.registers[14] = 0xffffffff;
    this.bankedSP = 0;
    this.APSR = 0;
    this.IPSR = 0;
    this.PM = false;
    this.SPSEL = 0;
    this.currentMode = 0;
    this.waiting = false;
    this.eventRegistered = false;
    this.pendingNMI = false;
    this.pendingSVCall = false;
    this.pendingPendSV = false;
    this.pendingSystick = false;
    this.pendingInterrupts = 0;
    this.enabledInterrupts = 0;
    this.interruptLines = 0;
    this.interruptPriorities = [0xffffffff, 0, 0, 0];
    this.SHPR2 = 0;
    this.SHPR3 = 0;
    this.VTOR = vectorTable;
    this.cycles = 0;
    this.asleep = 0;
    this.flashLines = 0;
    this.lastLine = -1;
    this.instructionAt = 0;
    this.#timed = [];
    this.#resumeAt = -1;
    this.SP = this.bus.peek32(vectorTable);
    const start = this.bus.peek32(vectorTable + 4);
    if ((start & 1) === 0) this.bus.fault('reset vector has bit 0 clear (Arm state)', start);
    this.registers[15] = start & ~1;
  }

  /** A stop inside the callback leaves the instruction for the next run, which does not call the hook again. */
  protected override runHook(address: number): boolean {
    if (this.#resumeAt === address) {
      this.#resumeAt = -1;
      return true;
    }
    this.#hooks.get(address)?.();
    if (this.registers[15] !== address) return false;
    if (!this.#stopRequested) return true;
    this.#resumeAt = address;
    return false;
  }

  protected override service(): boolean {
    this.interruptsUpdated = false;
    for (;;) {
      if (this.#stopRequested) return false;
      this.#fireEvents();
      if (this.waiting) {
        const event = this.waitsForEvent && this.eventRegistered;
        if (event || wakesUp(this)) {
          this.waiting = false;
          if (event) this.eventRegistered = false;
        } else {
          if (this.cycles >= this.#limit) return false;
          const until = Math.max(this.cycles, Math.min(this.#limit, this.#nextEvent()));
          this.asleep += until - this.cycles;
          this.cycles = until;
          continue;
        }
      }
      if (this.cycles >= this.#limit) return false;
      if (nextException(this) !== 0) this.checkForInterrupts();
      if (this.pendingSVCall) this.bus.fault('SVC while masked (would be a HardFault)', this.instructionAt);
      this.deadline = Math.min(this.#limit, this.#nextEvent(), this.cycles + HORIZON);
      if (this.deadline > this.cycles) return true;
    }
  }

  #fireEvents(): void {
    for (
      let first = this.#timed[0];
      first !== undefined && first.cycle <= this.cycles;
      first = this.#timed[0]
    ) {
      this.#timed.shift();
      this.pendingInterrupts |= 1 << first.irq;
    }
    for (const timer of this.timers) while (timer.next() <= this.cycles) timer.expire();
  }

  #nextEvent(): number {
    let next = this.#timed[0]?.cycle ?? Infinity;
    for (const timer of this.timers) next = Math.min(next, timer.next());
    return next;
  }

  #executeReference(): void {
    while (this.service()) {
      while (this.cycles < this.deadline) {
        const at = this.registers[15] as number;
        if (this.#hooks.has(at) && !this.runHook(at)) continue;
        this.executeInstruction();
        if (this.interruptsUpdated) this.lookNow();
      }
    }
  }
}
