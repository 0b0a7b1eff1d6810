// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../../compiler/core/base/errors.ts';
import { isPlain } from '../harness/judge.ts';

type Reader = (file: Uint8Array) => unknown;

/**
 * Every reader gets the input, also where one before it refuses it.
 * @throws where none of them accepts it, and a refusal in words that are not plain in any case
 */
export function eachOf(readers: readonly Reader[]): (file: Uint8Array) => Promise<void> {
  return async (file) => {
    const refusals: InputError[] = [];
    for (const read of readers) {
      try {
        await read(file);
      } catch (error) {
        if (!(error instanceof InputError) || !isPlain(error.message)) throw error;
        refusals.push(error);
      }
    }
    if (refusals.length === readers.length) throw refusals[0];
  };
}
