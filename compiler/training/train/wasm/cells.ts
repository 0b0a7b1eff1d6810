// SPDX-License-Identifier: Apache-2.0
/**
 * What happens to the rows between the matrix products: activations and cell updates, forward and back. Twin of
 * compiler/train/reference, where the formulas are explained. Rows as in matrix.ts; `units` rows of each operand lie
 * together, and are walked vector by vector.
 */
import {
  advance,
  block,
  type Code,
  f32x4,
  get,
  i32,
  i32x4,
  type Local,
  loopWhile,
  set,
  v128,
} from './code.ts';
import { ROW } from './matrix.ts';
import type { Locals, ModuleBuilder } from './module.ts';
import { softsign, softsignSlope } from './softsign.ts';

const VECTOR = 16;
const ONE = f32x4.const(1);
const ZERO = f32x4.const(0);
const { add, sub, mul, div } = f32x4;

/** Repeats body for every vector of `units` rows; the pointers go on by a vector each time. */
function everyVector(units: Local, pointers: readonly Local[], ...body: readonly Code[]): Code {
  return block(
    set(units, i32.mul(get(units), i32.const(ROW / VECTOR))),
    loopWhile(
      get(units),
      ...body,
      ...pointers.map((pointer) => advance(pointer, VECTOR)),
      advance(units, -1),
    ),
  );
}

const load = (pointer: Local): Code => v128.load(get(pointer));
const store = (pointer: Local, value: Code): Code => v128.store(get(pointer), value);

export function defineCellKernels(module: ModuleBuilder): void {
  defineEgru(module);
  defineGru(module);
  module.define('reluForward', ['rows', 'units'] as const, ({ rows, units }) =>
    everyVector(units, [rows], store(rows, f32x4.max(ZERO, f32x4.min(load(rows), ONE)))),
  );
  // outputs: those of reluForward; derivatives: by the outputs, become those by the accumulators.
  module.define('reluBackward', ['outputs', 'derivatives', 'units'] as const, (p, locals) => {
    const y = locals.declare('v128');
    const inside = v128.and(f32x4.gt(get(y), ZERO), f32x4.lt(get(y), ONE));
    return everyVector(
      p.units,
      [p.outputs, p.derivatives],
      set(y, load(p.outputs)),
      store(p.derivatives, v128.and(load(p.derivatives), inside)),
    );
  });
}

function defineEgru(module: ModuleBuilder): void {
  // z, g: accumulators, become gate and candidate; h: the state before; next, out: the state after, twice.
  module.define('egruForward', ['z', 'g', 'h', 'next', 'out', 'units'] as const, (p, locals) => {
    const [s, gate, candidate, state] = locals.several(4, 'v128') as [Local, Local, Local, Local];
    return everyVector(
      p.units,
      [p.z, p.g, p.h, p.next, p.out],
      set(gate, mul(add(softsign(load(p.z), s), ONE), f32x4.const(0.5))),
      set(candidate, softsign(load(p.g), s)),
      store(p.z, get(gate)),
      store(p.g, get(candidate)),
      set(state, load(p.h)),
      set(state, add(get(state), mul(get(gate), sub(get(candidate), get(state))))),
      store(p.next, get(state)),
      store(p.out, get(state)),
    );
  });

  // z, g: gate and candidate, become the derivatives by their accumulators; dh: by the outputs of this step;
  // carry: by the state after this step, becomes the part by the state before that does not pass a product.
  module.define('egruBackward', ['z', 'g', 'h', 'dh', 'carry', 'units'] as const, (p, locals) => {
    const [s, gate, candidate, d] = locals.several(4, 'v128') as [Local, Local, Local, Local];
    const slopeOfGate = softsignSlope(sub(add(get(gate), get(gate)), ONE), s);
    return everyVector(
      p.units,
      [p.z, p.g, p.h, p.dh, p.carry],
      set(gate, load(p.z)),
      set(candidate, load(p.g)),
      set(d, add(load(p.dh), load(p.carry))),
      store(p.z, mul(mul(get(d), sub(get(candidate), load(p.h))), mul(f32x4.const(0.5), slopeOfGate))),
      store(p.g, mul(mul(get(d), get(gate)), softsignSlope(get(candidate), s))),
      store(p.carry, mul(get(d), sub(ONE, get(gate)))),
    );
  });
}

function defineGru(module: ModuleBuilder): void {
  // pr, pz, pn: W x + b by gate, become r, z, n; qr, qz, qn: the same of the state.
  const forward = ['pr', 'pz', 'pn', 'qr', 'qz', 'qn', 'h', 'next', 'out', 'units'] as const;
  module.define('gruForward', forward, (p, locals) => {
    const [r, z, n, state] = locals.several(4, 'v128') as [Local, Local, Local, Local];
    const scratch = exponentialScratch(locals);
    return everyVector(
      p.units,
      [p.pr, p.pz, p.pn, p.qr, p.qz, p.qn, p.h, p.next, p.out],
      set(r, sigmoid(add(load(p.pr), load(p.qr)), scratch)),
      set(z, sigmoid(add(load(p.pz), load(p.qz)), scratch)),
      set(n, tanh(add(load(p.pn), mul(get(r), load(p.qn))), scratch)),
      store(p.pr, get(r)),
      store(p.pz, get(z)),
      store(p.pn, get(n)),
      set(state, add(get(n), mul(get(z), sub(load(p.h), get(n))))),
      store(p.next, get(state)),
      store(p.out, get(state)),
    );
  });

  // p and q rows become the derivatives by W x + b and by W h + b; dh and carry as in egruBackward.
  const backward = ['pr', 'pz', 'pn', 'qr', 'qz', 'qn', 'h', 'dh', 'carry', 'units'] as const;
  module.define('gruBackward', backward, (p, locals) => {
    const [r, z, n, d, dn, dGate] = locals.several(6, 'v128') as [Local, Local, Local, Local, Local, Local];
    const slope = (gate: Local): Code => mul(get(gate), sub(ONE, get(gate)));
    return everyVector(
      p.units,
      [p.pr, p.pz, p.pn, p.qr, p.qz, p.qn, p.h, p.dh, p.carry],
      set(r, load(p.pr)),
      set(z, load(p.pz)),
      set(n, load(p.pn)),
      set(d, add(load(p.dh), load(p.carry))),
      set(dn, mul(mul(get(d), sub(ONE, get(z))), sub(ONE, mul(get(n), get(n))))),
      set(dGate, mul(mul(get(dn), load(p.qn)), slope(r))),
      store(p.pr, get(dGate)),
      store(p.qr, get(dGate)),
      set(dGate, mul(mul(get(d), sub(load(p.h), get(n))), slope(z))),
      store(p.pz, get(dGate)),
      store(p.qz, get(dGate)),
      store(p.pn, get(dn)),
      store(p.qn, mul(get(dn), get(r))),
      store(p.carry, mul(get(d), get(z))),
    );
  });
}

interface Scratch {
  readonly x: Local;
  readonly whole: Local;
  readonly power: Local;
}

function exponentialScratch(locals: Locals): Scratch {
  return { x: locals.declare('v128'), whole: locals.declare('v128'), power: locals.declare('v128') };
}

/** Beyond ± this exp is out of float32's normal range; sigmoid and tanh are flat long before. */
const LARGEST = 80;
/** ln 2 in two parts: the first has so few bits that its product with a whole number below 128 is exact. */
const LN2 = [0.693359375, -2.1219444e-4] as const;
/** Taylor coefficients 1/7! .. 1/2!, 1, 1; on |x| <= ln(2)/2 the rest is below 6e-9. */
const TAYLOR = [1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1, 1];

/** e^a = 2^n e^x with n whole and |x| <= ln(2) / 2. */
function exponential(a: Code, { x, whole, power }: Scratch): Code {
  const polynomial = TAYLOR.slice(1).reduce(
    (sum: Code, c) => add(mul(sum, get(x)), f32x4.const(c)),
    f32x4.const(TAYLOR[0] ?? 0),
  );
  return block(
    set(x, f32x4.max(f32x4.const(-LARGEST), f32x4.min(a, f32x4.const(LARGEST)))),
    set(whole, f32x4.nearest(mul(get(x), f32x4.const(Math.LOG2E)))),
    set(x, sub(get(x), mul(get(whole), f32x4.const(LN2[0])))),
    set(x, sub(get(x), mul(get(whole), f32x4.const(LN2[1])))),
    // 2^n: n + 127 is the exponent field of a float32.
    set(power, i32x4.shl(i32x4.add(i32x4.truncate(get(whole)), i32x4.const(127)), i32.const(23))),
    mul(get(power), polynomial),
  );
}

function sigmoid(a: Code, scratch: Scratch): Code {
  return div(ONE, add(ONE, exponential(f32x4.neg(a), scratch)));
}

/** 1 - 2 / (e^2a + 1) */
function tanh(a: Code, scratch: Scratch): Code {
  return sub(ONE, div(f32x4.const(2), add(ONE, exponential(mul(f32x4.const(2), a), scratch))));
}
