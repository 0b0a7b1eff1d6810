// SPDX-License-Identifier: Apache-2.0
/** One model of an exported library, and the names that are made of its own. */
import { InputError } from '../../core/base/errors.ts';
import type { Program } from '../../core/program/program.ts';
import type { KernelName } from '../kernels/index.ts';
import { namesOf } from '../text/names.ts';

/** A model as it is exported. */
export interface ExportModel {
  /** With `detect` where it shall listen to a stream. */
  readonly program: Program;
  readonly kernel: KernelName;
  /** What its files and names in C begin with: see namesOf. */
  readonly prefix: string;
  /** SPDX expression of the weights' licence; null: not stated. */
  readonly license: string | null;
  /** What the reference makes of the example's noise (example.ts); null: a model that classifies no clips of sound. */
  readonly expected: ExampleResult | null;
}

/** A clip's result, as the example prints it. */
export interface ExampleResult {
  readonly label: number;
  /** One for each label. */
  readonly scores: ArrayLike<number>;
}

/** C promises 31 characters of a name, and `_model` comes behind: see namesOf. */
const MAX_PREFIX = 24;

/**
 * A prefix for C made of a model's name: "wake-words" becomes wake_words.
 * @throws InputError where nothing fit for C comes out
 */
export function prefixFrom(name: string): string {
  const prefix = words(name.toLowerCase(), '_').slice(0, MAX_PREFIX).replace(/_$/, '');
  try {
    return namesOf(prefix).prefix;
  } catch {
    throw new InputError(name, 'is not a name for files and variables in C; give one with --prefix');
  }
}

/** Letters and digits of a text, with one separator where others stood; accents fall off their letters. */
export function words(text: string, separator: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .join(separator);
}
