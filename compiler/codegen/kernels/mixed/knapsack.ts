// SPDX-License-Identifier: Apache-2.0
/**
 * Which way of computing each part costs the fewest cycles within a number of bytes: exactly, by dynamic programming over
 * the bytes. A layer has modes, each with a fixed cost and with options for every part.
 */

export interface Cost {
  readonly bytes: number;
  readonly cycles: number;
}

/** One way in which a layer may choose: what that costs at once, and by part the costs of its options, null: not one. */
export interface Mode {
  readonly fixed: Cost;
  readonly parts: readonly (readonly (Cost | null)[])[];
}

/** For a layer: the index of its mode, and by part that of an option. */
export interface Choice {
  readonly mode: number;
  readonly options: readonly number[];
}

/** More units than this are not told apart. */
const MOST_UNITS = 1 << 16;
const IMPOSSIBLE = Number.POSITIVE_INFINITY;

export class Knapsack {
  readonly #layers: readonly (readonly Mode[])[];
  readonly #unit: number;
  readonly #units: number;
  /** Before each layer and behind the last: fewest cycles by units of bytes. */
  readonly #least: Float64Array[];
  /** By layer: the mode that gives them. */
  readonly #modes: Uint8Array[] = [];

  /** most: bytes that are never exceeded; sizes are rounded up to units of at least 4 bytes */
  constructor(layers: readonly (readonly Mode[])[], most: number) {
    this.#layers = layers;
    this.#unit = 4 * Math.max(1, Math.ceil(most / 4 / MOST_UNITS));
    this.#units = Math.floor(most / this.#unit);
    let least = new Float64Array(this.#units + 1);
    this.#least = [least];
    for (const modes of layers) {
      const next = new Float64Array(least.length).fill(IMPOSSIBLE);
      const chosen = new Uint8Array(least.length);
      modes.forEach((mode, m) => {
        const costs = this.#modeCosts(least, mode, null);
        for (let u = 0; u < next.length; u++) {
          if ((costs[u] ?? 0) < (next[u] ?? 0)) {
            next[u] = costs[u] ?? 0;
            chosen[u] = m;
          }
        }
      });
      this.#modes.push(chosen);
      this.#least.push(next);
      least = next;
    }
  }

  /** Fewest cycles within so many bytes; infinite where nothing fits. */
  cycles(bytes: number): number {
    return this.#least[this.#layers.length]?.[this.#index(bytes)] ?? IMPOSSIBLE;
  }

  /** Fewest bytes within so many cycles; null where there are none. */
  bytes(cycles: number): number | null {
    const all = this.#least[this.#layers.length] ?? new Float64Array();
    const index = all.findIndex((least) => least <= cycles);
    return index < 0 ? null : index * this.#unit;
  }

  /** What gives them. bytes: where something fits */
  choices(bytes: number): Choice[] {
    let u = this.#index(bytes);
    const choices: Choice[] = [];
    for (let layer = this.#layers.length - 1; layer >= 0; layer--) {
      const m = this.#modes[layer]?.[u] ?? 0;
      const mode = this.#layers[layer]?.[m];
      const before = this.#least[layer];
      if (mode === undefined || before === undefined) throw new Error('unreachable');
      const taken: Uint8Array[] = [];
      this.#modeCosts(before, mode, taken);
      const options = new Array<number>(mode.parts.length).fill(0);
      for (let part = mode.parts.length - 1; part >= 0; part--) {
        const option = taken[part]?.[u] ?? 0;
        options[part] = option;
        u -= this.#round(mode.parts[part]?.[option]?.bytes ?? 0);
      }
      u -= this.#round(mode.fixed.bytes);
      choices.unshift({ mode: m, options });
    }
    return choices;
  }

  #index(bytes: number): number {
    return Math.max(0, Math.min(this.#units, Math.floor(bytes / this.#unit)));
  }

  #round(bytes: number): number {
    return Math.ceil(bytes / this.#unit);
  }

  /** Fewest cycles with one more layer in this mode. taken: gets the options, by part. */
  #modeCosts(before: Float64Array, { fixed, parts }: Mode, taken: Uint8Array[] | null): Float64Array {
    let costs = added(before, this.#round(fixed.bytes), fixed.cycles);
    for (const options of parts) {
      const next = new Float64Array(costs.length).fill(IMPOSSIBLE);
      const chosen = new Uint8Array(taken === null ? 0 : costs.length);
      options.forEach((option, o) => {
        if (option === null) return;
        const shift = this.#round(option.bytes);
        for (let u = shift; u < next.length; u++) {
          const sum = (costs[u - shift] as number) + option.cycles;
          if (sum < (next[u] as number)) {
            next[u] = sum;
            if (taken !== null) chosen[u] = o;
          }
        }
      });
      taken?.push(chosen);
      costs = next;
    }
    return costs;
  }
}

function added(before: Float64Array, shift: number, cycles: number): Float64Array {
  const after = new Float64Array(before.length).fill(IMPOSSIBLE);
  for (let u = shift; u < after.length; u++) after[u] = (before[u - shift] as number) + cycles;
  return after;
}
