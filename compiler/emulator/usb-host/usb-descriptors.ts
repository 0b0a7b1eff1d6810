// SPDX-License-Identifier: Apache-2.0
/** Descriptors as a host reads them (Universal Serial Bus Specification 2.0, chapter 9.6), checked on the way. */
import { UsbError } from './usb-bus.ts';

export const DescriptorType = { DEVICE: 1, CONFIGURATION: 2, STRING: 3, QUALIFIER: 6, BOS: 15 } as const;

export interface DeviceDescriptor {
  readonly usb: number;
  /** Class, subclass, protocol. */
  readonly kind: readonly [number, number, number];
  readonly packet0: number;
  readonly vendor: number;
  readonly product: number;
  readonly release: number;
  /** Numbers of strings; 0: none. */
  readonly strings: { readonly manufacturer: number; readonly product: number; readonly serial: number };
  readonly configurations: number;
}

export interface EndpointDescriptor {
  /** Bit 7: to the host. */
  readonly address: number;
  readonly type: 'control' | 'isochronous' | 'bulk' | 'interrupt';
  readonly packet: number;
  readonly interval: number;
}

export interface InterfaceDescriptor {
  readonly number: number;
  readonly alternate: number;
  readonly kind: readonly [number, number, number];
  readonly endpoints: readonly EndpointDescriptor[];
  /** Class-specific descriptors (type 0x24) between the interface and its endpoints, whole. */
  readonly functional: readonly Uint8Array[];
}

export interface Association {
  readonly first: number;
  readonly count: number;
  readonly kind: readonly [number, number, number];
}

export interface ConfigurationDescriptor {
  readonly value: number;
  readonly attributes: number;
  readonly milliamperes: number;
  readonly associations: readonly Association[];
  readonly interfaces: readonly InterfaceDescriptor[];
}

export function parseDevice(bytes: Uint8Array): DeviceDescriptor {
  need(bytes.length === 18 && bytes[0] === 18, `device descriptor of ${bytes.length} bytes`);
  need(bytes[1] === DescriptorType.DEVICE, 'device descriptor of another type');
  const packet0 = at(bytes, 7);
  need([8, 16, 32, 64].includes(packet0), `control endpoint with packets of ${packet0} bytes`);
  return {
    usb: half(bytes, 2),
    kind: [at(bytes, 4), at(bytes, 5), at(bytes, 6)],
    packet0,
    vendor: half(bytes, 8),
    product: half(bytes, 10),
    release: half(bytes, 12),
    strings: { manufacturer: at(bytes, 14), product: at(bytes, 15), serial: at(bytes, 16) },
    configurations: at(bytes, 17),
  };
}

export function parseConfiguration(bytes: Uint8Array): ConfigurationDescriptor {
  need(bytes[0] === 9 && bytes[1] === DescriptorType.CONFIGURATION, 'no configuration descriptor');
  need(
    half(bytes, 2) === bytes.length,
    `configuration declares ${half(bytes, 2)} bytes and has ${bytes.length}`,
  );
  const associations: Association[] = [];
  const interfaces: {
    expected: number;
    value: InterfaceDescriptor;
    endpoints: EndpointDescriptor[];
    functional: Uint8Array[];
  }[] = [];
  let position = 9;
  while (position < bytes.length) {
    const length = at(bytes, position);
    need(length >= 2 && position + length <= bytes.length, `descriptor of ${length} bytes at ${position}`);
    const part = bytes.slice(position, position + length);
    const open = interfaces.at(-1);
    switch (part[1]) {
      case 4: {
        need(length === 9, `interface descriptor of ${length} bytes`);
        const [endpoints, functional]: [EndpointDescriptor[], Uint8Array[]] = [[], []];
        const kind = [at(part, 5), at(part, 6), at(part, 7)] as const;
        const value = { number: at(part, 2), alternate: at(part, 3), kind, endpoints, functional };
        interfaces.push({ expected: at(part, 4), value, endpoints, functional });
        break;
      }
      case 5:
        if (open === undefined) throw new UsbError('endpoint before any interface');
        open.endpoints.push(parseEndpoint(part));
        break;
      case 11:
        need(length === 8, `interface association of ${length} bytes`);
        associations.push({
          first: at(part, 2),
          count: at(part, 3),
          kind: [at(part, 4), at(part, 5), at(part, 6)],
        });
        break;
      case 0x24:
        if (open === undefined) throw new UsbError('class descriptor before any interface');
        open.functional.push(part);
        break;
      default:
        throw new UsbError(`descriptor of unknown type ${part[1]}`);
    }
    position += length;
  }
  const numbers = new Set(interfaces.map(({ value }) => value.number));
  need(
    numbers.size === at(bytes, 4),
    `configuration declares ${at(bytes, 4)} interfaces and has ${numbers.size}`,
  );
  const addresses = interfaces.flatMap(({ endpoints }) => endpoints.map(({ address }) => address));
  need(new Set(addresses).size === addresses.length, 'an endpoint address is used twice');
  for (const { expected, endpoints, value } of interfaces)
    need(
      expected === endpoints.length,
      `interface ${value.number} declares ${expected} endpoints, has ${endpoints.length}`,
    );
  for (const { first, count } of associations)
    for (let i = first; i < first + count; i++)
      need(numbers.has(i), `association of interface ${i}, which is not there`);
  return {
    value: at(bytes, 5),
    attributes: at(bytes, 7),
    milliamperes: 2 * at(bytes, 8),
    associations,
    interfaces: interfaces.map(({ value }) => value),
  };
}

/** Text of a string descriptor. */
export function parseString(bytes: Uint8Array): string {
  need(
    bytes[0] === bytes.length && bytes[1] === DescriptorType.STRING && bytes.length % 2 === 0,
    'no string descriptor',
  );
  return new TextDecoder('utf-16le', { ignoreBOM: true }).decode(bytes.subarray(2));
}

function parseEndpoint(part: Uint8Array): EndpointDescriptor {
  need(part.length === 7, `endpoint descriptor of ${part.length} bytes`);
  const address = at(part, 2);
  need((address & 0x70) === 0 && (address & 15) !== 0, `endpoint address 0x${address.toString(16)}`);
  const type = (['control', 'isochronous', 'bulk', 'interrupt'] as const)[at(part, 3) & 3] ?? 'control';
  const packet = half(part, 4);
  if (type === 'bulk')
    need([8, 16, 32, 64].includes(packet), `bulk endpoint with packets of ${packet} bytes`);
  else need(packet <= 64, `${type} endpoint with packets of ${packet} bytes`);
  return { address, type, packet, interval: at(part, 6) };
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

function half(bytes: Uint8Array, index: number): number {
  return at(bytes, index) | (at(bytes, index + 1) << 8);
}

function need(condition: boolean, problem: string): void {
  if (!condition) throw new UsbError(problem);
}
