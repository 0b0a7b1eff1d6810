// SPDX-License-Identifier: Apache-2.0
import { mutate } from '../../support/hostile/mutate.ts';
import { mutateText } from '../../support/hostile/mutate-text.ts';

/** A reader that gets damaged inputs. */
export interface Target {
  /** Also the name of its folder in findings/. */
  readonly name: string;
  /** Honest inputs, each of which it accepts: what is damaged. */
  readonly corpus: readonly Uint8Array[];
  /** Of text, so that it is damaged as text is. */
  readonly text?: boolean;
  /** There is next to nothing that it refuses. */
  readonly tolerant?: boolean;
  /** Reads it all, and may throw InputError. Checksums that would hide the reader behind them are made right in here. */
  readonly read: (bytes: Uint8Array) => unknown;
}

/** The input of a number: the same for the same number and corpus. */
export function inputOf({ corpus, text }: Target, seed: number): Uint8Array {
  const good = corpus[seed % corpus.length];
  if (good === undefined) throw new Error('a target has honest inputs');
  // Text as bytes, too, now and then.
  return text === true && seed % 7 !== 0 ? mutateText(good, seed) : mutate(good, seed);
}
