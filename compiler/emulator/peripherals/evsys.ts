// SPDX-License-Identifier: Apache-2.0
import { type Chip, ClockedBlock } from './registers.ts';

const CHANNELS = 12;
const USERS = 0x1d;
const SWEVT = 0x100;
/** CHANNEL.PATH. */
const ASYNCHRONOUS = 2;

/** Users of events (chapter "EVSYS", USER.USER) of this model. */
export const EventUser = { ADC_START: 0x17 } as const;

type Name = 'CTRL' | 'CHANNEL' | 'USER' | 'CHSTATUS';

/**
 * Event System (DS40001882, chapter "EVSYS"): channels from generators to users. An event arrives in the cycle in which
 * it arises. A channel on a synchronous path without its generic clock, or without an edge to look for, would lose it
 * silently, and faults.
 */
export class EventSystem extends ClockedBlock<Name> {
  readonly #channels: number[] = [];
  readonly #users: number[] = [];

  constructor(
    chip: Chip,
    private readonly busClockOn: () => boolean,
    private readonly channelClockOn: (channel: number) => boolean,
    private readonly deliver: (user: number) => void,
  ) {
    super('EVSYS', 0x42000400, chip, [
      {
        name: 'CTRL',
        offset: 0x00,
        size: 1,
        write: (v) => (v & 1 ? this.reset() : this.set('CTRL', v & 0x10)),
      },
      {
        ...{ name: 'CHANNEL', offset: 0x04, size: 4 },
        read: () => this.#channels[this.get('CHANNEL') & 15] ?? 0,
        write: (v, m) => this.#writeChannel(v, m),
      },
      {
        ...{ name: 'USER', offset: 0x08, size: 2 },
        read: () => this.get('USER') | ((this.#users[this.get('USER')] ?? 0) << 8),
        write: (v, m) => this.#writeUser(v, m),
      },
      { name: 'CHSTATUS', offset: 0x0c, size: 4, reset: 0x000f00ff, writable: 0 }, // users ready, nothing busy
    ]);
  }

  override reset(): void {
    super.reset();
    for (let i = 0; i < CHANNELS; i++) this.#channels[i] = i;
    for (let i = 0; i < USERS; i++) this.#users[i] = 0;
  }

  protected override get clocked(): boolean {
    return this.busClockOn();
  }

  /** An event arises at a generator (CHANNEL.EVGEN). */
  generate(generator: number): void {
    if (!this.busClockOn()) return;
    for (let channel = 0; channel < CHANNELS; channel++) {
      if ((((this.#channels[channel] ?? 0) >>> 16) & 0x7f) === generator) this.#pass(channel);
    }
  }

  #pass(channel: number): void {
    const setting = this.#channels[channel] ?? 0;
    if (((setting >>> 24) & 3) !== ASYNCHRONOUS) {
      if (!this.channelClockOn(channel))
        this.chip.fault(`event on channel ${channel} without GCLK_EVSYS_${channel}`, this.base + 4);
      if (((setting >>> 26) & 3) === 0)
        this.chip.fault(`event on channel ${channel}, whose EDGSEL lets none through`, this.base + 4);
    }
    for (let user = 0; user < USERS; user++) if (this.#users[user] === channel + 1) this.deliver(user);
  }

  #writeChannel(value: number, mask: number): void {
    const id = value & 15;
    this.set('CHANNEL', id);
    if (mask !== 0xffffffff) return; // the low byte alone selects what a later read shows
    if (id >= CHANNELS) this.chip.fault(`EVSYS.CHANNEL names channel ${id} of 12`, this.base + 4);
    this.#channels[id] = value & 0x0f7f000f;
    if (value & SWEVT) this.#pass(id);
  }

  #writeUser(value: number, mask: number): void {
    const user = value & 0x1f;
    this.set('USER', user);
    if (mask !== 0xffff) return;
    const channel = (value >>> 8) & 0x1f;
    if (user >= USERS || channel > CHANNELS)
      this.chip.fault(`EVSYS.USER connects user ${user} with channel ${channel - 1}`, this.base + 8);
    this.#users[user] = channel;
  }
}
