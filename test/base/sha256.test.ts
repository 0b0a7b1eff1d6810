// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sha256, sha256 } from '../../compiler/core/base/sha256.ts';

const node = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

describe('sha256', () => {
  it('knows the examples of FIPS 180-4', () => {
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('gives what node:crypto gives at every length around a block', () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 167 + 13) & 255);
    const wrong = Array.from({ length: 300 }, (_, length) => length).filter(
      (length) => sha256(bytes.subarray(0, length)) !== node(bytes.subarray(0, length)),
    );
    expect(wrong).toEqual([]);
  });

  it('gives the same of pieces, and what it was so far on the way', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), (pieces) => {
        const hash = new Sha256();
        pieces.forEach((piece, i) => {
          hash.push(piece);
          expect(hash.hex()).toBe(node(Buffer.concat(pieces.slice(0, i + 1))));
        });
      }),
    );
  });

  it('gives what node:crypto gives for a view into a buffer and for any text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(60), (bytes, from) => {
        expect(sha256(bytes.subarray(from))).toBe(node(bytes.subarray(from)));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
        expect(sha256(text)).toBe(node(text));
      }),
    );
  });
});
