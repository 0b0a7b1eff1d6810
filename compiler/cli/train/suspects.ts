// SPDX-License-Identifier: Apache-2.0
/** Places in the background that may hold a keyword, for people. */
import { printable } from '../../core/base/errors.ts';
import type { Suspects } from '../../training/background/suspects.ts';
import type { BackgroundPlace } from './background.ts';
import type { TrainInput } from './train-input.ts';

/** Places that are named. */
const NAMED = 5;

export interface SuspectPlace extends BackgroundPlace {
  /** Rounds of mining, in all of which it fired. */
  readonly rounds: number;
}

export function suspectPlaces(found: Suspects, { placeOf }: TrainInput): SuspectPlace[] {
  if (placeOf == null) return [];
  return found.strongest(NAMED).map(({ frame }) => ({ ...placeOf(frame), rounds: found.rounds }));
}

export function suspectLines(places: readonly SuspectPlace[]): string[] {
  const [first] = places;
  if (first === undefined) return [];
  return [
    `Background that fired in all ${first.rounds} rounds of mining, although it trained as background:`,
    ...places.map(({ recording, seconds }) => `  ${printable(recording)} at ${seconds.toFixed(1)} s`),
    'Listen there: if a keyword is in it, take the recording out and train again.',
  ];
}
