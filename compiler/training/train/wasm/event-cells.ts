// SPDX-License-Identifier: Apache-2.0
/**
 * Cells that send events, forward and back, as wasm/cells.ts has the others: twin of compiler/training/train/reference,
 * where the formulas are explained. What a unit or a layer has once, and not for each clip, is spread over a vector.
 */
import { advance, block, type Code, f32x4, get, type Local, loopWhile, set, v128 } from './code.ts';
import { ROW } from './matrix.ts';
import type { ModuleBuilder } from './module.ts';
import { softsign, softsignSlope } from './softsign.ts';

const VECTOR = 16;
const ONE = f32x4.const(1);
const ZERO = f32x4.const(0);
const { add, sub, mul } = f32x4;

/** Where a layer's settings stand, in bytes: a row of the pressure on each clip, then numbers. */
export const SETTINGS = {
  pressure: 0,
  support: ROW,
  dampening: ROW + 4,
  threshold: ROW + 8,
  bytes: 2 * ROW,
} as const;

/**
 * Repeats body for every unit, and in it for every vector of its row, at this offset; `rows` advance by a row each,
 * `values` by a number.
 */
function everyUnit(
  units: Local,
  rows: readonly Local[],
  values: readonly Local[],
  body: (offset: number) => Code,
): Code {
  return loopWhile(
    get(units),
    ...Array.from({ length: ROW / VECTOR }, (_, v) => body(v * VECTOR)),
    ...rows.map((pointer) => advance(pointer, ROW)),
    ...values.map((pointer) => advance(pointer, 4)),
    advance(units, -1),
  );
}

const load = (pointer: Local, offset: number): Code => v128.load(get(pointer), offset);
const store = (pointer: Local, value: Code, offset: number): Code => v128.store(get(pointer), value, offset);
/** The value where the mask is set, otherwise 0. */
const where = (mask: Code, value: Code): Code => v128.and(mask, value);

export function defineEventKernels(module: ModuleBuilder): void {
  defineForward(module);
  defineBackward(module);
  defineDelta(module);
}

function defineForward(module: ModuleBuilder): void {
  // z, g: accumulators, become gate and candidate; h: the state before; c, after: the state, and what an event leaves of
  // it; next, out: what is sent, twice; threshold: a number per unit.
  const names = ['z', 'g', 'h', 'c', 'after', 'next', 'out', 'threshold', 'units'] as const;
  module.define('eventForward', names, (p, locals) => {
    const [s, gate, candidate, state, limit, event] = locals.several(6, 'v128') as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ];
    return everyUnit(p.units, [p.z, p.g, p.h, p.c, p.after, p.next, p.out], [p.threshold], (at) =>
      block(
        set(limit, v128.loadSplat(get(p.threshold))),
        set(gate, mul(add(softsign(load(p.z, at), s), ONE), f32x4.const(0.5))),
        set(candidate, softsign(load(p.g, at), s)),
        store(p.z, get(gate), at),
        store(p.g, get(candidate), at),
        set(state, load(p.h, at)),
        set(state, add(get(state), mul(get(gate), sub(get(candidate), get(state))))),
        set(event, f32x4.gt(get(state), get(limit))),
        store(p.c, get(state), at),
        store(p.after, sub(get(state), where(get(event), get(limit))), at),
        set(state, where(get(event), get(state))),
        store(p.next, get(state), at),
        store(p.out, get(state), at),
      ),
    );
  });
}

function defineBackward(module: ModuleBuilder): void {
  // z, g: gate and candidate, become the derivatives by their accumulators; h, c: the state before, and of this step;
  // dy: by what the next layer gets; sent, carry: by what the next step gets, and by its state; carry becomes the part
  // by the state before that does not pass a product; dThreshold: by the threshold at this step.
  const names = [
    'z',
    'g',
    'h',
    'c',
    'dy',
    'sent',
    'carry',
    'dThreshold',
    'threshold',
    'settings',
    'units',
  ] as const;
  module.define('eventBackward', names, (p, locals) => {
    const [s, gate, candidate, state, limit, event, d, dh] = locals.several(8, 'v128') as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ];
    const [dEvent] = locals.several(1, 'v128') as [Local];
    const setting = (offset: number) => v128.loadSplat(get(p.settings), offset);
    const distance = f32x4.abs(sub(get(state), get(limit)));
    const slope = mul(
      setting(SETTINGS.dampening),
      f32x4.max(ZERO, sub(ONE, mul(setting(SETTINGS.support), distance))),
    );
    const slopeOfGate = softsignSlope(sub(add(get(gate), get(gate)), ONE), s);
    const rows = [p.z, p.g, p.h, p.c, p.dy, p.sent, p.carry, p.dThreshold];
    return everyUnit(p.units, rows, [p.threshold], (at) =>
      block(
        set(limit, v128.loadSplat(get(p.threshold))),
        set(gate, load(p.z, at)),
        set(candidate, load(p.g, at)),
        set(state, load(p.c, at)),
        set(event, f32x4.gt(get(state), get(limit))),
        set(dh, load(p.carry, at)),
        set(d, add(load(p.dy, at), load(p.sent, at))),
        set(
          dEvent,
          mul(
            add(
              sub(mul(get(d), get(state)), mul(get(dh), get(limit))),
              v128.load(get(p.settings), SETTINGS.pressure + at),
            ),
            slope,
          ),
        ),
        store(p.dThreshold, sub(ZERO, add(get(dEvent), where(get(event), get(dh)))), at),
        set(d, add(add(get(dh), get(dEvent)), where(get(event), get(d)))),
        store(
          p.z,
          mul(mul(get(d), sub(get(candidate), load(p.h, at))), mul(f32x4.const(0.5), slopeOfGate)),
          at,
        ),
        store(p.g, mul(mul(get(d), get(gate)), softsignSlope(get(candidate), s)), at),
        store(p.carry, mul(get(d), sub(ONE, get(gate))), at),
      ),
    );
  });
}

function defineDelta(module: ModuleBuilder): void {
  // x: the inputs; sent: what was passed on last; next, out: what is passed on now, twice.
  module.define('deltaForward', ['x', 'sent', 'next', 'out', 'settings', 'units'] as const, (p, locals) => {
    const [value, last] = locals.several(2, 'v128') as [Local, Local];
    return everyUnit(p.units, [p.x, p.sent, p.next, p.out], [], (at) =>
      block(
        set(last, load(p.sent, at)),
        set(value, sub(load(p.x, at), get(last))),
        // Q15 numbers: the difference is exact, and so is the sum.
        set(
          value,
          add(
            get(last),
            where(
              f32x4.gt(f32x4.abs(get(value)), v128.loadSplat(get(p.settings), SETTINGS.threshold)),
              get(value),
            ),
          ),
        ),
        store(p.next, get(value), at),
        store(p.out, get(value), at),
      ),
    );
  });
}
