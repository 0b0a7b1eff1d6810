// SPDX-License-Identifier: Apache-2.0
/** A small program with a feature extractor and with labels that are hard to write down. */
import { curveWords, type FrontendProgram } from '../../compiler/core/program/frontend-program.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
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
/** With bands and a level. */
export const NORMALIZING = toyProgram({
  frontend: quantizeFrontend({
    ...FRONTEND.definition,
    ...{ scale: 'log2', gain: 4096, divisor: 18 },
    bands: { scale: 'mel', from: 0, to: 1500.5 },
    normalize: { over: 'band', rise: 2, fall: 8, floor: 11468, center: 16384, gain: 2 },
  }),
});

export const TOY = toyProgram({ frontend: FRONTEND, labels: ['a "quoted" one', '*/ \n</script>'] });
