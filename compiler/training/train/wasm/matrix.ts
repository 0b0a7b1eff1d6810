// SPDX-License-Identifier: Apache-2.0
/**
 * The three matrix products of back-propagation, with float32 vectors. A row is one value of 16 clips, side by side:
 * 64 bytes, four vectors, one cache line. So no product ever mixes lanes, and weights are single numbers that are
 * spread over a vector. Tiles are as large as the sixteen vector registers of x86 admit, and give eight independent
 * chains of additions, enough to hide their latency. Addresses are bytes; every row begins at a multiple of 64.
 */
import { advance, block, type Code, f32, f32x4, get, i32, type Local, loopWhile, set, v128 } from './code.ts';
import type { Locals, ModuleBuilder } from './module.ts';

/** Clips side by side. */
export const LANES = 16;
/** Bytes of a row. */
export const ROW = 4 * LANES;
const VECTORS = 4;
const VECTOR = 16;
/** Accumulators of a tile: this many rows or columns of four vectors. */
const TILE = 2;

const add = (target: Local, value: Code): Code => set(target, f32x4.add(get(target), value));
const vectors = Array.from({ length: VECTORS }, (_, v) => v);

export function defineMatrixKernels(module: ModuleBuilder): void {
  defineMultiply(module);
  defineTransposed(module, 'transposed', false);
  defineTransposed(module, 'transposedAdd', true);
  defineWeightGradient(module);
  defineBiasGradient(module);
}

/** out[r] = bias[r] + sum over c of w[r][c] * u[c]; rows x columns weights without gaps. */
function defineMultiply(module: ModuleBuilder): void {
  const names = ['w', 'bias', 'u', 'out', 'rows', 'columns'] as const;
  module.define('multiply', names, ({ w, bias, u, out, rows, columns }, locals) => {
    const [end, stride, x, p] = [0, 1, 2, 3].map(() => locals.declare('i32')) as [Local, Local, Local, Local];
    const weightRows = locals.several(TILE, 'i32');
    const sums = accumulators(locals, TILE);
    const inputs = locals.several(VECTORS, 'v128');
    const weight = locals.declare('v128');

    const column = (tile: number, offset: number): Code =>
      block(
        ...vectors.map((v) => set(pick(inputs, v), v128.load(get(x), offset * ROW + v * VECTOR))),
        ...range(tile).flatMap((r) => [
          set(weight, v128.loadSplat(get(pick(weightRows, r)), 4 * offset)),
          ...vectors.map((v) => add(pick(sums, r, v), f32x4.mul(get(pick(inputs, v)), get(weight)))),
        ]),
      );
    const step = (tile: number, count: number): Code =>
      block(
        ...range(count).map((offset) => column(tile, offset)),
        advance(x, count * ROW),
        ...range(tile).map((r) => advance(pick(weightRows, r), 4 * count)),
      );
    const rowTile = (tile: number): Code =>
      block(
        set(p, get(w)),
        ...range(tile).flatMap((r) => [
          set(pick(weightRows, r), get(p)),
          set(p, i32.add(get(p), get(stride))),
          ...vectors.map((v) => set(pick(sums, r, v), v128.loadSplat(get(bias), 4 * r))),
        ]),
        set(w, get(p)),
        set(x, get(u)),
        loopWhile(i32.gtS(get(end), i32.add(get(x), i32.const(ROW))), step(tile, 2)),
        loopWhile(i32.gtS(get(end), get(x)), step(tile, 1)),
        ...range(tile).flatMap((r) =>
          vectors.map((v) => v128.store(get(out), get(pick(sums, r, v)), r * ROW + v * VECTOR)),
        ),
        advance(bias, 4 * tile),
        advance(out, tile * ROW),
        advance(rows, -tile),
      );
    return block(
      set(end, i32.add(get(u), i32.mul(get(columns), i32.const(ROW)))),
      set(stride, i32.mul(get(columns), i32.const(4))),
      loopWhile(i32.gtS(get(rows), i32.const(1)), rowTile(2)),
      loopWhile(i32.gtS(get(rows), i32.const(0)), rowTile(1)),
    );
  });
}

/** out[c] = (or +=) sum over r of w[r][c] * da[r], for `columns` columns from the address w on; stride in bytes. */
function defineTransposed(module: ModuleBuilder, name: string, accumulate: boolean): void {
  const names = ['w', 'stride', 'da', 'out', 'rows', 'columns'] as const;
  module.define(name, names, ({ w, stride, da, out, rows, columns }, locals) => {
    const [end, x, p] = [0, 1, 2].map(() => locals.declare('i32')) as [Local, Local, Local];
    const sums = accumulators(locals, TILE);
    const derivatives = locals.several(VECTORS, 'v128');
    const weight = locals.declare('v128');

    const columnTile = (tile: number): Code =>
      block(
        ...range(tile).flatMap((c) =>
          vectors.map((v) =>
            set(pick(sums, c, v), accumulate ? v128.load(get(out), c * ROW + v * VECTOR) : f32x4.const(0)),
          ),
        ),
        set(x, get(da)),
        set(p, get(w)),
        loopWhile(
          i32.gtS(get(end), get(x)),
          ...vectors.map((v) => set(pick(derivatives, v), v128.load(get(x), v * VECTOR))),
          ...range(tile).flatMap((c) => [
            set(weight, v128.loadSplat(get(p), 4 * c)),
            ...vectors.map((v) => add(pick(sums, c, v), f32x4.mul(get(pick(derivatives, v)), get(weight)))),
          ]),
          advance(x, ROW),
          set(p, i32.add(get(p), get(stride))),
        ),
        ...range(tile).flatMap((c) =>
          vectors.map((v) => v128.store(get(out), get(pick(sums, c, v)), c * ROW + v * VECTOR)),
        ),
        advance(w, 4 * tile),
        advance(out, tile * ROW),
        advance(columns, -tile),
      );
    return block(
      set(end, i32.add(get(da), i32.mul(get(rows), i32.const(ROW)))),
      loopWhile(i32.gtS(get(columns), i32.const(1)), columnTile(2)),
      loopWhile(i32.gtS(get(columns), i32.const(0)), columnTile(1)),
    );
  });
}

/**
 * out[r][c] = sum over steps and lanes of da[r] * u[c]; daStep and uStep: bytes from step to step. The columns are the
 * outer loop: four rows of u over all steps stay in the first-level cache while the rows of da stream past.
 */
function defineWeightGradient(module: ModuleBuilder): void {
  const names = ['da', 'daStep', 'u', 'uStep', 'out', 'rows', 'columns', 'steps'] as const;
  module.define('weightGradient', names, (parameters, locals) => {
    const { da, daStep, u, uStep, out, rows, columns, steps } = parameters;
    const [stride, left, d, target] = [0, 1, 2, 3].map(() => locals.declare('i32')) as [
      Local,
      Local,
      Local,
      Local,
    ];
    const [p, q, count] = [0, 1, 2].map(() => locals.declare('i32')) as [Local, Local, Local];
    const sums = Array.from({ length: 2 }, () => locals.several(4, 'v128'));
    const derivatives = locals.several(2, 'v128');
    const input = locals.declare('v128');

    const tile = (height: number, width: number): Code =>
      block(
        ...range(height).flatMap((r) => range(width).map((c) => set(pick(sums, r, c), f32x4.const(0)))),
        set(p, get(d)),
        set(q, get(u)),
        set(count, get(steps)),
        loopWhile(
          get(count),
          ...vectors.flatMap((v) => [
            ...range(height).map((r) => set(pick(derivatives, r), v128.load(get(p), r * ROW + v * VECTOR))),
            ...range(width).flatMap((c) => [
              set(input, v128.load(get(q), c * ROW + v * VECTOR)),
              ...range(height).map((r) =>
                add(pick(sums, r, c), f32x4.mul(get(pick(derivatives, r)), get(input))),
              ),
            ]),
          ]),
          set(p, i32.add(get(p), get(daStep))),
          set(q, i32.add(get(q), get(uStep))),
          advance(count, -1),
        ),
        ...range(height).flatMap((r) => [
          ...range(width).map((c) => f32.store(get(target), laneSum(pick(sums, r, c)), 4 * c)),
          set(target, i32.add(get(target), get(stride))),
        ]),
        advance(d, height * ROW),
        advance(left, -height),
      );
    const columnBlock = (width: number): Code =>
      block(
        set(d, get(da)),
        set(target, get(out)),
        set(left, get(rows)),
        loopWhile(i32.gtS(get(left), i32.const(1)), tile(2, width)),
        loopWhile(i32.gtS(get(left), i32.const(0)), tile(1, width)),
        advance(u, width * ROW),
        advance(out, 4 * width),
        advance(columns, -width),
      );
    return block(
      set(stride, i32.mul(get(columns), i32.const(4))),
      loopWhile(i32.gtS(get(columns), i32.const(3)), columnBlock(4)),
      loopWhile(i32.gtS(get(columns), i32.const(0)), columnBlock(1)),
    );
  });
}

/** out[r] = sum over steps and lanes of da[r]. */
function defineBiasGradient(module: ModuleBuilder): void {
  const names = ['da', 'daStep', 'out', 'rows', 'steps'] as const;
  module.define('biasGradient', names, ({ da, daStep, out, rows, steps }, locals) => {
    const [p, count] = [0, 1].map(() => locals.declare('i32')) as [Local, Local];
    const sum = locals.declare('v128');
    return loopWhile(
      get(rows),
      set(sum, f32x4.const(0)),
      set(p, get(da)),
      set(count, get(steps)),
      loopWhile(
        get(count),
        ...vectors.map((v) => add(sum, v128.load(get(p), v * VECTOR))),
        set(p, i32.add(get(p), get(daStep))),
        advance(count, -1),
      ),
      f32.store(get(out), laneSum(sum)),
      advance(da, ROW),
      advance(out, 4),
      advance(rows, -1),
    );
  });
}

/** (lane 0 + lane 1) + (lane 2 + lane 3). */
function laneSum(vector: Local): Code {
  const lane = (index: number) => f32x4.extractLane(get(vector), index);
  return f32.add(f32.add(lane(0), lane(1)), f32.add(lane(2), lane(3)));
}

function accumulators(locals: Locals, count: number): Local[][] {
  return Array.from({ length: count }, () => locals.several(VECTORS, 'v128'));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function pick(locals: readonly Local[], index: number): Local;
function pick(locals: readonly (readonly Local[])[], row: number, index: number): Local;
function pick(locals: readonly (Local | readonly Local[])[], row: number, index = 0): Local {
  const entry = locals[row];
  const local = entry !== undefined && 'type' in entry ? entry : entry?.[index];
  if (local === undefined) throw new Error(`no local ${row}, ${index}`);
  return local;
}
