// SPDX-License-Identifier: Apache-2.0
/** Training from the file of `egru features` instead of recordings. */

import { InputError } from '../../core/base/errors.ts';
import { JsonValue } from '../../core/base/json.ts';
import { frontendDigest } from '../../core/program/digest.ts';
import { patternReader } from '../../host/audio/labels.ts';
import { readFeatures, type StoredFeatures } from '../../report/features/read-features.ts';
import type { DatasetConfig } from '../../training/data/config.ts';
import { checkTrainable } from '../../training/data/dataset.ts';
import type { Dataset, Entry } from '../../training/data/entry.ts';
import { checkLabel, labelsOf } from '../../training/data/labels.ts';
import { renameLabels } from '../../training/data/names.ts';
import { splitRuleOf } from '../../training/data/open.ts';
import { splitDataset } from '../../training/data/splits.ts';
import { readTrainingConfig, type TrainingConfig } from '../../training/train/config.ts';
import { aboutDataset, modelSplits } from './splits.ts';
import type { TrainInput } from './train-input.ts';

/**
 * @throws InputError where the features come from another feature extractor than that of the configuration, or do not
 * fit it
 */
export function openFeatures(
  path: string,
  document: JsonValue,
  dataset: DatasetConfig,
): Omit<TrainInput, 'start'> {
  const { extra, backgrounds, trim } = dataset;
  const unusable = Object.entries({ extra: extra.length > 0, backgrounds, trim }).find(
    ([, value]) => value !== null && value !== false,
  );
  if (unusable !== undefined) {
    throw new InputError(path, `features are not recordings: "${unusable[0]}" cannot be used`, 'dataset');
  }
  const features = readFeatures(path);
  const all = datasetOf(path, features, dataset);
  const config = configFor(path, features, document, all.labels);
  const rule = splitRuleOf(all, dataset);
  const splits = splitDataset(all, rule);
  const size = features.steps * features.bins;
  const places = new Map(all.entries.map((entry, i) => [entry, i]));
  const clips = (entries: readonly Entry[]) =>
    entries.map((entry) => {
      const at = (places.get(entry) ?? 0) * size;
      return { samples: features.values.subarray(at, at + size), label: all.labels.indexOf(entry.label) };
    });
  return {
    config,
    data: {
      labels: all.labels,
      training: clips(splits.train),
      validation: clips(splits.validation),
      backgrounds: [],
      computed: true,
      splits: modelSplits(dataset.pattern, rule),
      about: aboutDataset(dataset, rule, splits, []),
    },
    test: splits.test,
    unusable: [],
    syntheticBackground: false,
  };
}

/** In the order of the file. */
function datasetOf(path: string, { clips }: StoredFeatures, { pattern, names }: DatasetConfig): Dataset {
  const read = pattern === null ? null : patternReader(pattern, '--pattern');
  const entries = clips.map(({ file, label }): Entry => {
    const name = file.split('\\').join('/');
    const fields = read === null ? new Map<string, string>() : read(name);
    if (fields === null) throw new InputError(file, `does not fit the pattern ${pattern}`, path);
    const known = label ?? fields.get('label');
    if (known === undefined) throw new InputError(path, 'the label of a clip is not known', file);
    return { file, name, label: checkLabel(known, file), fields };
  });
  const labels = labelsOf(entries.map(({ label }) => label));
  const dataset = renameLabels({ subject: path, entries, labels }, names);
  checkTrainable(dataset);
  return dataset;
}

/** Feature extractor and steps are those of the features; where the configuration has them, they must agree. */
function configFor(
  path: string,
  { frontend, frontendDigest: digest, steps, bins }: StoredFeatures,
  document: JsonValue,
  labels: readonly string[],
): TrainingConfig {
  const stated = Object.fromEntries([...document.members()].map(([key, { value }]) => [key, value]));
  if ((stated.augment ?? null) !== null) document.fail('features cannot be augmented; leave "augment" out');
  const whole = { frontend, readout: { steps, rule: 'sum' }, ...stated, augment: null };
  const config = readTrainingConfig(new JsonValue(document.file, whole, ''), labels);
  const wanted = frontendDigest(config.frontend);
  if (digest !== wanted || config.frontend.bins !== bins) {
    const problem = `the features come from feature extractor ${digest.slice(0, 12)}, the configuration describes ${wanted.slice(0, 12)}`;
    throw new InputError(path, problem, 'frontendDigest');
  }
  if (config.readout.steps === steps) return config;
  throw new InputError(path, `has ${steps} steps per clip, but "readout" needs ${config.readout.steps}`);
}
