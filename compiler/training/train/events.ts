// SPDX-License-Identifier: Apache-2.0
/**
 * `events` of a configuration: how event-based cells learn, and how active they may be. The loss has weight * max(0,
 * activity - wanted) of every layer with a wanted activity, the share of units that send an event at a step of a batch.
 */
import type { JsonValue } from '../../core/base/json.ts';
import type { Network } from './shapes.ts';

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

export interface ActivityRules {
  /** By layer of the network; 1: any activity. */
  readonly wanted: readonly number[];
  readonly weight: number;
  /** Of a clip. */
  readonly steps: number;
}

/** Recurrent layers have the configuration's wanted activities, in their order; thresholded inputs have none. */
export function activityRules(
  events: EventRules,
  names: readonly string[],
  { layers }: Network,
  steps: number,
): ActivityRules {
  const wanted = layers.map(({ shape }) => {
    const index = names.indexOf(shape.name);
    return index < 0 ? 1 : (events.activity[index] ?? 1);
  });
  return { wanted, weight: events.weight, steps };
}

/** The rules of a configuration; null: its cell sends no events. */
export function activityOf(
  config: { readonly events?: EventRules; readonly recurrent: readonly number[]; readonly steps: number },
  network: Network,
): ActivityRules | null {
  const { events, recurrent, steps } = config;
  const names = recurrent.map((_, i) => `gru${i + 1}`);
  return events === undefined ? null : activityRules(events, names, network, steps);
}

/** What the activity of a batch, or of a set of clips, adds to its loss. */
export function activityLoss({ wanted, weight }: ActivityRules, activity: readonly number[]): number {
  return activity.reduce((sum, share, i) => sum + weight * Math.max(0, share - (wanted[i] ?? 1)), 0);
}

/** Derivative of that loss by every event of a batch of one clip, layer by layer. */
export function pressuresOf(
  { wanted, weight, steps }: ActivityRules,
  { layers }: Network,
  activity: readonly number[],
): number[] {
  return layers.map(({ shape }, i) => {
    const isExcess = (activity[i] ?? 0) > (wanted[i] ?? 1);
    return isExcess ? weight / (steps * shape.units) : 0;
  });
}
