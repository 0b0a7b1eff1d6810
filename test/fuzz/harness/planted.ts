// SPDX-License-Identifier: Apache-2.0
/** Readers that are wrong on purpose, so that it can be seen that they are found. */
import type { Target } from './target.ts';

const WRONG: Readonly<Record<string, Target['read']>> = {
  throws: (bytes) => {
    if (bytes[0] !== 0) throw new TypeError('planted');
  },
  hangs: (bytes) => {
    while (bytes.length > 0);
  },
  ends: () => process.exit(7),
};

/** @param kind throws, hangs or ends; undefined: none is wanted */
export function planted(kind: string | undefined): readonly Target[] | null {
  const read = WRONG[kind ?? ''];
  return read === undefined ? null : [{ name: 'planted', corpus: [Buffer.from('planted corpus')], read }];
}
