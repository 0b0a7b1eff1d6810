// SPDX-License-Identifier: Apache-2.0
/** Learning rates over a phase of training, by the number of batches done. */

export interface Schedule {
  readonly kind: 'one-cycle' | 'cosine' | 'constant';
  /** Largest rate. */
  readonly peak: number;
}

/** One-cycle (Smith, 2018; shape and constants as in torch.optim.lr_scheduler.OneCycleLR). */
const WARM_UP = 0.3;
const START = 1 / 25;
const END = START / 10_000;

/** @param step 0 .. total - 1 */
export function rateAt({ kind, peak }: Schedule, step: number, total: number): number {
  switch (kind) {
    case 'constant':
      return peak;
    case 'cosine':
      return peak * anneal(1, 0, step / total);
    case 'one-cycle': {
      const top = WARM_UP * total - 1;
      if (step <= top) return peak * anneal(START, 1, step / top);
      return peak * anneal(1, END, (step - top) / (total - 1 - top));
    }
  }
}

/** Half a cosine from `from` at 0 to `to` at 1. */
function anneal(from: number, to: number, x: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * Math.min(x, 1)))) / 2;
}
