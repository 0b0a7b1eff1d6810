// SPDX-License-Identifier: Apache-2.0
/** How often every unit of a network fires, and what it sends on average, on all cores. */
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { ClipProgram } from './clip-input.ts';

export interface UnitActivity {
  readonly steps: number;
  /** By layer and unit: steps with an event; zeros for layers that send none. */
  readonly events: readonly Float64Array[];
  /** By layer and unit: sum of the outputs, in units of their integers. */
  readonly sums: readonly Float64Array[];
}

/** Over all recordings, each from the initial state. @param onDone called with the number of files done */
export async function unitActivity(
  program: ClipProgram,
  files: readonly string[],
  onDone?: (done: number) => void,
): Promise<UnitActivity> {
  const task = siblingModule('events-task', import.meta.url);
  const parts = await mapParallel<ClipProgram, string, UnitActivity>(task, program, files, onDone);
  const zeros = () => program.layers.map(({ units }) => new Float64Array(units));
  const [events, sums] = [zeros(), zeros()];
  const add = (into: readonly Float64Array[], from: readonly Float64Array[]) =>
    into.forEach((values, layer) => {
      values.forEach((value, unit) => {
        values[unit] = value + (from[layer]?.[unit] ?? 0);
      });
    });
  for (const part of parts) {
    add(events, part.events);
    add(sums, part.sums);
  }
  return { steps: parts.reduce((sum, { steps }) => sum + steps, 0), events, sums };
}
