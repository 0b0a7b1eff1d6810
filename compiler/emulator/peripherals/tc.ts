// SPDX-License-Identifier: Apache-2.0
import type { Appointment } from '../core/schedule.ts';
import { type Chip, ClockedBlock, interruptMask, type MaskName } from './registers.ts';
import { CommonSynchronizer } from './synchronizer.ts';

const SWRST = 1;
const ENABLE = 2;
/** CTRLA.WAVEGEN. */
const NFRQ = 0;
const MFRQ = 1;
const PRESCALERS = [1, 2, 4, 8, 16, 64, 256, 1024] as const;
const OVFEO = 0x100;
const OVF = 1;
/** STATUS. */
const STOP = 8;
const SYNCBUSY = 0x80;
const IRQ_TC3 = 18;
/** Event generator TC3_OVF (chapter "EVSYS", CHANNEL.EVGEN); three per timer. */
const EVENT_TC3_OVF = 0x33;

export interface TimerLines {
  busClockOn(): boolean;
  /** Core cycles in one cycle of its generic clock; 0 if it is off. */
  clockPeriod(): number;
  overflow(generator: number): void;
}

interface Counting {
  readonly start: number;
  /** Core cycles per count. */
  readonly tick: number;
  /** Counts per round. */
  readonly round: number;
  /** Value at the start. */
  readonly from: number;
  overflows: number;
  next: Appointment;
}

type Name =
  | 'CTRLA'
  | 'READREQ'
  | 'CTRLBCLR'
  | 'CTRLBSET'
  | 'CTRLC'
  | 'DBGCTRL'
  | 'EVCTRL'
  | 'INTFLAG'
  | 'STATUS'
  | 'COUNT'
  | 'CC0'
  | 'CC1'
  | MaskName;

/**
 * Timer/Counter (DS40001882, chapter "TC") as a 16-bit counter that counts up to 0xFFFF (NFRQ) or to CC0 (MFRQ), with
 * overflow flag, interrupt and event at the exact core cycle. Everything else about it is refused.
 */
export class TimerCounter extends ClockedBlock<Name> {
  readonly #index: number;
  readonly #interrupts: { enabled: number };
  #flags = 0;
  #counting: Counting | null = null;

  constructor(
    chip: Chip,
    index: number,
    private readonly lines: TimerLines,
  ) {
    const interrupts = { enabled: 0 };
    const synchronizer = new CommonSynchronizer(chip, () => lines.clockPeriod());
    super(`TC${index}`, 0x42002c00 + 0x400 * (index - 3), chip, [
      {
        ...{ name: 'CTRLA', offset: 0x00, size: 2, waits: 'control' },
        write: (v, m) => this.#writeControl(v, m),
      },
      { name: 'READREQ', offset: 0x02, size: 2, writable: 0x401f },
      { name: 'CTRLBCLR', offset: 0x04, size: 1, waits: 'read-write', read: () => 0, write: () => {} },
      {
        ...{ name: 'CTRLBSET', offset: 0x05, size: 1, waits: 'read-write', read: () => 0 },
        write: (v) => this.#refuse('CTRLBSET', v),
      },
      {
        ...{ name: 'CTRLC', offset: 0x06, size: 1, waits: 'read-write' },
        write: (v) => this.#refuse('CTRLC', v),
      },
      { name: 'DBGCTRL', offset: 0x08, size: 1, writable: 1 },
      { name: 'EVCTRL', offset: 0x0a, size: 2, write: (v, m) => this.#writeEvents(v, m) },
      ...interruptMask(1, 0x0c, 0x0d, interrupts, 0x3b, () => this.#update()),
      { name: 'INTFLAG', offset: 0x0e, size: 1, read: () => this.#flags, write: (v) => this.#clear(v) },
      {
        ...{ name: 'STATUS', offset: 0x0f, size: 1, writable: 0 },
        read: () => (this.#counting === null ? STOP : 0) | (synchronizer.busy ? SYNCBUSY : 0),
      },
      {
        ...{ name: 'COUNT', offset: 0x10, size: 2, waits: 'read-write', read: () => this.#count() },
        write: (v, m) => this.#writeValue('COUNT', v, m),
      },
      ...(['CC0', 'CC1'] as const).map((name, i) => ({
        ...{ name, offset: 0x18 + 2 * i, size: 2 as const, waits: 'read-write' as const },
        write: (v: number, m: number) => this.#writeValue(name, v, m),
      })),
    ]);
    this.#index = index;
    this.#interrupts = interrupts;
    this.synchronizedBy(synchronizer);
  }

  override reset(): void {
    this.#stop(); // which notes the count that the reset forgets
    super.reset();
    this.#flags = 0;
    this.#interrupts.enabled = 0;
    this.#update();
  }

  protected override get clocked(): boolean {
    return this.lines.busClockOn();
  }

  #refuse(register: string, value: number): void {
    if (value !== 0) this.chip.fault(`${this.name}.${register} = ${value} is not modelled`, this.base);
  }

  #writeControl(value: number, mask: number): void {
    if (value & SWRST) {
      this.reset();
      return;
    }
    const before = this.get('CTRLA');
    const wanted = (before & ~mask) | (value & mask & 0x3f6e);
    if (before & ENABLE && (before ^ wanted) & ~ENABLE)
      this.chip.fault(`${this.name}.CTRLA changed while enabled`, this.base);
    this.set('CTRLA', wanted);
    if (wanted & ENABLE && this.#counting === null) this.#begin(wanted);
    else if (!(wanted & ENABLE)) this.#stop();
  }

  #writeEvents(value: number, mask: number): void {
    if (this.get('CTRLA') & ENABLE)
      this.chip.fault(`${this.name}.EVCTRL written while enabled`, this.base + 0x0a);
    this.#refuse('EVCTRL', value & ~OVFEO);
    this.set('EVCTRL', (this.get('EVCTRL') & ~mask) | (value & mask));
  }

  #writeValue(name: Name, value: number, mask: number): void {
    if (this.#counting !== null)
      this.chip.fault(`${this.name}.${name} written while it counts is not modelled`, this.base);
    this.set(name, (this.get(name) & ~mask) | (value & mask));
  }

  #begin(control: number): void {
    const mode = (control >>> 2) & 3;
    const wave = (control >>> 5) & 3;
    if (mode !== 0 || (wave !== NFRQ && wave !== MFRQ))
      this.chip.fault(`${this.name}: only 16-bit NFRQ and MFRQ are modelled`, this.base);
    const period = this.lines.clockPeriod();
    if (period === 0)
      this.chip.fault(`${this.name} enabled without a generic clock (GCLK.CLKCTRL)`, this.base);
    const tick = period * (PRESCALERS[(control >>> 8) & 7] ?? 1);
    const round = wave === MFRQ ? this.get('CC0') + 1 : 0x10000;
    const from = this.get('COUNT');
    if (from >= round) this.chip.fault(`${this.name} starts above its top value`, this.base + 0x10);
    const start = this.chip.cycles;
    const next = this.#plan(start + (round - from) * tick);
    this.#counting = { start, tick, round, from, overflows: 0, next };
  }

  #stop(): void {
    if (this.#counting === null) return;
    this.set('COUNT', this.#count());
    this.chip.schedule.cancel(this.#counting.next);
    this.#counting = null;
  }

  #count(): number {
    if (this.#counting === null) return this.get('COUNT');
    const { start, tick, round, from } = this.#counting;
    return (from + Math.floor((this.chip.cycles - start) / tick)) % round;
  }

  #plan(cycle: number): Appointment {
    return this.chip.schedule.at(Math.ceil(cycle), () => this.#overflow());
  }

  #overflow(): void {
    const counting = this.#counting;
    if (counting === null) return;
    const { start, tick, round, from } = counting;
    counting.overflows++;
    counting.next = this.#plan(start + ((counting.overflows + 1) * round - from) * tick);
    this.#flags |= OVF;
    this.#update();
    if (this.get('EVCTRL') & OVFEO) this.lines.overflow(EVENT_TC3_OVF + 3 * (this.#index - 3));
  }

  #clear(bits: number): void {
    this.#flags &= ~bits;
    this.#update();
  }

  #update(): void {
    const asserted = (this.#flags & this.#interrupts.enabled) !== 0;
    this.chip.setInterrupt(IRQ_TC3 + this.#index - 3, asserted);
  }
}
