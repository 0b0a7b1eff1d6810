// SPDX-License-Identifier: Apache-2.0
import type { DeltaLayer } from '../../../../core/program/cells/delta.ts';
import type { UnrolledCell } from './cell.ts';

export const EVENTS = { name: 'egru_i_event', bytes: 480 };

/** Declares an array of thresholds. */
export function thresholdsInC(threshold: Int16Array): string {
  return `static const int16_t threshold[${threshold.length}] = {${[...threshold].join(', ')}};`;
}

export const deltaUnrolled: UnrolledCell<DeltaLayer> = {
  type: 'delta',
  runtime: () => [EVENTS],
  frameWords: () => 0,
  // A word for their number, four for each, and what the last jump reads.
  scratchWords: ({ units }) => 4 * units + 3,
  sends: () => 'changes',
  block() {},
  finish: null,
  c: {
    helper: null,
    targets: () => [],
    target: () => '',
    stored: (_, value) => value,
    locals: () => [],
    finish: (layer, y, x) =>
      [
        '{',
        `    ${thresholdsInC((layer as DeltaLayer).threshold)}`,
        `    q15 *const sent = ${y};`,
        `    for (unsigned i = 0; i < ${layer.units}; i++) {`,
        `        if (egru_moved((${x})[i], sent[i], threshold[i])) {`,
        `            sent[i] = (${x})[i];`,
        '        }',
        '    }',
        '}',
      ].join('\n        '),
  },
};
