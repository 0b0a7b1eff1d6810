// SPDX-License-Identifier: Apache-2.0
/** What pool.test.ts has done: base ** 2 + item, an input error for -1, a defect for -2, after a while for -3. */
import { InputError } from '../../compiler/core/base/errors.ts';

export default (base: number) => (item: number) => {
  if (item === -1) throw new InputError('item', 'is -1', 'here');
  if (item === -3) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
  if (item <= -2) throw new TypeError('a defect');
  return base ** 2 + item;
};
