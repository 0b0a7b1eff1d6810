// SPDX-License-Identifier: Apache-2.0
import { type Chip, ClockedBlock, interruptMask, type MaskName } from './registers.ts';
import { DistributedSynchronizer, periodOf } from './synchronizer.ts';
import {
  type EndpointRegister,
  type EndpointSurroundings,
  type Handshake,
  type InAnswer,
  UsbEndpoint,
} from './usb-endpoint.ts';

export type { Handshake, InAnswer } from './usb-endpoint.ts';

export const USB_BASE = 0x41005000;
const IRQ_USB = 7;
const ENDPOINTS = 8;
const SWRST = 1;
const ENABLE = 2;
const RUNSTDBY = 4;
const DETACH = 1;
const SPDCONF = 0x0c;
const NREPLY = 0x10;
const GNAK = 0x200;
/** INTFLAG. */
const SUSPEND = 0x001;
const SOF = 0x004;
const EORST = 0x008;
const WAKEUP = 0x010;
const EORSM = 0x020;
const INTERRUPTS = 0x03fd;
const ADDEN = 0x80;
/** FSMSTATUS. */
const FSM_OFF = 0x01;
const FSM_ON = 0x02;
const FSM_SUSPEND = 0x04;
/** An idle bus is a suspended one after 3 ms (Universal Serial Bus Specification 2.0, 7.1.7.6). */
const IDLE_CYCLES = 3 * 48_000;
/** Full speed allows 0.25 %. */
const CLOCK = 48e6;
const TOLERANCE = 0.0025;

/** What the USB controller needs of the chip around it. */
export interface UsbSurroundings {
  /** Contents of RAM. */
  readonly ram: Uint8Array;
  /** PM.AHBMASK.USB and PM.APBBMASK.USB. */
  busClocks(): boolean;
  /** GCLK_USB in hertz; 0: off. */
  clock(): number;
  /** Whether that clock is held to a reference, as 0.25 % asks for. */
  disciplined(): boolean;
  /** PA24 and PA25 are switched to function G. */
  pads(): boolean;
}

type Name =
  | 'CTRLA'
  | 'SYNCBUSY'
  | 'QOSCTRL'
  | 'CTRLB'
  | 'DADD'
  | 'STATUS'
  | 'FSMSTATUS'
  | 'FNUM'
  | 'INTFLAG'
  | 'EPINTSMRY'
  | 'DESCADD'
  | 'PADCAL'
  | EndpointRegister
  | MaskName;

/**
 * USB controller in device mode at full speed (DS40001882, chapter "USB - Universal Serial Bus"). A host calls the
 * methods under "the wire"; each is one packet or one change of the bus, at the cycle at which it is over.
 * Host mode, low speed, remote wake-up, link power management and test modes fault.
 */
export class UsbDevice extends ClockedBlock<Name> {
  protected override readonly clockMask = 'PM.AHBMASK or PM.APBBMASK';
  /** Called when the pull-up appears at, and disappears from, the bus. */
  onAttach: (() => void) | null = null;
  onDetach: (() => void) | null = null;
  readonly #interrupts: { enabled: number };
  readonly #endpoints: readonly UsbEndpoint[];
  readonly #synchronizer: DistributedSynchronizer;
  #flags = 0;
  #attached = false;
  #framed = false;
  #suspended = false;
  #lastActivity = 0;
  #watching = false;

  constructor(
    chip: Chip,
    private readonly around: UsbSurroundings,
  ) {
    const interrupts = { enabled: 0 };
    const endpoint: EndpointSurroundings = {
      ram: around.ram,
      descriptors: () => this.get('DESCADD'),
      fault: (what, address) => chip.fault(what, address),
      changed: () => this.#update(),
    };
    const endpoints = Array.from(
      { length: ENDPOINTS },
      (_, n) => new UsbEndpoint(n, endpoint, USB_BASE + 0x100 + 0x20 * n),
    );
    super('USB', USB_BASE, chip, [
      { name: 'CTRLA', offset: 0x00, size: 1, write: (v) => this.#writeControlA(v) },
      { name: 'SYNCBUSY', offset: 0x02, size: 1, read: () => this.#synchronizer.busy, writable: 0 },
      { name: 'QOSCTRL', offset: 0x03, size: 1, reset: 0x05, writable: 0x0f },
      { name: 'CTRLB', offset: 0x08, size: 2, reset: DETACH, write: (v, m) => this.#writeControlB(v, m) },
      { name: 'DADD', offset: 0x0a, size: 1 },
      { name: 'STATUS', offset: 0x0c, size: 1, read: () => 0x40, writable: 0 }, // full speed, J state
      { name: 'FSMSTATUS', offset: 0x0d, size: 1, read: () => this.#state(), writable: 0 },
      { name: 'FNUM', offset: 0x10, size: 2, writable: 0 },
      ...interruptMask(2, 0x14, 0x18, interrupts, 0x3ff, () => this.#update()),
      {
        name: 'INTFLAG',
        offset: 0x1c,
        size: 2,
        read: () => this.#flags,
        write: (v) => this.#raise(this.#flags & ~v),
      },
      { name: 'EPINTSMRY', offset: 0x20, size: 2, read: () => this.#summary(), writable: 0 },
      { name: 'DESCADD', offset: 0x24, size: 4 },
      { name: 'PADCAL', offset: 0x28, size: 2, writable: 0x77df },
      ...endpoints.flatMap((each) => each.registers(0x100 + 0x20 * each.number)),
    ]);
    this.#interrupts = interrupts;
    this.#synchronizer = new DistributedSynchronizer(chip, 'USB', USB_BASE);
    this.#endpoints = endpoints;
  }

  override reset(): void {
    super.reset();
    this.#synchronizer.reset();
    this.#interrupts.enabled = 0;
    this.#flags = 0;
    this.#suspended = false;
    this.#watching = false;
    for (const endpoint of this.#endpoints) endpoint.reset();
    this.#update();
    this.#connect();
  }

  protected override get clocked(): boolean {
    return this.around.busClocks();
  }

  // --- the wire ------------------------------------------------------------------------------------------------

  /** Whether the pull-up is at the bus. */
  get attached(): boolean {
    return this.#attached;
  }

  /** Whether a host sends frames. */
  get framed(): boolean {
    return this.#framed && this.#attached && !this.#suspended;
  }

  /** End of reset signalling. */
  busReset(): void {
    if (!this.#active()) return;
    this.set('DADD', 0);
    this.set('FNUM', 0);
    for (const endpoint of this.#endpoints) endpoint.busReset();
    this.#raise(this.#flags | EORST);
  }

  /** End of a host's resume signalling. */
  resumed(): void {
    if (this.#active()) this.#raise(this.#flags | EORSM);
  }

  startOfFrame(frame: number): void {
    if (!this.#active()) return;
    this.#framed = true;
    this.set('FNUM', (frame & 0x7ff) << 3);
    this.#raise(this.#flags | SOF);
  }

  setup(address: number, endpoint: number, bytes: Uint8Array): Handshake {
    return this.#addressed(address, endpoint)?.setup(bytes) ?? null;
  }

  out(address: number, endpoint: number, toggle: 0 | 1, bytes: Uint8Array): Handshake {
    const target = this.#addressed(address, endpoint);
    if (target !== null && this.get('CTRLB') & GNAK) return 'nak';
    return target?.out(toggle, bytes) ?? null;
  }

  in(address: number, endpoint: number): InAnswer {
    const target = this.#addressed(address, endpoint);
    if (target !== null && this.get('CTRLB') & GNAK) return 'nak';
    return target?.in() ?? null;
  }

  /** The host has received the last packet of in(). */
  acknowledge(address: number, endpoint: number): void {
    this.#addressed(address, endpoint)?.acknowledged();
  }

  #addressed(address: number, endpoint: number): UsbEndpoint | null {
    if (!this.#active() || this.get('CTRLB') & NREPLY) return null;
    const own = this.get('DADD') & ADDEN ? this.get('DADD') & 0x7f : 0;
    return own === address ? (this.#endpoints[endpoint] ?? null) : null;
  }

  /** Something has happened on the bus; false: the controller is not there to see it. */
  #active(): boolean {
    if (!this.#attached) return false;
    if (!this.around.busClocks() || this.around.clock() === 0)
      this.chip.fault('USB lost its clock while attached to the bus', USB_BASE);
    this.#lastActivity = this.chip.cycles;
    if (this.#suspended) {
      this.#suspended = false;
      this.#raise(this.#flags | WAKEUP);
    }
    this.#watch();
    return true;
  }

  #watch(): void {
    if (this.#watching || !this.#attached || this.#suspended) return;
    this.#watching = true;
    this.chip.schedule.at(this.#lastActivity + IDLE_CYCLES, () => {
      this.#watching = false;
      if (!this.#attached || this.#suspended) return;
      if (this.chip.cycles < this.#lastActivity + IDLE_CYCLES) this.#watch();
      else {
        this.#suspended = true;
        this.#raise(this.#flags | SUSPEND);
      }
    });
  }

  // --- registers -----------------------------------------------------------------------------------------------

  #writeControlA(value: number): void {
    this.#synchronizer.beforeWrite(SWRST | ENABLE, 'CTRLA');
    const synchronize = (bits: number): void =>
      this.#synchronizer.begin(bits, periodOf(this.chip, this.around.clock()));
    if (value & SWRST) {
      this.reset();
      synchronize(SWRST);
      return;
    }
    if (value & ~(ENABLE | RUNSTDBY)) this.chip.fault('USB host mode is not modelled', USB_BASE);
    const enabled = (this.get('CTRLA') & ENABLE) !== 0;
    if (!enabled && value & ENABLE && this.around.clock() === 0)
      this.chip.fault('USB enabled without a generic clock (GCLK.CLKCTRL)', USB_BASE);
    if ((value & ENABLE) !== (this.get('CTRLA') & ENABLE)) synchronize(ENABLE);
    this.set('CTRLA', value);
    this.#connect();
  }

  #writeControlB(value: number, mask: number): void {
    if (value & ~(DETACH | SPDCONF | NREPLY | GNAK))
      this.chip.fault('USB.CTRLB: a mode that is not modelled', USB_BASE + 8);
    if (value & SPDCONF) this.chip.fault('USB at low speed is not modelled', USB_BASE + 8);
    this.set('CTRLB', (this.get('CTRLB') & ~mask) | value);
    this.#connect();
  }

  /** The pull-up follows CTRLA.ENABLE and CTRLB.DETACH. */
  #connect(): void {
    const attached = (this.get('CTRLA') & ENABLE) !== 0 && (this.get('CTRLB') & DETACH) === 0;
    if (attached === this.#attached) return;
    if (attached) this.#checkReady();
    this.#attached = attached;
    this.#framed = false;
    this.#suspended = false;
    this.#lastActivity = this.chip.cycles;
    if (attached) this.#watch();
    (attached ? this.onAttach : this.onDetach)?.();
  }

  /** On silicon each of these gives a device that sometimes works. */
  #checkReady(): void {
    const hz = this.around.clock();
    if (Math.abs(hz - CLOCK) > TOLERANCE * CLOCK)
      this.chip.fault(`USB attached with a clock of ${hz} Hz instead of 48 MHz`, USB_BASE);
    if (!this.around.disciplined())
      this.chip.fault('USB attached while its DFLL48M runs in open loop (2 %, not 0.25 %)', USB_BASE);
    if (!this.around.pads())
      this.chip.fault('USB attached while PA24 and PA25 are not at function G', USB_BASE);
    if (this.get('PADCAL') === 0)
      this.chip.fault('USB attached without pad calibration (PADCAL)', USB_BASE + 0x28);
  }

  #state(): number {
    if (!this.#attached) return FSM_OFF;
    return this.#suspended ? FSM_SUSPEND : FSM_ON;
  }

  #summary(): number {
    let bits = 0;
    for (const endpoint of this.#endpoints) if (endpoint.interrupts) bits |= 1 << endpoint.number;
    return bits;
  }

  #raise(flags: number): void {
    this.#flags = flags & INTERRUPTS;
    this.#update();
  }

  #update(): void {
    const asserted = (this.#flags & this.#interrupts.enabled) !== 0 || this.#summary() !== 0;
    this.chip.setInterrupt(IRQ_USB, asserted);
  }
}
