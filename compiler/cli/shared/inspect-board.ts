// SPDX-License-Identifier: Apache-2.0
/** egru inspect PORT: what a board reports about itself. */

import { hex32 } from '../../core/base/crc32.ts';
import { printable } from '../../core/base/errors.ts';
import { labelsOf } from '../../machines/device/identity.ts';
import { grouped } from '../../report/table/table.ts';
import { withBoard } from './board-link.ts';
import { print, printJson } from './output.ts';

/** @throws InputError where no firmware of ours answers */
export async function inspectBoard(path: string, { json }: { readonly json?: boolean }): Promise<void> {
  await withBoard(path, async (link, { board, microphone, model, defect }) => {
    const labels = model === null ? [] : await labelsOf(link, model.outputs);
    if (json) return printJson({ kind: 'board', port: path, board, microphone, model, labels, defect });
    print(`board      ${printable(board)}, ${printable(microphone)} microphone`);
    if (model === null) return print(`model      none: ${printable(defect ?? '')}`);
    print(
      `model      ${printable(model.name)}`,
      `  labels   ${labels.map(printable).join(', ')}`,
      `  region   ${grouped(model.bytes)} bytes, CRC-32 0x${hex32(model.crc)}`,
      `  step     ${printable(model.kernel)} kernel, ${grouped(model.arena)} bytes of RAM`,
      `  egru     ${printable(model.compiler)}`,
      `  gcc      ${printable(model.toolchain).slice(0, 69)}`,
      `  weights  ${model.weights}`,
      `  program  ${model.program}`,
      `  vectors  ${model.vectors}`,
    );
  });
}
