// SPDX-License-Identifier: Apache-2.0
/**
 * Columns of the influence matrix: parameters sorted by the unit that they belong to, so that what a step adds for a unit
 * lies together. Pruned parameters have none where the layout is compact.
 */
import { type RtrlCell, type RtrlTensor, THRESHOLD } from './cell.ts';

export interface RtrlNet {
  readonly cell: RtrlCell;
  readonly inputs: number;
  readonly units: number;
  /** Slope of an event by its distance d from the threshold: dampening max(0, 1 - support abs(d)). */
  readonly surrogate: { readonly dampening: number; readonly support: number };
  /** By parameter, 0 where it is pruned: its value counts as 0. Absent: all count. Biases and thresholds are never. */
  readonly mask?: Uint8Array;
}

export interface Layout {
  /** Number of all parameters, pruned ones too. */
  readonly size: number;
  readonly columns: number;
  /** By column: the parameter's index among all, its sum (units x sums; THRESHOLD: none) and its source. */
  readonly parameter: Int32Array;
  readonly sum: Int32Array;
  readonly source: Int32Array;
  /** By unit: its first column; one more entry for the end. Its threshold is its last column. */
  readonly first: Int32Array;
  /** dc / dy: entries by the unit of c, which[first[k]..] names the unit of y. */
  readonly entries: { readonly first: Int32Array; readonly which: Int32Array };
  /** Parameters whose source is an output before: column, entry of dc / dy that it adds to. */
  readonly recurrent: { readonly column: Int32Array; readonly entry: Int32Array };
}

interface Place {
  readonly parameter: number;
  readonly unit: number;
  readonly sum: number;
  readonly source: number;
}

export function sizeOf(tensors: readonly RtrlTensor[]): number {
  return tensors.reduce((sum, { size }) => sum + size, 0);
}

/** Whether a parameter is pruned, by its index. */
export function isPruned({ mask }: RtrlNet, parameter: number): boolean {
  return mask !== undefined && mask[parameter] === 0;
}

/** @param compact whether pruned parameters, and entries of dc / dy without a weight, are left out */
export function layoutOf(net: RtrlNet, compact: boolean): Layout {
  const { cell, inputs, units } = net;
  const tensors = cell.tensors(inputs, units);
  const byUnit = Array.from({ length: units }, (): Place[] => []);
  let parameter = 0;
  for (const { size, prunable, place } of tensors) {
    for (let i = 0; i < size; i++, parameter++) {
      if (isPruned(net, parameter) && !prunable) throw new Error('the mask prunes biases or thresholds');
      if (!(compact && isPruned(net, parameter))) byUnit[place(i).unit]?.push({ parameter, ...place(i) });
    }
  }
  // Thresholds last: a tensor of every cell is, and the order is kept otherwise.
  for (const places of byUnit) places.sort((a, b) => order(a) - order(b) || a.source - b.source);
  const all = byUnit.flat();
  const starts = (counts: readonly number[]) => {
    const first = new Int32Array(units + 1);
    counts.forEach((count, unit) => {
      first[unit + 1] = (first[unit] ?? 0) + count;
    });
    return first;
  };

  const senders = byUnit.map((places) => {
    const used = new Set(places.map(({ source }) => source - 1 - inputs));
    return Array.from({ length: units }, (_, unit) => unit).filter((unit) => !compact || used.has(unit));
  });
  const entryFirst = starts(senders.map(({ length }) => length));
  const recurrent = all
    .map(({ unit, source }, column) => ({ unit, sender: source - 1 - inputs, column }))
    .filter(({ sender }) => sender >= 0);
  return {
    size: sizeOf(tensors),
    columns: all.length,
    parameter: Int32Array.from(all, (one) => one.parameter),
    sum: Int32Array.from(all, ({ unit, sum }) => (sum === THRESHOLD ? THRESHOLD : unit * cell.sums + sum)),
    source: Int32Array.from(all, ({ source }) => source),
    first: starts(byUnit.map(({ length }) => length)),
    entries: { first: entryFirst, which: Int32Array.from(senders.flat()) },
    recurrent: {
      column: Int32Array.from(recurrent, ({ column }) => column),
      entry: Int32Array.from(
        recurrent,
        ({ unit, sender }) => (entryFirst[unit] ?? 0) + (senders[unit]?.indexOf(sender) ?? 0),
      ),
    },
  };
}

function order({ sum }: Place): number {
  return sum === THRESHOLD ? Number.POSITIVE_INFINITY : sum;
}
