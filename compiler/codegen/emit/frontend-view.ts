// SPDX-License-Identifier: Apache-2.0
/** The feature extractor's part of model.c. */
import { hex } from '../../core/base/hex.ts';
import { type FrontendProgram, tapsSymbol } from '../../core/program/frontend-program.ts';
import { type ArrayView, alignedRows, blockComment } from '../text/c-array.ts';

export interface FrontendView {
  readonly comment: string;
  readonly sampleRate: number;
  readonly frame: number;
  readonly hop: number;
  readonly bins: number;
  readonly minShift: number;
  readonly taps: string;
  readonly curve: string;
  /** Whether there are bands, in the arrays that frontendArrays() gives. */
  readonly bands: boolean;
  readonly normalizer: {
    readonly levels: number;
    readonly floor: number;
    readonly center: number;
    readonly rise: number;
    readonly fall: number;
    readonly gainShift: number;
  } | null;
}

const CURVE = 'frontend_curve';

/** The tables of a feature extractor. */
export function frontendArrays({ curve, bands }: FrontendProgram): ArrayView[] {
  const curveArray = {
    comment: blockComment([
      `Front end, power to feature: ${curve.length} segments, value (0 .. 32767, Q15) in bits 31..16 and rise to the next`,
      'one in bits 15..0 (docs/NUMERICS.md, "Front end").',
    ]),
    type: 'uint32_t',
    name: CURVE,
    length: curve.length,
    rows: alignedRows(Array.from(curve, (word) => hex(word, 8))),
  } as const;
  if (bands === null) return [curveArray];
  const bytes = (name: string, comment: string, values: Uint8Array) =>
    ({
      comment: blockComment([comment]),
      type: 'uint8_t',
      name: `bands_${name}`,
      length: values.length,
      rows: alignedRows(Array.from(values, String)),
    }) as const;
  return [
    curveArray,
    bytes('first', 'First bin of each band.', bands.first),
    bytes('count', 'Bins of each band.', bands.count),
    bytes('weights', 'Weights of the bins, band after band; 1.0 is 16.', bands.weights),
  ];
}

export function frontendView(frontend: FrontendProgram): FrontendView {
  const { window, scale, gain, divisor, bands, normalize } = frontend.definition;
  const formula = scale === 'log2' ? `log2(1 + ${gain} |X|) / ${divisor}` : `${gain} |X|`;
  const what = bands === undefined ? 'bins' : `${bands.scale} bands, ${bands.from} to ${bands.to} Hz,`;
  const level = normalize === undefined ? '' : `, less a level over each ${normalize.over}`;
  return {
    comment: `${frontend.frame} samples every ${frontend.hop}, window ${window}, ${frontend.bins} ${what} of ${formula}${level}`,
    sampleRate: frontend.sampleRate,
    frame: frontend.frame,
    hop: frontend.hop,
    bins: frontend.bins,
    minShift: frontend.minShift,
    taps: tapsSymbol(frontend),
    curve: CURVE,
    bands: frontend.bands !== null,
    normalizer: frontend.normalizer,
  };
}
