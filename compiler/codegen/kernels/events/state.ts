// SPDX-License-Identifier: Apache-2.0
/** Where layers with events keep what they need in the next step: bytes behind the outputs, zeros at the start. */
import { cellOf } from '../../../core/program/cells/index.ts';
import type { Layer } from '../../../core/program/program.ts';

export interface EventState {
  /** int16, one per unit. */
  readonly states: number;
  /** Accumulators of both matrices without the pulses' share. */
  readonly kept: number;
  /** Words from here on: whether those are right, and CACHED and REST (still.ts). */
  readonly valid: number;
  /** Two words a unit: gates and candidates of the kept sums. */
  readonly softsigns: number;
  /** A word for the number of events, the list behind it. */
  readonly list: number;
}

/** @param outputs byte of the layer's outputs */
export function eventState({ units }: Layer, outputs: number): EventState {
  const bytes = 2 * (units + (units & 1));
  const kept = outputs + 2 * bytes;
  const valid = kept + 8 * units;
  const softsigns = valid + 12;
  return { states: outputs + bytes, kept, valid, softsigns, list: softsigns + 8 * units };
}

/** Bytes from `valid` on. */
export const CACHED = 4;
export const REST = 8;

/** Words of a list beside its entries: the number of events, and what the last jump reads. */
export const LIST_WORDS = 3;

/** Whether pulses have a sign, and what else egru_event_option has. */
export function optionsOf(layer: Layer): number {
  return cellOf(layer).options?.(layer) ?? 0;
}
