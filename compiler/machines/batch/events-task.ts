// SPDX-License-Identifier: Apache-2.0
/** What a thread counts in a file; see events.ts. */
import { cellOf } from '../../core/program/cells/index.ts';
import { Network } from '../../core/sim/network.ts';
import { Simulator } from '../../core/sim/simulator.ts';
import { type ClipProgram, openClip } from './clip-input.ts';
import type { UnitActivity } from './events.ts';

export default (program: ClipProgram) => {
  const simulator = new Simulator(program);
  const network = new Network(program);
  return async (file: string): Promise<UnitActivity> => {
    const { samples } = await openClip(program, file);
    const steps = simulator.steps(samples.length);
    const events = program.layers.map(({ units }) => new Float64Array(units));
    const sums = program.layers.map(({ units }) => new Float64Array(units));
    const before = program.layers.map(({ units }) => new Int32Array(units));
    network.reset();
    for (let step = 0; step < steps; step++) {
      network.step(simulator.features(samples, step));
      for (const [i, layer] of program.layers.entries()) {
        const { isEvent } = cellOf(layer);
        const [now, last] = [network.outputs[i] as Int32Array, before[i] as Int32Array];
        const [fired, sum] = [events[i] as Float64Array, sums[i] as Float64Array];
        now.forEach((y, unit) => {
          if (isEvent?.(layer, y, last[unit] ?? 0) === true) fired[unit] = (fired[unit] ?? 0) + 1;
          sum[unit] = (sum[unit] ?? 0) + y;
        });
        last.set(now);
      }
    }
    return { steps, events, sums };
  };
};
