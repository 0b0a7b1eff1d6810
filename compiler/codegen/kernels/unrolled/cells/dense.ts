// SPDX-License-Identifier: Apache-2.0
import type { DenseLayer } from '../../../../core/program/cells/dense.ts';
import { BasePointer } from '../base-pointer.ts';
import type { PlannedRow } from '../plan.ts';
import { X, Y } from '../registers.ts';
import type { LayerWriter, UnrolledCell } from './cell.ts';

export const denseUnrolled: UnrolledCell<DenseLayer> = {
  type: 'dense',
  runtime: () => [],
  frameWords: () => 0,
  block({ activation }, rows, writer) {
    if (activation === 'relu') relu(rows, writer);
    else logits(rows, writer);
  },
  finish: null,
  c: {
    helper: null,
    targets: ({ activation }) => [activation === 'relu' ? 'q15 *y' : 'int32_t *logits'],
    target: ({ activation }, { unit }) => `${activation === 'relu' ? 'y' : 'logits'}[${unit}]`,
    stored: ({ activation }, value) => (activation === 'relu' ? `(q15)egru_relu(${value})` : value),
    locals: () => [],
    finish: () => null,
  },
};

/** Clamps to 0 .. 32767 and stores as int16. */
function relu(rows: readonly PlannedRow[], writer: LayerWriter): void {
  const { code } = writer;
  const base = new BasePointer(64);
  for (const row of rows) {
    const register = writer.lowered(row, 'r0');
    const offset = base.reach(2 * row.row.unit, (at) => writer.outputsPointer(Y, at, X));
    const done = writer.localLabel();
    code.op(`lsrs ${X}, ${register}, #15`);
    code.range(`beq ${done}`, 2, 1);
    // Negative: 0; too large: 32767.
    code.range(`asrs ${register}, ${register}, #31`, 0, 1);
    code.range(`mvns ${register}, ${register}`, 0, 1);
    code.range(`lsrs ${register}, ${register}, #17`, 0, 1);
    code.label(done);
    code.store(`strh ${register}, [${Y}, #${offset}]`);
  }
}

function logits(rows: readonly PlannedRow[], writer: LayerWriter): void {
  const { code } = writer;
  const base = new BasePointer(128);
  for (const row of rows) {
    const register = writer.lowered(row, X);
    const offset = base.reach(4 * row.row.unit, (at) => {
      writer.logitsPointer(Y);
      // Where X holds the value, r0 has been stored by then, or is not in use at all.
      code.addConstant(Y, at, register === X ? 'r0' : X);
    });
    code.store(`str ${register}, [${Y}, #${offset}]`);
  }
}
