// SPDX-License-Identifier: Apache-2.0
/** A small program with a feature extractor and with labels that are hard to write down. */
import { curveWords, type FrontendProgram } from '../../compiler/core/program/frontend-program.ts';
import { toyProgram } from '../support/toy.ts';

export const FRONTEND: FrontendProgram = {
  definition: {
    sampleRate: 8000,
    frame: 64,
    hop: 32,
    window: 'rect',
    bins: 2,
    scale: 'linear',
    gain: 1 / 32,
    divisor: 1,
  },
  sampleRate: 8000,
  frame: 64,
  hop: 32,
  bins: 2,
  window: 'rect',
  minShift: 16,
  curve: Uint32Array.from({ length: curveWords(16, 64) }, (_, i) => i),
  bands: null,
  normalizer: null,
};
export const TOY = toyProgram({ frontend: FRONTEND, labels: ['a "quoted" one', '*/ \n</script>'] });
