// SPDX-License-Identifier: Apache-2.0
/** From a dataset and a configuration file to what a training job takes. */

import { basename, resolve } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { JsonValue, parseJson, quote } from '../../core/base/json.ts';
import { readLimited } from '../../host/files/files.ts';
import { Progress } from '../../host/pool/progress.ts';
import { isFeaturesFile } from '../../report/features/read-features.ts';
import { type DatasetConfig, readDatasetConfig } from '../../training/data/config.ts';
import { checkTrainable } from '../../training/data/dataset.ts';
import type { Dataset, Entry } from '../../training/data/entry.ts';
import { trimToWord } from '../../training/data/onset.ts';
import { findBackgrounds, openDataset, splitRuleOf } from '../../training/data/open.ts';
import { loadRecordings } from '../../training/data/recordings.ts';
import { splitDataset } from '../../training/data/splits.ts';
import { cutToWord } from '../../training/data/synthetic.ts';
import { RECIPE } from '../../training/train/augment/rules.ts';
import { readTrainingConfig, type TrainingConfig } from '../../training/train/config.ts';
import type { TrainingClip } from '../../training/train/training-data.ts';
import { type DataOptions, withFlags } from '../shared/data-input.ts';
import { backgroundLabel, hoursFolder, isSynthetic, openHours, withBackgroundLabel } from './background.ts';
import { openFeatures } from './features.ts';
import { aboutDataset, modelSplits } from './splits.ts';
import { startOf } from './start.ts';
import { withStreamDefaults } from './stream-defaults.ts';
import type { TrainInput } from './train-input.ts';

export interface TrainInputOptions extends DataOptions {
  readonly output: string;
  readonly seed?: number;
  /** Model folder whose weights are the first. */
  readonly start?: string;
  /** Computes the features of the background again. */
  readonly rebuildCache?: boolean;
  /** Label of what is not a keyword. */
  readonly background?: string;
}

const MAX_CONFIG_BYTES = 1024 * 1024;
/** How backgrounds are mixed where the configuration has no augmentation. */
const BACKGROUND = { probability: 0.5, snr: { low: 5, high: 25 } };

/** @throws InputError for whatever is wrong with configuration, dataset or recordings */
export async function openTraining(path: string, options: TrainInputOptions): Promise<TrainInput> {
  const document = withStreamDefaults(path, readDocument(options), options.background);
  const stated = document.members().get('dataset') ?? null;
  const own = readDatasetConfig(stated?.value === null ? null : stated);
  const datasetConfig = withFlags(own, options);
  const start = startOf(options.start, document);
  if (isFeaturesFile(path)) return { ...openFeatures(path, document, datasetConfig), start };
  const recorded = openDataset(path, datasetConfig, hoursFolder(path, document));
  const dataset = withBackgroundLabel(recorded, document);
  checkTrainable(dataset);
  const backgrounds = findBackgrounds(path, datasetConfig);
  const config = withBackgrounds(readTrainingConfig(document, dataset.labels), document, backgrounds);
  const rule = splitRuleOf(recorded, datasetConfig);
  const splits = splitDataset(recorded, rule);

  const { sampleRate } = config.frontend;
  const wanted = [...splits.train, ...splits.validation];
  const sounds = backgrounds.map((file): Entry => ({ file, name: file, label: '', fields: new Map() }));
  const progress = new Progress('Reading recordings');
  const read = (entries: readonly Entry[], before: number) =>
    loadRecordings(entries, sampleRate, datasetConfig.strict, (done) =>
      progress.update(before + done, wanted.length + sounds.length),
    );
  try {
    const recordings = await read(wanted, 0);
    const background = await read(sounds, wanted.length);
    const validating = new Set(splits.validation);
    const clips = { training: [] as TrainingClip[], validation: [] as TrainingClip[] };
    const repeats = weightOf(recorded, datasetConfig);
    for (const { entry, samples } of recordings.usable) {
      const clip = {
        samples: wordOf(entry, samples, sampleRate, datasetConfig),
        label: dataset.labels.indexOf(entry.label),
      };
      if (validating.has(entry)) clips.validation.push(clip);
      else clips.training.push(...Array.from({ length: repeats(entry) }, () => clip));
    }
    const hours = await openHours(path, document, config, options);
    checkLabelsTrained(dataset, clips.training, hours === null ? null : backgroundLabel(document));
    if (hours !== null) checkKeywordsValidate(dataset, clips.validation, backgroundLabel(document));
    const unusable = [...recordings.unusable, ...background.unusable];
    return {
      config,
      data: {
        ...clips,
        labels: dataset.labels,
        backgrounds: background.usable.map(({ samples }) => samples),
        background: hours,
        splits: modelSplits(datasetConfig.pattern, rule),
        about: aboutDataset(datasetConfig, rule, splits, unusable),
      },
      test: splits.test,
      unusable,
      start,
      syntheticBackground: isSynthetic(path, document),
    };
  } finally {
    progress.finish();
  }
}

/** What of a recording trains or validates: of a synthetic one the word, of others all but what is trimmed. */
function wordOf(
  { spoken }: Entry,
  samples: Int16Array,
  sampleRate: number,
  { trim }: DatasetConfig,
): Int16Array {
  if (spoken !== undefined) return cutToWord(samples, sampleRate, spoken);
  return trim === null ? samples : trimToWord(samples, sampleRate, trim);
}

/** How often an epoch has a recording that trains. */
function weightOf({ entries }: Dataset, { realWeight }: DatasetConfig): (entry: Entry) => number {
  const mixed = new Set(entries.flatMap(({ label, spoken }) => (spoken === undefined ? [] : [label])));
  return ({ label, spoken }) => (spoken === undefined && mixed.has(label) ? realWeight : 1);
}

/** The configuration with the flags; the model's default name is that of its folder. */
function readDocument({ output, config, seed }: TrainInputOptions): JsonValue {
  const file = config ?? 'configuration';
  const document = config === undefined ? null : parseJson(file, readLimited(file, MAX_CONFIG_BYTES));
  const members = [...(document?.members() ?? [])].map(([key, { value }]) => [key, value]);
  const name = basename(resolve(output)) || 'model';
  const flags = seed === undefined ? {} : { seed };
  return new JsonValue(file, { name, ...Object.fromEntries(members), ...flags }, '');
}

/** Backgrounds without a rule how to mix them are a mistake, and so is the rule without them. */
function withBackgrounds(
  config: TrainingConfig,
  document: JsonValue,
  backgrounds: readonly string[],
): TrainingConfig {
  if (backgrounds.length > 0 && !document.members().has('augment')) {
    return { ...config, augment: { ...RECIPE, background: BACKGROUND } };
  }
  const mixes = (config.augment?.background ?? null) !== null;
  if (mixes === backgrounds.length > 0) return config;
  const [there, missing] = mixes
    ? ['augment.background', 'dataset.backgrounds']
    : ['dataset.backgrounds', 'augment.background'];
  return document.fail(`"${there}" also needs "${missing}"`);
}

/** @param elsewhere a label that needs no clips: its sound comes from hours of background */
function checkLabelsTrained(
  { subject, labels }: Dataset,
  training: readonly TrainingClip[],
  elsewhere: string | null,
): void {
  const missing = labels.find((name, i) => name !== elsewhere && !training.some(({ label }) => label === i));
  if (missing === undefined) return;
  throw new InputError(subject, `none of the recordings of "${missing}" to train on can be used`);
}

/** Thresholds are chosen on recordings that validate: a keyword without any would get one that rests on nothing. */
function checkKeywordsValidate(
  { subject, labels }: Dataset,
  validation: readonly TrainingClip[],
  background: string | null,
): void {
  const missing = labels.find(
    (name, i) => name !== background && !validation.some(({ label }) => label === i),
  );
  if (missing === undefined) return;
  throw new InputError(
    subject,
    `no recording of ${quote(missing)} validates, and thresholds are chosen on those; add some, or set`,
    '"dataset": {"split": {"by": "rank", "validation": 0.25, "test": 0}}',
  );
}
