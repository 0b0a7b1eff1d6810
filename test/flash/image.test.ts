// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';
import { boards } from '../../compiler/boards/boards.ts';
import { readApplication } from '../../compiler/machines/image/image.ts';
import { writeUf2 } from '../../compiler/machines/image/uf2.ts';
import { UF2_FAMILY } from '../support/chip-facts.ts';
import { elfFile } from '../support/hostile/elf-writer.ts';
import { firmware } from './firmware.ts';

const board = boards.feather_m0;
const read = (file: Uint8Array) => readApplication(file, 'file', board);

/** With one word of the vector table changed. */
function changed(index: number, word: number): Uint8Array {
  const bytes = firmware();
  new DataView(bytes.buffer).setUint32(4 * index, word, true);
  return bytes;
}

describe('an image', () => {
  it('is the same from BIN, UF2 and ELF', () => {
    const bin = firmware(1024);
    const parts = [
      { address: 0x2000 + 900, bytes: bin.subarray(900) },
      { address: 0x2000, bytes: bin.subarray(0, 900) },
    ];
    for (const file of [bin, writeUf2(bin, 0x2000, UF2_FAMILY), elfFile(parts)]) {
      const { address, bytes } = read(file);
      expect(address).toBe(0x2000);
      expect(Buffer.compare(bytes, bin)).toBe(0);
    }
  });

  it('has erased flash between its parts', () => {
    const bin = firmware(300);
    const { bytes } = read(
      elfFile([
        { address: 0x2000, bytes: bin },
        { address: 0x3000, bytes: Uint8Array.of(1, 2) },
      ]),
    );
    expect(bytes.length).toBe(0x1002);
    expect(bytes.subarray(300, 0x1000).every((byte) => byte === 0xff)).toBe(true);
    expect([...bytes.subarray(0x1000)]).toEqual([1, 2]);
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'file: is empty'],
    ['a few bytes', firmware(63), '63 bytes hold no vector table'],
    [
      'text',
      Buffer.from('hello world, this is no firmware but a letter to you. Yours truly, me.'),
      'its stack',
    ],
    ['a stack in flash', changed(0, 0x2000), 'its stack would start at 0x2000'],
    ['a stack behind the RAM', changed(0, 0x20008004), 'its stack would start at 0x20008004'],
    ['an odd stack', changed(0, 0x20007ffe), 'its stack would start at 0x20007ffe'],
    ['an even reset vector', changed(1, 0x2100), 'vector 1 is 0x2100'],
    ['a reset vector for address 0', firmware(1000, 0), 'vector 1 is 0x85'],
    ['a reset vector behind the image', changed(1, 0x2000 + 1001), 'vector 1 is 0x23e9'],
    ['a hard fault inside the vectors', changed(3, 0x2001), 'vector 3 is 0x2001'],
    [
      'more than the flash',
      firmware(248 * 1024 + 1),
      'ends at 0x40001, behind the flash of the ATSAMD21G18A',
    ],
    [
      'a UF2 of another family',
      writeUf2(firmware(), 0x2000, 0x12345678),
      'for the family 0x12345678, not the SAMD21',
    ],
    [
      'a UF2 for the bootloader',
      writeUf2(firmware(), 0, UF2_FAMILY),
      'starts at 0x0, where the bootloader is',
    ],
    ['a UF2 for 0x4000', writeUf2(firmware(1000, 0x4000), 0x4000, UF2_FAMILY), 'it starts at 0x4000'],
    ['half a UF2', writeUf2(firmware(), 0x2000, UF2_FAMILY).subarray(0, 700), 'not a UF2 file'],
    ['an ELF without parts', elfFile([]), 'holds nothing that is loaded'],
    [
      'an ELF with RAM in it',
      elfFile([
        { address: 0x2000, bytes: firmware() },
        { address: 0x20000000, bytes: Uint8Array.of(1) },
      ]),
      'segment at 0x20000000',
    ],
    ['half an ELF', elfFile([{ address: 0x2000, bytes: firmware() }]).subarray(0, 200), 'ends at byte 200'],
  ])('is refused: %s', (_, file, message) => {
    expect(() => read(file)).toThrow(message);
  });

  it('is refused where it is for another board', () => {
    const bytes = firmware();
    bytes.set(Buffer.from(' board trinket_m0 abi'), 500);
    expect(() => read(bytes)).toThrow(
      'was built for the Adafruit Trinket M0, not for the Adafruit Feather M0',
    );
    expect(readApplication(bytes, 'file', boards.trinket_m0).bytes.length).toBe(1000);
  });
});
