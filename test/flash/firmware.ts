// SPDX-License-Identifier: Apache-2.0
/** A BIN with a plausible vector table and noise behind it. */
export function firmware(length = 1000, address = 0x2000): Uint8Array {
  const bytes = noise(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x20007ff8, true);
  for (const vector of [1, 2, 3]) view.setUint32(4 * vector, address + 0x81 + 4 * vector, true);
  return bytes;
}

/** The same bytes every time (a linear congruential generator, Numerical Recipes' constants). */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}
