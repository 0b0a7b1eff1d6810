// SPDX-License-Identifier: Apache-2.0
import type { OwnPlace } from '../unrolled/planned-layer.ts';
import { X, Y } from '../unrolled/registers.ts';

/** Outputs of a layer, or with -1 the features, to a word of the frame. scratch: of a low register. Changes r0 .. r7. */
export function copyToFrame(
  place: OwnPlace,
  word: number,
  count: number,
  producer: number,
  scratch: number,
): void {
  const { code } = place;
  const from = place.outputs(producer);
  if (from === null) place.featuresPointer(X);
  else place.stateBytes(X, from, `r${scratch}`);
  code.stackAddress(Y, 4 * word);
  const odd = from === null && (count & 1) === 1;
  for (let rest = odd ? count >> 1 : (count + 1) >> 1; rest > 0; rest -= 6) {
    const n = Math.min(6, rest);
    const list = n === 1 ? '{r0}' : `{r0-r${n - 1}}`;
    code.multiple(`ldm ${X}!, ${list}`, n);
    code.multiple(`stm ${Y}!, ${list}`, n);
  }
  if (odd) {
    code.load(`ldrh r0, [${X}]`);
    code.store(`str r0, [${Y}]`);
  }
}
