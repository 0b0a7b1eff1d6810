// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUf2, writeUf2 } from '../../compiler/machines/image/uf2.ts';
import { UF2_FAMILY } from '../support/chip-facts.ts';

const START = 0x2000;
const image = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7) & 255);
const word = (file: Uint8Array, at: number): number =>
  new DataView(file.buffer, file.byteOffset).getUint32(at, true);

describe('UF2 files', () => {
  it('have the layout of the format, block for block', () => {
    const file = writeUf2(image(300), START, UF2_FAMILY);
    expect(file.length).toBe(2 * 512);
    const header = [0x0a324655, 0x9e5d5157, 0x2000, START + 256, 256, 1, 2, 0x68ed2b88];
    expect(header.map((_, i) => word(file, 512 + 4 * i))).toEqual(header);
    expect(word(file, 512 + 508)).toBe(0x0ab16f30);
    expect(file.subarray(512 + 32, 512 + 32 + 44)).toEqual(image(300).subarray(256));
    expect(file.subarray(512 + 32 + 44, 512 + 32 + 256).every((byte) => byte === 0xff)).toBe(true);
    expect(file.subarray(512 + 32 + 256, 512 + 508).every((byte) => byte === 0)).toBe(true);
  });

  it('come back as they were written, whatever the length and the order of the blocks', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 2000 }), fc.boolean(), (bytes, backwards) => {
        const file = writeUf2(bytes, START, UF2_FAMILY);
        const blocks = Array.from({ length: file.length / 512 }, (_, i) =>
          file.subarray(512 * i, 512 * (i + 1)),
        );
        const back = readUf2(Buffer.concat(backwards ? blocks.reverse() : blocks), 'x.uf2');
        expect(back).toMatchObject({ family: UF2_FAMILY, address: START });
        expect(Buffer.from(back.bytes.subarray(0, bytes.length))).toEqual(Buffer.from(bytes));
        expect(back.bytes.length - bytes.length).toBeLessThan(256);
      }),
    );
  });

  const damages: [string, (file: Uint8Array, view: DataView) => void, RegExp][] = [
    ['first magic number', (_, v) => v.setUint32(512, 0, true), /magic number.*block 1 of 3/],
    ['last magic number', (_, v) => v.setUint32(512 + 508, 0, true), /magic number.*block 1 of 3/],
    ['flag "not main flash"', (_, v) => v.setUint32(512 + 8, 0x2001, true), /not for the main flash/],
    ['missing family', (_, v) => v.setUint32(512 + 8, 0, true), /has no chip family/],
    ['another family', (_, v) => v.setUint32(512 + 28, 0xe48bff56, true), /family differs/],
    ['payload size', (_, v) => v.setUint32(512 + 16, 476, true), /payload of 476 bytes/],
    ['crooked address', (_, v) => v.setUint32(512 + 12, START + 300, true), /not the start of a flash row/],
    ['wrong address', (_, v) => v.setUint32(512 + 12, START + 512, true), /0x00002200 instead of 0x00002100/],
    ['number of blocks', (_, v) => v.setUint32(512 + 24, 4, true), /should have 4 blocks/],
    ['block number', (_, v) => v.setUint32(512 + 20, 3, true), /block number 3 is too large/],
    ['repeated block', (file) => file.copyWithin(512, 0, 512), /appears twice/],
  ];
  it.each(damages)('refuses damage: %s', (_, damage, message) => {
    const file = writeUf2(image(700), START, UF2_FAMILY);
    damage(file, new DataView(file.buffer));
    expect(() => readUf2(file, 'x.uf2')).toThrow(message);
  });

  it('refuses files that end inside a block, and empty ones', () => {
    expect(() => readUf2(writeUf2(image(10), START, UF2_FAMILY).subarray(0, 500), 'x.uf2')).toThrow(
      /x\.uf2: not a UF2 file: 500/,
    );
    expect(() => readUf2(new Uint8Array(), 'x.uf2')).toThrow(/not a UF2 file/);
  });

  it('refuses files that lack a block', () => {
    expect(() => readUf2(writeUf2(image(700), START, UF2_FAMILY).subarray(0, 1024), 'x.uf2')).toThrow(
      /should have 3 blocks/,
    );
  });
});
