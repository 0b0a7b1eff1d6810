// SPDX-License-Identifier: Apache-2.0
/** What peripherals have planned: callbacks by the core cycle at which they are due, the earliest first. */
import type { Timer } from './core.ts';

/** A planned callback; cancel() it, or let it happen. */
export interface Appointment {
  readonly cycle: number;
  readonly callback: () => void;
}

export class Schedule implements Timer {
  /** Sorted by cycle, equal ones in the order in which they were made. Few at a time: one or two per peripheral. */
  #appointments: Appointment[] = [];

  /** @param changed notifies the core that its next event may be another one */
  constructor(private readonly changed: () => void) {}

  /** @param cycle in core cycles since reset; what is in the past happens before the next instruction */
  at(cycle: number, callback: () => void): Appointment {
    const appointment = { cycle, callback };
    let index = this.#appointments.length;
    while (index > 0 && (this.#appointments[index - 1]?.cycle ?? 0) > cycle) index--;
    this.#appointments.splice(index, 0, appointment);
    this.changed();
    return appointment;
  }

  /** Nothing happens where it has happened already. */
  cancel(appointment: Appointment | null): void {
    if (appointment === null) return;
    this.#appointments = this.#appointments.filter((other) => other !== appointment);
  }

  clear(): void {
    this.#appointments = [];
  }

  next(): number {
    return this.#appointments[0]?.cycle ?? Infinity;
  }

  expire(): void {
    this.#appointments.shift()?.callback();
  }
}
