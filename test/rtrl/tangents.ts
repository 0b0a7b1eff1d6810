// SPDX-License-Identifier: Apache-2.0
/**
 * The derivative of an event-based eGRU's loss by one parameter, carried forward as a number beside every number: the
 * definition itself, without a matrix, for outputs that are held as well as for pulses.
 */
import type { RandomNet } from './nets.ts';

/** A number and its derivative by the parameter. */
type Dual = readonly [value: number, by: number];
const add = (a: Dual, b: Dual): Dual => [a[0] + b[0], a[1] + b[1]];
const scale = (a: Dual, factor: number): Dual => [a[0] * factor, a[1] * factor];
const times = (a: Dual, b: Dual): Dual => [a[0] * b[0], a[1] * b[0] + a[0] * b[1]];
const softsign = ([value, by]: Dual): Dual => [
  value / (1 + Math.abs(value)),
  by / (1 + Math.abs(value)) ** 2,
];
const magnitude = ([value, by]: Dual): Dual => [Math.abs(value), by * Math.sign(value)];

/** Of sum over steps of dy y + dh h by the parameter at an index. */
export function slopeOf(
  { net, parameters, steps, x }: RandomNet,
  index: number,
  dy: Float64Array,
  dh: Float64Array,
): number {
  const { inputs, units, surrogate, cell } = net;
  const columns = inputs + units;
  const p = (i: number): Dual => [parameters[i] ?? 0, i === index ? 1 : 0];
  const gates = 2 * units * columns;
  let h: Dual[] = Array.from({ length: units }, () => [0, 0]);
  let y = h;
  let slope = 0;
  for (let t = 0; t < steps; t++) {
    const u = [...Array.from({ length: inputs }, (_, j): Dual => [x[t * inputs + j] ?? 0, 0]), ...y];
    const row = (gate: number, k: number) =>
      u.reduce(
        (sum, one, j) => add(sum, times(p((gate * units + k) * columns + j), one)),
        p(gates + gate * units + k),
      );
    const c = h.map((before, k) => {
      const z = scale(add(softsign(row(0, k)), [1, 0]), 0.5);
      return add(before, times(z, add(softsign(row(1, k)), scale(before, -1))));
    });
    const events = c.map((one, k): Dual => {
      const moved = cell.output === 'hold' ? magnitude(add(one, scale(y[k] ?? [0, 0], -1))) : one;
      const distance = add(moved, scale(p(gates + 2 * units + k), -1));
      const rise = surrogate.dampening * Math.max(0, 1 - surrogate.support * Math.abs(distance[0]));
      return [distance[0] > 0 ? 1 : 0, distance[1] * rise];
    });
    const rest: Dual = [1, 0];
    if (cell.output === 'hold') {
      const before = y;
      y = events.map((o, k) =>
        add(times(o, c[k] ?? rest), times(add(rest, scale(o, -1)), before[k] ?? rest)),
      );
      h = c;
    } else {
      y = events.map((o, k) => times(o, c[k] ?? rest));
      h = c.map((one, k) => add(one, scale(times(events[k] ?? rest, p(gates + 2 * units + k)), -1)));
    }
    for (let k = 0; k < units; k++) {
      slope += (dy[t * units + k] ?? 0) * (y[k]?.[1] ?? 0) + (dh[t * units + k] ?? 0) * (h[k]?.[1] ?? 0);
    }
  }
  return slope;
}
