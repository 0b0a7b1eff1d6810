// SPDX-License-Identifier: Apache-2.0
import { RAM_SIZE, RAM_START } from '../core/memory.ts';
import type { Register } from './registers.ts';

/** EPSTATUS. */
const DTGLOUT = 0x01;
const DTGLIN = 0x02;
const CURBK = 0x04;
const STALLRQ0 = 0x10;
const STALLRQ1 = 0x20;
const BK0RDY = 0x40;
const BK1RDY = 0x80;
/** EPINTFLAG. */
const TRCPT0 = 0x01;
const TRCPT1 = 0x02;
const TRFAIL0 = 0x04;
const TRFAIL1 = 0x08;
const RXSTP = 0x10;
const STALL0 = 0x20;
const STALL1 = 0x40;
/** EPCFG.EPTYPE: bank 0 is SETUP and OUT, bank 1 is IN. */
const CONTROL = 1;
const ISOCHRONOUS = 2;
const DUAL_BANK = 5;
/** STATUS_BK. */
const ERRORFLOW = 2;
const DESCRIPTOR = 32;
const BANK = 16;

/** A device's answer to an OUT or SETUP transaction; null: silence, which a host sees as a timeout. */
export type Handshake = 'ack' | 'nak' | 'stall' | null;
/** Its answer to an IN token; toggle 0 is DATA0. */
export type InAnswer = { readonly toggle: 0 | 1; readonly bytes: Uint8Array } | 'nak' | 'stall' | null;

/** What an endpoint needs of the controller and the chip. */
export interface EndpointSurroundings {
  /** Contents of RAM. */
  readonly ram: Uint8Array;
  /** DESCADD. */
  descriptors(): number;
  fault(what: string, address: number): never;
  /** Flags have changed. */
  changed(): void;
}

export type EndpointRegister = `EP${string}${number}`;

/**
 * One of the eight endpoints of the USB controller in device mode: its registers, its two banks described in RAM, and
 * what it does with a transaction (DS40001882, chapter "USB", "Management of SETUP / OUT / IN Transactions",
 * "Multi-Packet Transfers", "Device Endpoint Register Description"). Isochronous and dual-bank endpoints fault.
 */
export class UsbEndpoint {
  config = 0;
  status = 0;
  flags = 0;
  enabled = 0;
  /** Bytes of the IN packet that waits for its handshake; -1: none. */
  #sent = -1;

  constructor(
    readonly number: number,
    private readonly chip: EndpointSurroundings,
    private readonly address: number,
  ) {}

  registers(offset: number): Register<EndpointRegister>[] {
    const register = (
      name: `EP${string}`,
      at: number,
      read: () => number,
      write?: (v: number) => void,
    ): Register<EndpointRegister> => ({
      ...{ name: `${name}${this.number}`, offset: offset + at, size: 1 as const, read },
      write: write ?? (() => {}),
    });
    return [
      register(
        'EPCFG',
        0x0,
        () => this.config,
        (v) => this.#configure(v),
      ),
      register(
        'EPSTATUSCLR',
        0x4,
        () => 0,
        (v) => this.#setStatus(this.status & ~v),
      ),
      register(
        'EPSTATUSSET',
        0x5,
        () => 0,
        (v) => this.#setStatus(this.status | (v & 0xf7)),
      ),
      register('EPSTATUS', 0x6, () => this.status),
      register(
        'EPINTFLAG',
        0x7,
        () => this.flags,
        (v) => this.#setFlags(this.flags & ~v),
      ),
      register(
        'EPINTENCLR',
        0x8,
        () => this.enabled,
        (v) => this.#enable(this.enabled & ~v),
      ),
      register(
        'EPINTENSET',
        0x9,
        () => this.enabled,
        (v) => this.#enable(this.enabled | (v & 0x7f)),
      ),
    ];
  }

  reset(): void {
    this.config = this.status = this.flags = this.enabled = 0;
    this.#sent = -1;
  }

  /** "USB Reset": bank-ready and toggle bits are not in the data sheet's list of what it clears, so they stay. */
  busReset(): void {
    if (this.number !== 0) this.config = 0;
    this.#forget();
  }

  get interrupts(): boolean {
    return (this.flags & this.enabled) !== 0;
  }

  setup(bytes: Uint8Array): Handshake {
    if (this.#type(0) !== CONTROL || this.flags & RXSTP) return null;
    this.#store(bytes);
    this.#sent = -1;
    this.status = (this.status | DTGLOUT | DTGLIN | CURBK | BK0RDY) & ~(BK1RDY | STALLRQ0 | STALLRQ1);
    this.#setFlags(this.flags | RXSTP);
    return 'ack';
  }

  out(toggle: 0 | 1, bytes: Uint8Array): Handshake {
    if (this.#type(0) === 0) return null;
    if (this.status & STALLRQ0) {
      this.#setFlags(this.flags | STALL0);
      return 'stall';
    }
    if (toggle !== (this.status & DTGLOUT)) return 'ack'; // a repetition whose handshake was lost
    if (this.status & BK0RDY) {
      this.#setBankError(0);
      this.#setFlags(this.flags | TRFAIL0);
      return 'nak';
    }
    this.#store(bytes);
    this.status = (this.status ^ DTGLOUT) | BK0RDY;
    this.#setFlags(this.flags | TRCPT0);
    return 'ack';
  }

  in(): InAnswer {
    if (this.#type(1) === 0) return null;
    if (this.status & STALLRQ1) {
      this.#setFlags(this.flags | STALL1);
      return 'stall';
    }
    if (!(this.status & BK1RDY)) {
      this.#setBankError(1);
      this.#setFlags(this.flags | TRFAIL1);
      return 'nak';
    }
    const { count, multi, size } = this.#packetSize(1);
    const length = Math.min(size, count - multi);
    if (length < 0)
      this.chip.fault(`${this.#name}: MULTI_PACKET_SIZE is above BYTE_COUNT`, this.#bank(1) + 4);
    this.#sent = length;
    const start = this.#buffer(1, multi + length) + multi - RAM_START;
    return { toggle: this.status & DTGLIN ? 1 : 0, bytes: this.chip.ram.slice(start, start + length) };
  }

  /** The host has acknowledged the packet that in() gave; without this call the same packet comes again. */
  acknowledged(): void {
    if (this.#sent < 0) return;
    const { count, multi, size, zlp } = this.#packetSize(1);
    const total = multi + this.#sent;
    const full = this.#sent === size;
    this.#sent = -1;
    this.status ^= DTGLIN;
    this.#write32(this.#bank(1) + 4, (this.#read32(this.#bank(1) + 4) & ~(0x3fff << 14)) | (total << 14));
    if (full && (total < count || zlp)) return; // more packets of this transfer follow
    this.status &= ~BK1RDY;
    this.#setFlags(this.flags | TRCPT1);
  }

  get #name(): string {
    return `USB endpoint ${this.number}`;
  }

  #type(bank: 0 | 1): number {
    return (this.config >> (4 * bank)) & 7;
  }

  #configure(value: number): void {
    for (const type of [value & 7, (value >> 4) & 7])
      if (type === ISOCHRONOUS || type >= DUAL_BANK)
        this.chip.fault(`${this.#name} configured as a type that is not modelled (${type})`, this.address);
    this.config = value & 0x77;
    if (this.config === 0) this.#forget();
  }

  /** What is cleared where an endpoint is disabled ("Endpoint Configuration") and by a USB reset. */
  #forget(): void {
    this.#sent = -1;
    this.enabled = 0;
    this.status &= ~(STALLRQ0 | STALLRQ1);
    this.#setFlags(0);
  }

  #setStatus(value: number): void {
    this.status = value & 0xff;
    if (!(this.status & BK1RDY)) this.#sent = -1;
  }

  #setFlags(value: number): void {
    this.flags = value & 0x7f;
    this.chip.changed();
  }

  #enable(value: number): void {
    this.enabled = value & 0xff;
    this.chip.changed();
  }

  // --- descriptor in RAM: per bank ADDR, PCKSIZE, EXTREG, STATUS_BK -------------------------------------------

  #bank(bank: 0 | 1): number {
    return this.chip.descriptors() + DESCRIPTOR * this.number + BANK * bank;
  }

  #packetSize(bank: 0 | 1): { count: number; multi: number; size: number; zlp: boolean } {
    const word = this.#read32(this.#bank(bank) + 4);
    const code = (word >>> 28) & 7;
    if (code > 3)
      this.chip.fault(
        `${this.#name}: PCKSIZE.SIZE ${code} is for isochronous endpoints`,
        this.#bank(bank) + 4,
      );
    return { count: word & 0x3fff, multi: (word >>> 14) & 0x3fff, size: 8 << code, zlp: word >>> 31 !== 0 };
  }

  /** Address of a bank's buffer, of which `bytes` bytes are used. The controller's own bus master reaches RAM alone. */
  #buffer(bank: 0 | 1, bytes: number): number {
    const address = this.#read32(this.#bank(bank));
    if (address & 3) this.chip.fault(`${this.#name}: ADDR is not a multiple of 4`, address);
    if (address < RAM_START || address + bytes > RAM_START + RAM_SIZE)
      this.chip.fault(`${this.#name}: buffer outside RAM`, address);
    return address;
  }

  /** Received bytes, and behind them as much of their CRC as has room below SIZE, as the controller does. */
  #store(bytes: Uint8Array): void {
    const { multi, size } = this.#packetSize(0);
    if (multi !== 0) this.chip.fault(`${this.#name}: multi-packet OUT is not modelled`, this.#bank(0) + 4);
    const length = Math.min(bytes.length, size);
    const crc = crc16(bytes);
    const stored = Uint8Array.of(...bytes.subarray(0, length), crc & 255, crc >> 8).subarray(0, size);
    const start = this.#buffer(0, stored.length) - RAM_START;
    this.chip.ram.set(stored, start);
    const at = this.#bank(0) + 4;
    this.#write32(at, (this.#read32(at) & ~0x3fff) | length);
  }

  #setBankError(bank: 0 | 1): void {
    const at = this.#descriptorOffset(this.#bank(bank) + 8) + 2;
    this.chip.ram[at] = (this.chip.ram[at] ?? 0) | ERRORFLOW;
  }

  #descriptorOffset(address: number): number {
    const table = this.chip.descriptors();
    if (table & 3 || table < RAM_START || address + 4 > RAM_START + RAM_SIZE)
      this.chip.fault('USB.DESCADD does not point to a table in RAM', table);
    return address - RAM_START;
  }

  #read32(address: number): number {
    const at = this.#descriptorOffset(address);
    const { ram } = this.chip;
    return new DataView(ram.buffer, ram.byteOffset).getUint32(at, true);
  }

  #write32(address: number, value: number): void {
    const at = this.#descriptorOffset(address);
    const { ram } = this.chip;
    new DataView(ram.buffer, ram.byteOffset).setUint32(at, value >>> 0, true);
  }
}

/** CRC of data packets (Universal Serial Bus Specification 2.0, 8.3.5.2): x^16 + x^15 + x^2 + 1, bits reflected. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return ~crc & 0xffff;
}
