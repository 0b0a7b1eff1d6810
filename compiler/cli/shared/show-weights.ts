// SPDX-License-Identifier: Apache-2.0

import { printable } from '../../core/base/errors.ts';
import { LEVELS } from '../../report/inspect/inspection.ts';
import type { WeightsInspection } from '../../report/inspect/weights-inspection.ts';
import { numberColumn, shareColumn, sparkline, textColumn } from '../../report/table/table.ts';
import { tableLines } from '../terminal/table.ts';
import { shellWord } from './output.ts';

/** The tensors of a weights file, as `inspect` prints them. */
export function showWeights(path: string, { tensors, metadata, skipped }: WeightsInspection): string[] {
  const texts = Object.entries(metadata).map(([key, text]) => `${key}: ${text.slice(0, 60)}`);
  return [
    ...tableLines({
      columns: [
        textColumn('tensor', { shrinks: true }),
        textColumn('shape'),
        textColumn('type'),
        { ...numberColumn('least', 0), write: (value) => value.toPrecision(3) },
        { ...numberColumn('most', 0), write: (value) => value.toPrecision(3) },
      ],
      rows: tensors.map(({ name, shape, format, min, max }) => [
        ...[name, `[${shape.join(', ')}]`, format, min, max],
      ]),
    }),
    '',
    ...tableLines({
      columns: [
        textColumn('level', { shrinks: true }),
        ...LEVELS.map(({ name }) => shareColumn(name)),
        textColumn(''),
      ],
      rows: tensors.map(({ name, shares }) => [
        name,
        ...LEVELS.map((_, i) => (shares === null ? null : (shares[i] ?? 0))),
        shares === null ? '' : sparkline(LEVELS.map((_, i) => shares[i] ?? 0)),
      ]),
    }),
    '',
    ...(texts.length === 0 ? [] : [`texts      ${printable(texts.join('; '))}`]),
    ...(skipped.length === 0 ? [] : [`not read   ${printable(skipped.slice(0, 8).join(', '))}`]),
    `next: egru init ${shellWord(path)} -o MODEL`,
  ];
}
