// SPDX-License-Identifier: Apache-2.0
/** Thresholds of events: Q15 integers in model.json and program.json, numbers from 0 to 1 in weights files. */
import type { JsonValue } from '../../base/json.ts';

const MAX = 32767;

/** One integer for all units, or a list of one per unit. @throws InputError beyond 0 .. 32767 */
export function readThresholds(value: JsonValue, units: number): Int16Array {
  const thresholds = new Int16Array(units);
  if (Array.isArray(value.value)) value.integersInto(thresholds, 0, units, 0, MAX);
  else thresholds.fill(value.integer(0, MAX));
  return thresholds;
}
