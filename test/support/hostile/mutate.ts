// SPDX-License-Identifier: Apache-2.0
/** Damage of the kinds that break readers of binary files; the seed names the input. */
import { Random } from '../random.ts';

const WORDS = [0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xf0000000, 0xffffffff];

/** One to four changes: bytes, words with extreme or nearby values, pieces copied elsewhere, cuts and growth. */
export function mutate(bytes: Uint8Array, seed: number): Uint8Array {
  const random = new Random(seed);
  let out = Uint8Array.from(bytes);
  for (let n = random.between(1, 4); n > 0; n--) out = change(out, random);
  return out;
}

function change(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const out = Uint8Array.from(bytes);
  if (out.length < 8) return out;
  // Headers decide: half of the changes go there.
  const last = random.chance(0.5) ? Math.min(512, out.length - 4) : out.length - 4;
  const at = random.between(0, last);
  const view = new DataView(out.buffer);
  switch (random.between(0, 5)) {
    case 0:
      out[at] = random.between(0, 255);
      return out;
    case 1:
      view.setUint32(at & ~3, random.pick([...WORDS, out.length, out.length - 1]), true);
      return out;
    case 2:
      view.setUint16(at & ~1, random.pick(WORDS) & 0xffff, true);
      return out;
    case 3:
      view.setUint32(at & ~3, (view.getUint32(at & ~3, true) + random.between(-16, 16)) >>> 0, true);
      return out;
    case 4:
      out.copyWithin(at, random.between(0, out.length - 1), out.length);
      return out;
    default:
      return random.chance(0.5) ? out.slice(0, at) : grown(out, at);
  }
}

/** With its first bytes again behind its last. */
function grown(bytes: Uint8Array, count: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length + count);
  out.set(bytes);
  out.set(bytes.subarray(0, count), bytes.length);
  return out;
}
