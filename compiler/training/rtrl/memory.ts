// SPDX-License-Identifier: Apache-2.0
/** What real-time recurrent learning will hold, before any of it is allocated. */
import { totalmem } from 'node:os';
import { InputError } from '../../core/base/errors.ts';
import { type RtrlNet, sizeOf } from './layout.ts';

export interface RtrlMemory {
  /** Columns of the influence matrices: parameters, without the pruned ones where the form leaves them out. */
  readonly columns: number;
  /** Influence matrices: of c before and after a step, of outputs that are held, of traces. */
  readonly matrices: number;
  /** Values of all of them: matrices x units x columns. */
  readonly values: number;
  readonly bytes: number;
}

/** @param compact whether pruned parameters are left out; @param trace whether losses may depend on traces */
export function memoryOf(net: RtrlNet, compact: boolean, trace: boolean): RtrlMemory {
  const size = sizeOf(net.cell.tensors(net.inputs, net.units));
  let columns = size;
  if (compact) for (const kept of net.mask ?? []) columns -= kept === 0 ? 1 : 0;
  const matrices = 2 + (net.cell.output === 'hold' ? 1 : 0) + (trace ? 1 : 0);
  const values = matrices * net.units * columns;
  return { columns, matrices, values, bytes: 8 * values };
}

/** @throws InputError where the influence matrices have more bytes than `limit`, this computer's memory by default */
export function refuseTooLarge(net: RtrlNet, memory: RtrlMemory, limit = totalmem()): void {
  if (memory.bytes <= limit) return;
  const { matrices, columns } = memory;
  throw new InputError(
    `RTRL of ${net.inputs} inputs and ${net.units} units`,
    `its Jacobian has ${matrices} x ${net.units} x ${columns} numbers, ${inBytes(memory.bytes)} of ${inBytes(limit)}; ` +
      'prune more weights, use fewer units, or back-propagation through time',
  );
}

function inBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  const power = Math.min(Math.max(0, Math.floor(Math.log10(bytes) / 3)), units.length - 1);
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
