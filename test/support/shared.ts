// SPDX-License-Identifier: Apache-2.0
/**
 * Where recordings of people are, which are not part of the repository: beside it, in ../shared/data. What depends on them
 * imports this file, so that `.ci/run` finds and repeats those tests where there are none.
 */
import { packagePath } from '../../compiler/host/files/paths.ts';
import { lackingFolder } from './needs.ts';

/** `wake-words` for one: a folder that may be absent. */
export function recordingsFolder(...names: readonly string[]): string {
  return packagePath('..', 'shared', 'data', ...names);
}

/** Vectors of independent implementations that are not part of the repository. */
export function vectorsFile(...names: readonly string[]): string {
  return packagePath('..', 'shared', 'vectors', ...names);
}

/** Free Spoken Digit Dataset. */
export const DIGITS = recordingsFolder('spoken-digits');

/** Whether a folder is absent. @throws where EGRU_REQUIRE names recordings and it is */
export const lackingRecordings = (folder = DIGITS): boolean => lackingFolder('recordings', folder);
