// SPDX-License-Identifier: Apache-2.0
import { printable } from '../../core/base/errors.ts';
import { LEVELS } from '../../report/inspect/inspection.ts';
import type { WeightsInspection } from '../../report/inspect/weights-inspection.ts';
import { percent, shellWord, table } from './output.ts';

/** The tensors of a weights file, as `inspect` prints them. */
export function showWeights(path: string, { tensors, metadata, skipped }: WeightsInspection): string[] {
  const number = (value: number | null) => (value === null ? '-' : value.toPrecision(3));
  const texts = Object.entries(metadata).map(([key, text]) => `${key}: ${text.slice(0, 60)}`);
  return [
    ...table(
      [
        { title: 'tensor', shrinks: true },
        { title: 'shape' },
        { title: 'type' },
        { title: 'least', align: 'right' },
        { title: 'most', align: 'right' },
      ],
      tensors.map(({ name, shape, format, min, max }) => [
        ...[name, `[${shape.join(', ')}]`, format, number(min), number(max)],
      ]),
    ),
    '',
    ...table(
      [
        { title: 'level', shrinks: true },
        ...LEVELS.map(({ name }) => ({ title: name, align: 'right' as const })),
      ],
      tensors.map(({ name, shares }) => [
        name,
        ...LEVELS.map((_, i) => (shares === null ? '-' : percent(shares[i] ?? 0))),
      ]),
    ),
    '',
    ...(texts.length === 0 ? [] : [`texts      ${printable(texts.join('; '))}`]),
    ...(skipped.length === 0 ? [] : [`not read   ${printable(skipped.slice(0, 8).join(', '))}`]),
    `next: egru init ${shellWord(path)} -o MODEL`,
  ];
}
