// SPDX-License-Identifier: Apache-2.0
/** `events` of a configuration: how event-based cells learn, and how active they may be. */
import type { JsonValue } from '../../core/base/json.ts';

export interface EventRules {
  /** Slope of an event: dampening max(0, 1 - support |c - threshold|). */
  readonly support: number;
  readonly dampening: number;
  /** Where thresholds begin, in [0, 1]. */
  readonly threshold: number;
  /** Q15: inputs are passed on when they moved by more; 0: as they are. */
  readonly inputs: number;
  /** Wanted activity of each recurrent layer: the share of its units that fire at a step. */
  readonly activity: readonly number[];
  /** Added to the loss for an activity of 1 beyond the wanted one, layer by layer. */
  readonly weight: number;
}

/** Less than one unit in a thousand steps of this many units has no meaning. */
const LEAST_ACTIVITY = 0.001;

/** @param layers number of recurrent layers; @throws InputError */
export function readEvents(value: JsonValue | null, layers: number): EventRules {
  const rules = value?.object(['support', 'dampening', 'threshold', 'inputs', 'activity', 'weight']);
  const number = (key: string, low: number, high: number, otherwise: number) =>
    rules?.optional(key)?.number(low, high) ?? otherwise;
  const wanted = rules?.optional('activity') ?? null;
  const share = (one: JsonValue) => one.number(LEAST_ACTIVITY, 1);
  const activity =
    wanted === null
      ? [0.15]
      : Array.isArray(wanted.value)
        ? wanted.array(layers, layers).map(share)
        : [share(wanted)];
  return {
    support: number('support', 0.01, 1000, 3),
    dampening: number('dampening', 0.001, 100, 0.7),
    threshold: number('threshold', 0, 1, 0.1),
    inputs: rules?.optional('inputs')?.integer(0, 32767) ?? 0,
    activity: activity.length === layers ? activity : Array.from({ length: layers }, () => activity[0] ?? 1),
    weight: number('weight', 0, 1000, 1),
  };
}
