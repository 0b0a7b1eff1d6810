// SPDX-License-Identifier: Apache-2.0
/** All cells that can be trained. */
import { Registry } from '../../../core/base/registry.ts';
import type { TrainedCell } from './cell.ts';
import { deltaTrained } from './delta.ts';
import { denseTrained } from './dense.ts';
import { egruTrained } from './egru.ts';
import { eventEgruTrained } from './event-egru.ts';
import { gruTrained } from './gru.ts';

const cells = new Registry<TrainedCell>('trained cell', [
  egruTrained,
  gruTrained,
  denseTrained,
  eventEgruTrained,
  deltaTrained,
]);

/** What `cell` of a configuration chooses from. */
export const recurrentTypes = [egruTrained.type, gruTrained.type, eventEgruTrained.type] as const;
export type RecurrentType = (typeof recurrentTypes)[number];

export function trainedCell({ type }: { readonly type: string }): TrainedCell {
  return cells.get(type);
}

export function trainedTypes(): readonly string[] {
  return cells.names;
}

/** What comes before the first layer where its inputs are thresholded. */
export const thresholdedInputs: string = deltaTrained.type;
