// SPDX-License-Identifier: Apache-2.0
/** Subtracts a level that follows the features: twin of runtime-c/frontend/egru_frontend_normalize.c. Integers only. */
import { follow, normalized } from '../fixed/frontend-bands.ts';
import { at } from '../fixed/frontend-stages.ts';
import type { NormalizerProgram } from '../program/frontend-program.ts';

export class Normalizer {
  readonly #program: NormalizerProgram;
  /** Q27. */
  readonly #levels: Int32Array;

  constructor(program: NormalizerProgram) {
    this.#program = program;
    this.#levels = new Int32Array(program.levels);
    this.reset();
  }

  /** Every level to the floor: the start of a clip or a stream. Or to another one, Q15, that an earlier sound left. */
  reset(level = this.#program.floor): void {
    this.#levels.fill(level << 12);
  }

  /** The features of the next frame, in place. */
  apply(features: Int16Array): void {
    const program = this.#program;
    const levels = this.#levels;
    if (program.levels === 1) {
      let loudest = 0;
      for (let i = 0; i < features.length; i++) loudest = Math.max(loudest, at(features, i));
      const level = follow(program, at(levels, 0), loudest);
      levels[0] = level;
      for (let i = 0; i < features.length; i++) features[i] = normalized(program, level, at(features, i));
      return;
    }
    for (let i = 0; i < features.length; i++) {
      const level = follow(program, at(levels, i), at(features, i));
      levels[i] = level;
      features[i] = normalized(program, level, at(features, i));
    }
  }
}
