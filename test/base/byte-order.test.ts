// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byByteOrder } from '../../compiler/core/base/byte-order.ts';

it('is the order of the bytes of UTF-8', () => {
  const text = fc.string({ unit: 'binary', maxLength: 6 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), (texts) => {
      const wanted = [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(byByteOrder(texts, (one) => one)).toEqual(wanted);
    }),
  );
  expect(byByteOrder(['\u{1f600}', '\uffee', 'z'], (one) => one)).toEqual(['z', '\uffee', '\u{1f600}']);
});
