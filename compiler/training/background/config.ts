// SPDX-License-Identifier: Apache-2.0
/** `background` of a training's configuration: hours of sound that is not a keyword. */
import type { JsonValue } from '../../core/base/json.ts';

/** Which recordings train, which choose weights and thresholds, which judge. */
export type SetRule =
  /** By the SHA-256 of a column, such as the speaker, or without one of the file's name. */
  | {
      readonly by: 'hash';
      readonly column: string | null;
      readonly validation: number;
      readonly test: number;
    }
  /** By a column; a file has a line "VALUE validation" or "VALUE test" for each; what it does not name trains. */
  | { readonly by: 'list'; readonly column: string; readonly file: string };

export interface BackgroundConfig {
  /** A folder or a table, relative to the dataset's folder. */
  readonly path: string;
  /** Of a table: which column names the recordings; by the usual names where left out. */
  readonly fileColumn: string | undefined;
  /** Of a table: only rows whose column `kind` has one of these values; null: all. */
  readonly only: { readonly column: string; readonly values: readonly string[] } | null;
  /** null: the default of sets.ts. */
  readonly sets: SetRule | null;
  /** Windows of background in an epoch, by keywords that train. */
  readonly windows: number;
  /** Share of them that is drawn from hard places, once there are some. */
  readonly mined: number;
  /** Epochs from mining to mining; null: never. */
  readonly every: number | null;
  /** Share of the windows that become a piece with silence around it, as single words come. */
  readonly pieces: number;
  /**
   * Other background in a window, or behind a word: with this probability, so many decibels below it, of one to so many
   * places at once, as in a room full of people.
   */
  readonly mix: {
    readonly probability: number;
    readonly low: number;
    readonly high: number;
    readonly places: number;
  };
  /** Amplitude of a window times 10^u, u uniform. */
  readonly gain: { readonly low: number; readonly high: number };
  /** File of the features; null: beside the model folder. */
  readonly cache: string | null;
}

const MAX_VALUES = 1000;
const MAX_EVERY = 1_000_000;
const MAX_PLACES = 32;

/** What stands where the configuration leaves it out. */
export const BACKGROUND_DEFAULTS = {
  windows: 1.5,
  mined: 0.5,
  every: 4,
  pieces: 0.3,
  mix: { probability: 0.4, low: 2, high: 28, places: 1 },
  gain: { low: -1.6, high: 0.4 },
} as const;

export function readBackground(value: JsonValue): BackgroundConfig {
  const top = value.object([
    ...['path', 'file', 'only', 'sets', 'windows', 'mined', 'every', 'pieces', 'mix', 'gain', 'cache'],
  ]);
  const every = top.optional('every');
  const [low, high] =
    top
      .optional('gain')
      ?.array(2, 2)
      .map((end) => end.number(-4, 2)) ?? [];
  if (low !== undefined && high !== undefined && low > high) top.get('gain').fail('runs backwards');
  const only = top.optional('only')?.object(['column', 'values']);
  const sets = top.optional('sets');
  return {
    path: top.get('path').text(),
    fileColumn: top.optional('file')?.text(),
    only:
      only === undefined
        ? null
        : {
            column: only.get('column').text(),
            values: only
              .get('values')
              .array(1, MAX_VALUES)
              .map((item) => item.text()),
          },
    sets: sets === null ? null : readSets(sets),
    windows: top.optional('windows')?.number(0.01, 100) ?? BACKGROUND_DEFAULTS.windows,
    mined: top.optional('mined')?.number(0, 1) ?? BACKGROUND_DEFAULTS.mined,
    every:
      every === null ? BACKGROUND_DEFAULTS.every : every.value === 0 ? null : every.integer(1, MAX_EVERY),
    pieces: top.optional('pieces')?.number(0, 1) ?? BACKGROUND_DEFAULTS.pieces,
    mix: readMix(top.optional('mix')),
    gain: low === undefined || high === undefined ? BACKGROUND_DEFAULTS.gain : { low, high },
    cache: top.optional('cache')?.text() ?? null,
  };
}

function readMix(value: JsonValue | null): BackgroundConfig['mix'] {
  if (value === null) return BACKGROUND_DEFAULTS.mix;
  const mix = value.object(['probability', 'snr', 'places']);
  const [low = 0, high = 0] = mix
    .get('snr')
    .array(2, 2)
    .map((end) => end.number(-20, 100));
  if (low > high) mix.get('snr').fail('runs backwards');
  const places = mix.optional('places')?.integer(1, MAX_PLACES) ?? BACKGROUND_DEFAULTS.mix.places;
  return { probability: mix.get('probability').number(0, 1), low, high, places };
}

function readSets(value: JsonValue): SetRule {
  const by = value.members().get('by')?.choice(['hash', 'list']) ?? value.fail('"by" is missing');
  if (by === 'list') {
    const rule = value.object(['by', 'column', 'file']);
    return { by, column: rule.get('column').text(), file: rule.get('file').text() };
  }
  const rule = value.object(['by', 'column', 'validation', 'test']);
  const validation = rule.optional('validation')?.number(0.01, 0.9) ?? 0.2;
  const test = rule.optional('test')?.number(0, 0.9) ?? 0;
  if (validation + test >= 1) value.fail('leaves nothing to train on');
  return { by, column: rule.optional('column')?.text() ?? null, validation, test };
}
