// SPDX-License-Identifier: Apache-2.0
/**
 * Activity beyond a wanted one costs: the loss has weight * max(0, activity - wanted) of every layer with a wanted
 * activity, which is the share of units that send an event at a step, over the clips of a batch.
 */
import type { TrainingConfig } from './config.ts';
import type { EventRules } from './events.ts';
import type { Network } from './shapes.ts';

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
  config: Pick<TrainingConfig, 'events' | 'recurrent' | 'steps'>,
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
