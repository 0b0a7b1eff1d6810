// SPDX-License-Identifier: Apache-2.0
/** Cycles of single functions on the emulated chip, measured from outside: the image stays as it is. */

/** What a meter needs of the emulated chip. */
export interface Meterable {
  readonly cycles: number;
  readonly flashWaits: number;
  readonly core: { readonly registers: { readonly [index: number]: number } };
  hook(address: number, callback: (() => void) | null): void;
}

const SP = 13;
const LR = 14;

/** Calls of one function. */
export interface CallCount {
  calls: number;
  /** Cycles from the first instruction of the function to its return, callees included, over all calls. */
  cycles: number;
  /** The most that one call took. */
  cyclesMax: number;
  /** Cycles that the flash's wait state adds, as the emulator counts them: for each new 8-byte line by default. */
  lines: number;
  linesMax: number;
}

export function noCalls(): CallCount {
  return { calls: 0, cycles: 0, cyclesMax: 0, lines: 0, linesMax: 0 };
}

export function addCalls(a: CallCount, b: CallCount): CallCount {
  return {
    calls: a.calls + b.calls,
    cycles: a.cycles + b.cycles,
    cyclesMax: Math.max(a.cyclesMax, b.cyclesMax),
    lines: a.lines + b.lines,
    linesMax: Math.max(a.linesMax, b.linesMax),
  };
}

/** Observes every call of a function, with the chip's cycle count. */
export interface CallObserver {
  entered(cycle: number): void;
  left(cycle: number): void;
}

interface Pending {
  readonly counts: CallCount;
  readonly observer: CallObserver | undefined;
  readonly returnTo: number;
  readonly stack: number;
  readonly cycles: number;
  readonly lines: number;
}

/** Meters for any number of functions; they may call each other. */
export class CallMeters {
  readonly #chip: Meterable;
  readonly #entries = new Map<number, CallCount>();
  readonly #observers = new Map<number, CallObserver>();
  /** Calls under way, outermost first. */
  readonly #pending: Pending[] = [];
  readonly #hooked = new Set<number>();

  constructor(chip: Meterable) {
    this.#chip = chip;
  }

  /** Counts the calls of the function at an (even) address from now on. */
  measure(address: number): CallCount {
    const counts = this.#entries.get(address) ?? noCalls();
    this.#entries.set(address, counts);
    this.#hook(address);
    return counts;
  }

  /** Observes the calls of a function that is measured. One observer per function. */
  observe(address: number, observer: CallObserver): void {
    this.#observers.set(address, observer);
  }

  #hook(address: number): void {
    if (this.#hooked.has(address)) return;
    this.#hooked.add(address);
    this.#chip.hook(address, () => this.#passed(address));
  }

  #passed(address: number): void {
    const { registers } = this.#chip.core;
    const stack = (registers[SP] ?? 0) >>> 0;
    for (let last = this.#pending.at(-1); last?.returnTo === address && last.stack === stack; ) {
      this.#pending.pop();
      const cycles = this.#chip.cycles - last.cycles;
      const lines = this.#chip.flashWaits - last.lines;
      const { counts } = last;
      counts.calls++;
      counts.cycles += cycles;
      counts.cyclesMax = Math.max(counts.cyclesMax, cycles);
      counts.lines += lines;
      counts.linesMax = Math.max(counts.linesMax, lines);
      last.observer?.left(this.#chip.cycles);
      last = this.#pending.at(-1);
    }
    const counts = this.#entries.get(address);
    if (counts === undefined) return;
    const returnTo = ((registers[LR] ?? 0) & ~1) >>> 0;
    this.#hook(returnTo);
    const { cycles, flashWaits: lines } = this.#chip;
    const observer = this.#observers.get(address);
    this.#pending.push({ counts, observer, returnTo, stack, cycles, lines });
    observer?.entered(cycles);
  }
}
