// SPDX-License-Identifier: Apache-2.0
import { byByteOrder } from '../../core/base/byte-order.ts';
import { InputError } from '../../core/base/errors.ts';
import { MAX_NAME_BYTES, quote } from '../../core/base/json.ts';

/** @throws InputError where a label cannot be a file's name on every system; `file` and `place` are where it came from */
export function checkLabel(label: string, file: string, place?: string): string {
  const problem =
    label.trim() === ''
      ? 'is empty'
      : /[/\\:]/.test(label)
        ? 'holds a path separator'
        : /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u.test(label)
          ? 'holds a control character'
          : label === '.' || label === '..'
            ? 'is the name of a folder'
            : Buffer.byteLength(label) > MAX_NAME_BYTES
              ? `is longer than ${MAX_NAME_BYTES} bytes`
              : null;
  if (problem === null) return label;
  throw new InputError(file, `the label ${quote(label)} ${problem}; rename it`, place);
}

/** The labels that occur, in the order of their bytes. */
export function labelsOf(labels: Iterable<string>): string[] {
  return byByteOrder(new Set(labels), (label) => label);
}
