// SPDX-License-Identifier: Apache-2.0
/** What a user reads is one line of at most 200 characters, whatever it is about. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';

it('a message that fits is left as it is', () => {
  expect(new InputError('a.wav', 'is empty', 'byte 0').message).toBe('a.wav: is empty (byte 0)');
  expect(new InputError('x'.repeat(189), 'is empty').message).toHaveLength(199);
});

it('a path gives way at its beginning, what is wrong at its end', () => {
  const path = `${'deep/'.repeat(60)}a.wav`;
  const short = new InputError(path, 'is empty', 'byte 0').message;
  expect(short).toHaveLength(200);
  expect(short).toMatch(/^…[\w/]+deep\/a\.wav: is empty \(byte 0\)$/);
  const long = new InputError(path, 'x'.repeat(500), 'y'.repeat(100)).message;
  expect(long).toMatch(/^….{75}\.wav: x+… \(y{49}…\)$/);
  expect(long).toHaveLength(200);
});

it('is one line of whole characters', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(text, text, fc.option(text, { nil: undefined }), (subject, problem, where) => {
      const { message } = new InputError(subject, problem, where);
      expect(message.length).toBeLessThanOrEqual(200);
      expect(message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]/u);
    }),
  );
});
