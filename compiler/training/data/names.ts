// SPDX-License-Identifier: Apache-2.0
/** What the labels of a dataset are called in the model: "0" may become "zero". */
import { InputError } from '../../core/base/errors.ts';
import { quote } from '../../core/base/json.ts';
import { nearest } from '../../core/base/nearest.ts';
import type { Dataset } from './entry.ts';
import { checkLabel } from './labels.ts';

const WHERE = 'dataset.names';

/**
 * Labels by their new names: those that are named in the order of `names`, the others behind them in their own order.
 * @throws InputError where a name belongs to no label or two labels would have the same one
 */
export function renameLabels(dataset: Dataset, names: ReadonlyMap<string, string>): Dataset {
  if (names.size === 0) return dataset;
  const { subject, labels } = dataset;
  const known = new Set(labels);
  for (const label of names.keys()) {
    if (known.has(label)) continue;
    const close = nearest(label, labels);
    const problem = `no recording has the label ${quote(label)}; the nearest one is ${quote(close ?? '')}`;
    throw new InputError(subject, problem, WHERE);
  }
  const ordered = [...names.keys(), ...labels.filter((label) => !names.has(label))];
  const renamed = ordered.map((label) => checkLabel(names.get(label) ?? label, WHERE));
  const met = new Set<string>();
  const twice = renamed.find((name) => met.size === met.add(name).size);
  if (twice !== undefined) {
    throw new InputError(subject, `two labels would be called ${quote(twice)}`, WHERE);
  }
  const entries = dataset.entries.map((entry) => ({
    ...entry,
    label: names.get(entry.label) ?? entry.label,
  }));
  return { subject, entries, labels: renamed };
}
