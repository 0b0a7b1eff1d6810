// SPDX-License-Identifier: Apache-2.0

/** What a pattern or a manifest has about a recording, by name. */
export interface Fields {
  get(name: string): string | undefined;
  keys(): Iterable<string>;
}

/** Seconds of a recording. */
export interface SpokenPart {
  readonly start: number;
  readonly end: number;
}

/** A recording that a dataset names. */
export interface Entry {
  /** As it is opened. */
  readonly file: string;
  /** Relative to the dataset, with `/`: names the recording on every machine. */
  readonly name: string;
  readonly label: string;
  /** Label, speaker, index, any column. */
  readonly fields: Fields;
  /** What goes before the rule: it trains, or it trains or validates. */
  readonly only?: 'train' | 'no-test';
  /** Where the word is in a synthetic recording; others are of people. */
  readonly spoken?: SpokenPart;
}

export interface Dataset {
  /** As it was given. */
  readonly subject: string;
  /** In the order of their names' bytes; those of extra folders behind the others. */
  readonly entries: readonly Entry[];
  /** In the order of the model's outputs: of their bytes, unless the configuration orders them. */
  readonly labels: readonly string[];
}
