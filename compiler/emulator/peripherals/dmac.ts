// SPDX-License-Identifier: Apache-2.0
import type { DmaBus } from './dma-descriptor.ts';
import { type Descriptor, fetchDescriptor, writeBack } from './dma-descriptor.ts';
import { type Chip, ClockedBlock, type Register } from './registers.ts';

const CHANNELS = 12;
const IRQ_DMAC = 6;
const DMAENABLE = 2;
/** CHINTFLAG. */
const TERR = 1;
const TCMPL = 2;
const SUSP = 4;
/** CHCTRLB.TRIGACT: what one trigger moves. */
const BLOCK = 0;
const BEAT = 2;
const TRANSACTION = 3;

/** Peripheral triggers (CHCTRLB.TRIGSRC) of this model. */
export const DmaTrigger = { ADC_RESRDY: 0x27, I2S_RX_0: 0x29, I2S_RX_1: 0x2a } as const;

interface Channel {
  readonly index: number;
  enabled: boolean;
  control: number;
  interrupts: number;
  flags: number;
  pending: boolean;
  suspended: boolean;
  skipSuspend: boolean;
  fetchError: boolean;
  descriptor: Descriptor | null;
  /** Where the next descriptor is to be fetched from, if there is none. */
  fetchFrom: number;
}

const idle = (index: number): Channel => ({
  ...{ index, enabled: false, control: 0, interrupts: 0, flags: 0, pending: false, suspended: false },
  ...{ skipSuspend: false, fetchError: false, descriptor: null, fetchFrom: 0 },
});

type Name =
  | 'BASEADDR'
  | 'CTRL'
  | 'DBGCTRL'
  | 'QOSCTRL'
  | 'SWTRIGCTRL'
  | 'PRICTRL0'
  | 'INTPEND'
  | 'INTSTATUS'
  | 'BUSYCH'
  | 'PENDCH'
  | 'ACTIVE'
  | 'WRBADDR'
  | 'CHID'
  | 'CHCTRLA'
  | 'CHCTRLB'
  | 'CHINTENCLR'
  | 'CHINTENSET'
  | 'CHINTFLAG'
  | 'CHSTATUS';

/**
 * Direct Memory Access Controller (DS40001882, chapter "DMAC"): twelve channels with descriptors in RAM, peripheral and
 * software triggers, suspend and resume, errors (section "Error Handling"). What a trigger moves is moved at once and
 * costs the CPU nothing. CRC, event input and priorities within a level are not modelled: no two channels ever wait.
 */
export class DmaController extends ClockedBlock<Name> {
  protected override readonly clockMask = 'PM';
  #channels: Channel[] = [];
  readonly #asserted = new Set<number>();

  constructor(
    chip: Chip,
    private readonly bus: DmaBus,
  ) {
    const status = (bit: (channel: Channel) => boolean): (() => number) => {
      return () => this.#channels.reduce((bits, c) => bits | (bit(c) ? 1 << c.index : 0), 0);
    };
    const register = (
      name: Name,
      offset: number,
      size: 1 | 2 | 4,
      more: Partial<Omit<Register, 'name'>>,
    ): Register<Name> => ({
      ...{ name, offset, size },
      ...more,
    });
    super('DMAC', 0x41004800, chip, [
      register('CTRL', 0x00, 2, { write: (v, m) => this.#writeControl(v, m) }),
      register('DBGCTRL', 0x0d, 1, { writable: 1 }),
      register('QOSCTRL', 0x0e, 1, { reset: 0x15, writable: 0x3f }),
      register('SWTRIGCTRL', 0x10, 4, { read: () => 0, write: (v) => this.#softwareTriggers(v) }),
      register('PRICTRL0', 0x14, 4, { writable: 0x8f8f8f8f }),
      register('INTPEND', 0x20, 2, { read: () => this.#firstInterrupt(), write: (v) => this.#clearOf(v) }),
      register('INTSTATUS', 0x24, 4, { read: status((c) => (c.flags & c.interrupts) !== 0), writable: 0 }),
      register('BUSYCH', 0x28, 4, { read: () => 0, writable: 0 }), // transfers take no time
      register('PENDCH', 0x2c, 4, { read: status((c) => c.pending), writable: 0 }),
      register('ACTIVE', 0x30, 4, { read: () => 0, writable: 0 }),
      register('BASEADDR', 0x34, 4, { write: (v, m) => this.#writeSection('BASEADDR', v, m) }),
      register('WRBADDR', 0x38, 4, { write: (v, m) => this.#writeSection('WRBADDR', v, m) }),
      register('CHID', 0x3f, 1, { writable: 0x0f }),
      register('CHCTRLA', 0x40, 1, {
        read: () => (this.#selected.enabled ? 2 : 0),
        write: (v) => this.#writeEnable(this.#selected, v),
      }),
      register('CHCTRLB', 0x44, 4, {
        read: () => this.#selected.control,
        write: (v, m) => this.#writeChannel(this.#selected, v, m),
      }),
      register('CHINTENCLR', 0x4c, 1, {
        read: () => this.#selected.interrupts,
        write: (v) => this.#changed(() => (this.#selected.interrupts &= ~v)),
      }),
      register('CHINTENSET', 0x4d, 1, {
        read: () => this.#selected.interrupts,
        write: (v) => this.#changed(() => (this.#selected.interrupts |= v & 7)),
      }),
      register('CHINTFLAG', 0x4e, 1, {
        read: () => this.#selected.flags,
        write: (v) => this.#changed(() => (this.#selected.flags &= ~v)),
      }),
      register('CHSTATUS', 0x4f, 1, {
        read: () => (this.#selected.pending ? 1 : 0) | (this.#selected.fetchError ? 4 : 0),
        writable: 0,
      }),
    ]);
  }

  override reset(): void {
    super.reset();
    this.#channels = Array.from({ length: CHANNELS }, (_, i) => idle(i));
    this.#update();
  }

  protected override get clocked(): boolean {
    return this.bus.clockOn();
  }

  /** A peripheral raises or withdraws its request: every rise is one trigger. */
  request(source: number, asserted: boolean): void {
    if (!asserted) {
      this.#asserted.delete(source);
      return;
    }
    if (this.#asserted.has(source)) return;
    this.#asserted.add(source);
    for (const channel of this.#channels)
      if (channel.enabled && sourceOf(channel) === source) this.#trigger(channel);
  }

  get #selected(): Channel {
    const id = this.get('CHID');
    return this.#channels[id] ?? this.chip.fault(`DMAC.CHID selects channel ${id} of 12`, this.base + 0x3f);
  }

  #writeControl(value: number, mask: number): void {
    if (value & 1) {
      this.reset();
      return;
    }
    this.set('CTRL', (this.get('CTRL') & ~mask) | (value & mask & 0x0f06));
    if (value & 4) this.chip.fault('DMAC: the CRC unit is not modelled', this.base);
    for (const channel of this.#channels) this.#serve(channel);
  }

  #writeSection(name: 'BASEADDR' | 'WRBADDR', value: number, mask: number): void {
    if (this.get('CTRL') & DMAENABLE)
      this.chip.fault(`DMAC.${name} written while CTRL.DMAENABLE is set`, this.base);
    if (mask !== 0xffffffff || value & 15)
      this.chip.fault(`DMAC.${name} is not a 16-byte aligned address: ${value}`, this.base);
    this.set(name, value);
  }

  #writeEnable(channel: Channel, value: number): void {
    const { index } = channel;
    if (value & 1) {
      if (channel.enabled) this.chip.fault(`DMAC channel ${index} reset while enabled`, this.base + 0x40);
      this.#channels[index] = idle(index);
    } else if (value & 2 && !channel.enabled) {
      Object.assign(channel, { enabled: true, descriptor: null, pending: false, suspended: false });
      channel.fetchFrom = this.get('BASEADDR') + 16 * index;
      if (this.#asserted.has(sourceOf(channel))) this.#trigger(channel);
    } else if (!(value & 2) && channel.enabled) {
      this.#disable(channel);
    }
    this.#update();
  }

  #writeChannel(channel: Channel, value: number, mask: number): void {
    const wanted = (channel.control & ~mask) | (value & mask);
    if (channel.enabled && (wanted ^ channel.control) & 0x00ffffff)
      this.chip.fault(`DMAC channel ${channel.index}: CHCTRLB changed while enabled`, this.base + 0x44);
    channel.control = wanted & 0x00c03f7f;
    if (channel.control & 0x1f)
      this.chip.fault('DMAC: event input and output are not modelled', this.base + 0x44);
    const command = (value & mask) >>> 24;
    if (command & 1) this.#suspend(channel);
    else if (command & 2) this.#resume(channel);
  }

  #softwareTriggers(bits: number): void {
    for (const channel of this.#channels)
      if (bits & (1 << channel.index) && channel.enabled) this.#trigger(channel);
  }

  #suspend(channel: Channel): void {
    if (!channel.enabled) return;
    channel.suspended = true;
    channel.flags |= SUSP;
    this.#store(channel);
    this.#update();
  }

  #resume(channel: Channel): void {
    channel.fetchError = false;
    if (!channel.suspended) {
      channel.skipSuspend = channel.enabled;
      return;
    }
    channel.suspended = false;
    if (channel.descriptor === null) this.#fetch(channel);
    this.#serve(channel);
  }

  #trigger(channel: Channel): void {
    channel.pending = true;
    this.#serve(channel);
  }

  /** Does what a pending trigger asks for. */
  #serve(channel: Channel): void {
    if (!channel.pending || channel.suspended || !(this.get('CTRL') & DMAENABLE)) return;
    const level = (channel.control >>> 5) & 3;
    if (!(this.get('CTRL') & (0x100 << level)))
      this.chip.fault(`DMAC channel ${channel.index} waits for ever: CTRL.LVLEN${level} is 0`, this.base);
    if (channel.descriptor === null && !this.#fetch(channel)) return;
    channel.pending = false;
    const action = channel.control >>> 22;
    if (action !== BLOCK && action !== BEAT && action !== TRANSACTION)
      this.chip.fault(`DMAC channel ${channel.index}: reserved trigger action`, this.base + 0x44);
    const block = channel.descriptor;
    do this.#beat(channel);
    while (
      channel.enabled &&
      !channel.suspended &&
      (action === TRANSACTION || (action === BLOCK && channel.descriptor === block))
    );
    this.#store(channel);
    this.#update();
  }

  /** An invalid or null descriptor suspends the channel. */
  #fetch(channel: Channel): boolean {
    channel.descriptor = fetchDescriptor(this.chip, this.bus, channel.fetchFrom);
    if (channel.descriptor !== null) return true;
    channel.suspended = true;
    channel.fetchError = true;
    channel.flags |= SUSP;
    this.#update();
    return false;
  }

  #beat(channel: Channel): void {
    const { descriptor } = channel;
    if (descriptor === null) return;
    const { size, source, destination } = descriptor.next();
    if (!this.bus.mapped(source) || !this.bus.mapped(destination)) {
      channel.flags |= TERR; // the count stays as it was
      this.#disable(channel);
      return;
    }
    this.bus.write(destination, size, this.bus.read(source, size));
    descriptor.count--;
    if (descriptor.count === 0) this.#blockDone(channel, descriptor);
  }

  #blockDone(channel: Channel, { action, link }: Descriptor): void {
    if (action & 1) channel.flags |= TCMPL;
    if (link === 0) {
      this.#disable(channel, false);
      return;
    }
    channel.fetchFrom = link;
    const skipped = channel.skipSuspend;
    if (action & 2) channel.skipSuspend = false;
    if (action & 2 && !skipped) {
      this.#store(channel);
      channel.descriptor = null;
      channel.suspended = true;
      channel.flags |= SUSP;
      return;
    }
    this.#fetch(channel);
  }

  #disable(channel: Channel, valid = true): void {
    this.#store(channel, valid);
    Object.assign(channel, { enabled: false, pending: false, suspended: false, descriptor: null });
  }

  #store(channel: Channel, valid = true): void {
    if (channel.descriptor === null) return;
    writeBack(this.chip, this.bus, this.get('WRBADDR') + 16 * channel.index, channel.descriptor, valid);
  }

  #changed(change: () => void): void {
    change();
    this.#update();
  }

  #firstInterrupt(): number {
    const channel = this.#channels.find(({ flags, interrupts }) => (flags & interrupts) !== 0);
    if (channel === undefined) return 0;
    const status = (channel.fetchError ? 0x2000 : 0) | (channel.pending ? 0x8000 : 0);
    return channel.index | (channel.flags << 8) | status;
  }

  #clearOf(value: number): void {
    const channel = this.#channels[value & 15];
    if (channel === undefined)
      this.chip.fault(`DMAC.INTPEND names channel ${value & 15} of 12`, this.base + 0x20);
    channel.flags &= ~(value >>> 8);
    this.#update();
  }

  #update(): void {
    const wanted = this.#channels.some(({ flags, interrupts }) => (flags & interrupts) !== 0);
    this.chip.setInterrupt(IRQ_DMAC, wanted);
  }
}

function sourceOf({ control }: Channel): number {
  return (control >>> 8) & 0x3f;
}
