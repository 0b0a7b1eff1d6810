// SPDX-License-Identifier: Apache-2.0
import { gate, softsign } from '../../../../core/fixed/fixed.ts';
import type { EventEgruLayer } from '../../../../core/program/cells/event-egru.ts';
import type { Layer } from '../../../../core/program/program.ts';
import { keepingCellCycles, stillCellCycles } from '../cell-cycles.ts';
import { X } from '../registers.ts';
import type { LayerWriter, UnrolledCell } from './cell.ts';
import { EVENTS, thresholdsInC } from './delta.ts';
import { callCell, egruUnrolled } from './egru.ts';

const KEEP = { name: 'egru_i_cell_keep_m0', bytes: 784 };
const STILL = { name: 'egru_i_cell_still_m0', bytes: 32 };

/** The cell of an eGRU gives states, behind the outputs; what is sent of them is in events/send.ts. */
export const eventEgruUnrolled: UnrolledCell<EventEgruLayer> = {
  type: 'event-egru',
  runtime: (fast) => [...egruUnrolled.runtime(fast), ...(fast ? [KEEP] : []), STILL, EVENTS],
  frameWords: ({ units }) => 2 * units,
  sends: ({ output }) => (output === 'hold' ? 'changes' : 'pulses'),
  block: (layer, rows, writer) =>
    egruUnrolled.block({ ...layer, type: 'egru', initialState: new Int16Array(0) }, rows, writer),
  finish: (layer, writer, fast) => egruUnrolled.finish?.(layer, ofStates(layer, writer), fast),
  still: {
    words: ({ units, z, g }) =>
      Array.from({ length: units }, (_, i) => [gate(z.bias[i] ?? 0), softsign(g.bias[i] ?? 0)]).flat(),
    keep(layer, writer) {
      writer.ownAddress(X, 'r0');
      callCell(layer.units, ofStates(layer, writer), KEEP.name, keepingCellCycles(layer.units));
    },
    go: (layer, writer) =>
      callCell(layer.units, ofStates(layer, writer), STILL.name, stillCellCycles(layer.units)),
  },
  c: {
    helper: null,
    targets: () => ['int32_t *z', 'int32_t *g'],
    target: (_, { gate, unit }) => `${gate}[${unit}]`,
    stored: (_, value) => value,
    locals: ({ units }) => ['z', 'g'].map((name) => ({ name, declaration: `int32_t ${name}[${units}];` })),
    finish: (layer, y) => sendInC(layer as EventEgruLayer, y),
  },
};

/** Outputs are where the states are, behind what is sent. */
function ofStates({ units }: Layer, writer: LayerWriter): LayerWriter {
  const behind = 2 * (units + (units & 1));
  return {
    ...writer,
    outputsPointer: (register, at, scratch) => writer.outputsPointer(register, behind + at, scratch),
  };
}

function sendInC({ units, threshold, output, signed, reset }: EventEgruLayer, y: string): string {
  const pulse = [
    `        const int fires = egru_fires(c, threshold[i], ${signed ? 1 : 0});`,
    '        sent[i] = (q15)(fires ? c : 0);',
    reset === 'subtract'
      ? '        h[i] = (q15)(fires ? egru_subtract_threshold(c, threshold[i]) : c);'
      : '        h[i] = (q15)c;',
  ];
  const hold = [
    '        if (egru_moved(c, sent[i], threshold[i])) {',
    '            sent[i] = (q15)c;',
    '        }',
    '        h[i] = (q15)c;',
  ];
  return [
    '{',
    `    ${thresholdsInC(threshold)}`,
    `    q15 *const sent = ${y};`,
    `    q15 *const h = sent + ${units + (units & 1)};`,
    `    for (unsigned i = 0; i < ${units}; i++) {`,
    '        const int32_t c = egru_blend(h[i], egru_gate(z[i]), egru_i_softsign(g[i]));',
    ...(output === 'hold' ? hold : pulse),
    '    }',
    '}',
  ].join('\n        ');
}
