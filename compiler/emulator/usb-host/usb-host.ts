// SPDX-License-Identifier: Apache-2.0
/** A USB host for one device at full speed: control and bulk transfers, enumeration (USB 2.0, chapters 5, 8, 9). */
import type { Handshake, InAnswer } from '../peripherals/usb.ts';
import { FRAME, type HostedChip, type Script, UsbBus, UsbError } from './usb-bus.ts';
import {
  type ConfigurationDescriptor,
  DescriptorType,
  type DeviceDescriptor,
  parseConfiguration,
  parseDevice,
  parseString,
} from './usb-descriptors.ts';

export { type HostedChip, UsbError } from './usb-bus.ts';

/** The device answered with STALL. */
export class UsbStall extends UsbError {
  override readonly name = 'UsbStall';
}

export interface Request {
  /** bmRequestType. */
  readonly type: number;
  readonly request: number;
  readonly value?: number;
  readonly index?: number;
  /** wLength, where it is not the number of bytes to send. */
  readonly length?: number;
}

export interface Enumerated {
  readonly device: DeviceDescriptor;
  readonly configuration: ConfigurationDescriptor;
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
}

const GET_DESCRIPTOR = 6;
/** Until a NAKed transaction is tried again. */
const RETRY = FRAME / 10;
/** A silent device is asked so often. */
const ATTEMPTS = 3;
/** A device has 5 s for a control transfer (9.2.6.1). */
const CONTROL_LIMIT = 5000 * FRAME;
/** Time between connection and reset (7.1.7.3), after reset, and after SET_ADDRESS (9.2.6). */
const DEBOUNCE = 100 * FRAME;
const RECOVERY = 10 * FRAME;
const ADDRESS_RECOVERY = 2 * FRAME;
const ENGLISH = 0x0409;

export class UsbHost {
  readonly bus: UsbBus;
  /** Address that the device has. */
  address = 0;
  #packet0 = 8;
  /** DATA0 or DATA1 of the next packet, by endpoint address. */
  readonly #toggles = new Map<number, 0 | 1>();

  constructor(chip: HostedChip) {
    this.bus = new UsbBus(chip);
  }

  /** Runs the chip until the script is through. */
  complete<T>(script: Script<T>, maxCycles?: number): T {
    return this.bus.complete(script, maxCycles);
  }

  /** From reset to configured, as operating systems go about it. */
  *enumerate(debounce = DEBOUNCE): Script<Enumerated> {
    yield debounce;
    yield* this.reset();
    const first = yield* this.control({
      type: 0x80,
      request: GET_DESCRIPTOR,
      value: DescriptorType.DEVICE << 8,
      length: 8,
    });
    if (first.length !== 8) throw new UsbError(`${first.length} bytes of a device descriptor instead of 8`);
    this.#packet0 = first[7] ?? 8;
    yield* this.setAddress(5);
    const device = parseDevice(yield* this.descriptor(DescriptorType.DEVICE, 0, 18));
    // A full-speed device with USB 2.0 is asked whether it can do high speed; one that cannot has to stall (9.6.2).
    if (device.usb >= 0x0200) yield* this.#stalls(DescriptorType.QUALIFIER, 10);
    if (device.usb > 0x0200) yield* this.descriptor(DescriptorType.BOS, 0, 5);
    const head = yield* this.descriptor(DescriptorType.CONFIGURATION, 0, 9);
    const total = (head[2] ?? 0) | ((head[3] ?? 0) << 8);
    const configuration = parseConfiguration(yield* this.descriptor(DescriptorType.CONFIGURATION, 0, total));
    const { strings } = device;
    const [manufacturer, product, serial] = [
      yield* this.string(strings.manufacturer),
      yield* this.string(strings.product),
      yield* this.string(strings.serial),
    ];
    yield* this.configure(configuration.value);
    return { device, configuration, manufacturer, product, serial };
  }

  *reset(): Script<void> {
    yield* this.bus.reset();
    this.address = 0;
    this.#packet0 = 8;
    this.#toggles.clear();
    yield RECOVERY;
  }

  *setAddress(address: number): Script<void> {
    yield* this.control({ type: 0, request: 5, value: address });
    this.address = address;
    yield ADDRESS_RECOVERY;
  }

  *configure(value: number): Script<void> {
    yield* this.control({ type: 0, request: 9, value });
    this.#toggles.clear();
  }

  *descriptor(type: number, index: number, length: number, language = 0): Script<Uint8Array> {
    return yield* this.control({
      type: 0x80,
      request: GET_DESCRIPTOR,
      value: (type << 8) | index,
      index: language,
      length,
    });
  }

  *string(index: number): Script<string> {
    if (index === 0) return '';
    const languages = yield* this.descriptor(DescriptorType.STRING, 0, 255);
    const found = (languages[2] ?? 0) | ((languages[3] ?? 0) << 8);
    if (found !== ENGLISH) throw new UsbError(`strings in language 0x${found.toString(16)}`);
    return parseString(yield* this.descriptor(DescriptorType.STRING, index, 255, ENGLISH));
  }

  /** CLEAR_FEATURE(ENDPOINT_HALT). */
  *clearHalt(endpoint: number): Script<void> {
    yield* this.control({ type: 0x02, request: 1, index: endpoint });
    this.#toggles.delete(endpoint);
  }

  *#stalls(type: number, length: number): Script<void> {
    try {
      yield* this.descriptor(type, 0, length);
    } catch (error) {
      if (error instanceof UsbStall) return;
      throw error;
    }
    throw new UsbError(`descriptor of type ${type} answered by a device that must not have it`);
  }

  // --- control transfers ---------------------------------------------------------------------------------------

  /** One control transfer (8.5.3). data: sent to the device. Returns what the device sent. */
  *control(request: Request, data: Uint8Array = new Uint8Array()): Script<Uint8Array> {
    const length = request.length ?? data.length;
    const end = this.bus.chip.cycles + CONTROL_LIMIT;
    yield* this.setup(request, length);
    if (request.type & 0x80 && length > 0) {
      const received = yield* this.#controlIn(length, end);
      yield* this.#sendControl(1, new Uint8Array(), end);
      return received;
    }
    let toggle: 0 | 1 = 1;
    for (let at = 0; at < data.length; at += this.#packet0) {
      yield* this.#sendControl(toggle, data.subarray(at, at + this.#packet0), end);
      toggle = toggle === 1 ? 0 : 1;
    }
    const status = yield* this.#receiveControl(1, end);
    if (status.length > 0) throw new UsbError('status stage with data');
    return status;
  }

  /** The SETUP stage alone. */
  *setup(request: Request, length = request.length ?? 0): Script<void> {
    const { type, request: code, value = 0, index = 0 } = request;
    const words = [value, index, length].flatMap((word) => [word & 255, (word >> 8) & 255]);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if ((yield* this.bus.setup(this.address, Uint8Array.of(type, code, ...words))) === 'ack') return;
      yield RETRY;
    }
    throw new UsbError('no answer to SETUP');
  }

  *#controlIn(length: number, end: number): Script<Uint8Array> {
    const received: number[] = [];
    let toggle: 0 | 1 = 1;
    for (;;) {
      const bytes = yield* this.#receiveControl(toggle, end);
      received.push(...bytes);
      toggle = toggle === 1 ? 0 : 1;
      if (received.length > length)
        throw new UsbError(`${received.length} bytes where ${length} were asked for`);
      if (bytes.length < this.#packet0 || received.length === length) return Uint8Array.from(received);
    }
  }

  *#sendControl(toggle: 0 | 1, bytes: Uint8Array, end: number): Script<void> {
    yield* this.#patiently(end, () => this.bus.out(this.address, 0, toggle, bytes));
  }

  *#receiveControl(toggle: 0 | 1, end: number): Script<Uint8Array> {
    for (;;) {
      const answer = yield* this.#patiently(end, () => this.bus.in(this.address, 0));
      if (typeof answer === 'string') throw new UsbError(`${answer} to an IN token`);
      if (answer.toggle === toggle) return answer.bytes;
    }
  }

  // --- bulk transfers ------------------------------------------------------------------------------------------

  /** One packet to the device, however long that takes. */
  *send(endpoint: number, bytes: Uint8Array, end = Infinity): Script<void> {
    const toggle = this.#toggles.get(endpoint) ?? 0;
    yield* this.#patiently(end, () => this.bus.out(this.address, endpoint, toggle, bytes));
    this.#toggles.set(endpoint, toggle === 0 ? 1 : 0);
  }

  /** One packet from the device, however long that takes. */
  *receive(endpoint: number, end = Infinity): Script<Uint8Array> {
    for (;;) {
      const bytes = yield* this.poll(endpoint);
      if (bytes !== null) return bytes;
      if (this.bus.chip.cycles > end) throw new UsbError(`nothing from endpoint ${endpoint & 15}`);
      yield RETRY;
    }
  }

  /** One IN token; null: NAK, or a packet that was here before. */
  *poll(endpoint: number): Script<Uint8Array | null> {
    const answer = yield* this.#once(() => this.bus.in(this.address, endpoint & 15));
    if (answer === 'nak') return null;
    if (typeof answer === 'string') throw new UsbError(`${answer} to an IN token`);
    const toggle = this.#toggles.get(endpoint) ?? 0;
    if (answer.toggle !== toggle) return null;
    this.#toggles.set(endpoint, toggle === 0 ? 1 : 0);
    return answer.bytes;
  }

  /** Repeats a transaction until it is not answered with NAK. */
  *#patiently<T extends Handshake | InAnswer>(
    end: number,
    transact: () => Script<T>,
  ): Script<Exclude<T, null | 'nak' | 'stall'>> {
    for (;;) {
      const answer = yield* this.#once(transact);
      if (answer !== 'nak') return answer as Exclude<T, null | 'nak' | 'stall'>;
      if (this.bus.chip.cycles > end) throw new UsbError('NAK for too long');
      yield RETRY;
    }
  }

  /** A transaction, repeated where the device is silent. */
  *#once<T extends Handshake | InAnswer>(transact: () => Script<T>): Script<Exclude<T, null | 'stall'>> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const answer = yield* transact();
      if (answer === 'stall') throw new UsbStall('STALL');
      if (answer !== null) return answer as Exclude<T, null | 'stall'>;
      yield RETRY;
    }
    throw new UsbError('no answer');
  }
}
