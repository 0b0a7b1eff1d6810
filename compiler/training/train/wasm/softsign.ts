// SPDX-License-Identifier: Apache-2.0
/** softsign over a vector, for the cells that share it: twin of compiler/training/train/reference/softsign.ts. */
import { SOFTSIGN_CLAMP } from '../reference/softsign.ts';
import { block, type Code, f32x4, get, type Local, set } from './code.ts';

const ONE = f32x4.const(1);
const { add, sub, mul, div } = f32x4;

/** a, clamped to ±SOFTSIGN_CLAMP, divided by 1 + |a|. @param scratch a vector that is overwritten */
export function softsign(a: Code, scratch: Local): Code {
  return block(
    set(scratch, f32x4.max(f32x4.const(-SOFTSIGN_CLAMP), f32x4.min(a, f32x4.const(SOFTSIGN_CLAMP)))),
    div(get(scratch), add(ONE, f32x4.abs(get(scratch)))),
  );
}

/** Its derivative by a, (1 - |y|)^2, of its value y. @param scratch a vector that is overwritten */
export function softsignSlope(y: Code, scratch: Local): Code {
  return block(set(scratch, sub(ONE, f32x4.abs(y))), mul(get(scratch), get(scratch)));
}
