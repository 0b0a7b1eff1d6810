// SPDX-License-Identifier: Apache-2.0
/** What a training takes: labelled recordings, background, and the digest that ties a checkpoint to them. */
import { createHash } from 'node:crypto';
import type { Background } from './background/feed.ts';

export interface TrainingClip {
  /** 16-bit mono at the feature extractor's rate; of TrainingData.computed the features, steps x bins. */
  readonly samples: Int16Array;
  /** Index into the labels. */
  readonly label: number;
}

export interface TrainingData {
  readonly labels: readonly string[];
  readonly training: readonly TrainingClip[];
  readonly validation: readonly TrainingClip[];
  /** For augmentation; may be empty. */
  readonly backgrounds: readonly Int16Array[];
  /** The clips are features already; nothing can be augmented. */
  readonly computed?: boolean;
  /** Hours of what is not a keyword; null: only the clips. */
  readonly background?: Background | null;
  /** `splits` of model.json; null: it has none. */
  readonly splits?: object | null;
  /** Plain data about where the recordings came from, for training.json. */
  readonly about?: object;
}

/** SHA-256 of labels and recordings, in order: what a checkpoint's features came from. */
export function digestOf({ labels, training, validation, backgrounds, background }: TrainingData): string {
  const hash = createHash('sha256').update(JSON.stringify(labels));
  const add = (samples: Int16Array, note: number) => {
    hash.update(Int32Array.of(note, samples.length));
    hash.update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  };
  for (const { samples, label } of training) add(samples, label);
  for (const { samples, label } of validation) add(samples, -1 - label);
  for (const samples of backgrounds) add(samples, labels.length);
  if (background != null) hash.update(background.digest);
  return hash.digest('hex');
}
