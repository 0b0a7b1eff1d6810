// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  parseConfiguration,
  parseDevice,
  parseString,
} from '../../../compiler/emulator/usb-host/usb-descriptors.ts';

/** A vendor's device with one bulk endpoint. */
const INTERFACE = [9, 4, 0, 0, 1, 255, 0, 0, 0];
const ENDPOINT = [7, 5, 0x81, 2, 64, 0, 0];
const whole = (parts: readonly number[], interfaces = 1): Uint8Array =>
  Uint8Array.of(9, 2, 9 + parts.length, 0, interfaces, 1, 0, 0x80, 50, ...parts);

describe('descriptors as a host reads them', () => {
  it('are taken apart', () => {
    expect(parseConfiguration(whole([...INTERFACE, ...ENDPOINT]))).toMatchObject({
      milliamperes: 100,
      interfaces: [
        { number: 0, kind: [255, 0, 0], endpoints: [{ address: 0x81, type: 'bulk', packet: 64 }] },
      ],
    });
    expect(parseString(Uint8Array.of(6, 3, 0x41, 0, 0xe4, 0))).toBe('Aä');
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['a wrong total', whole([...INTERFACE, ...ENDPOINT]).subarray(0, 20), /declares 25 bytes and has 20/],
    ['too few interfaces', whole([...INTERFACE, ...ENDPOINT], 2), /declares 2 interfaces and has 1/],
    ['too few endpoints', whole(INTERFACE), /declares 1 endpoints, has 0/],
    ['an endpoint of nobody', whole(ENDPOINT), /before any interface/],
    ['an address used twice', whole([9, 4, 0, 0, 2, 255, 0, 0, 0, ...ENDPOINT, ...ENDPOINT]), /used twice/],
    ['endpoint 0', whole([...INTERFACE, 7, 5, 0x80, 2, 64, 0, 0]), /endpoint address 0x80/],
    ['a bulk packet of 65', whole([...INTERFACE, 7, 5, 0x81, 2, 65, 0, 0]), /packets of 65/],
    ['an interrupt packet of 65', whole([...INTERFACE, 7, 5, 0x81, 3, 65, 0, 1]), /packets of 65/],
    ['a descriptor of no length', whole([...INTERFACE, ...ENDPOINT, 0, 5]), /descriptor of 0 bytes/],
    ['a cut descriptor', whole([...INTERFACE, 7, 5, 0x81]), /descriptor of 7 bytes at 18/],
    ['an unknown type', whole([...INTERFACE, ...ENDPOINT, 2, 99]), /unknown type 99/],
    [
      'an association of nobody',
      whole([8, 11, 0, 2, 2, 2, 0, 0, ...INTERFACE, ...ENDPOINT]),
      /association of/,
    ],
  ])('are refused with %s', (_, bytes, message) => {
    expect(() => parseConfiguration(bytes)).toThrow(message);
  });

  it('of a device are checked, too', () => {
    const device = Uint8Array.of(18, 1, 0, 2, 0, 0, 0, 64, 1, 2, 3, 4, 0, 1, 1, 2, 3, 1);
    expect(parseDevice(device)).toMatchObject({ vendor: 0x0201, product: 0x0403, release: 0x0100 });
    expect(() => parseDevice(device.subarray(0, 17))).toThrow(/17 bytes/);
    expect(() => parseDevice(device.with(7, 9))).toThrow(/packets of 9 bytes/);
    expect(() => parseDevice(device.with(1, 2))).toThrow(/another type/);
    expect(() => parseString(Uint8Array.of(5, 3, 0x41, 0))).toThrow(/no string/);
  });
});
