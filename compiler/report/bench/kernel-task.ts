// SPDX-License-Identifier: Apache-2.0
/** Measures clips on the firmware image, in a worker: cycles of feature extractor, step and layers. */
import {
  addStatistics,
  type ChipImage,
  ChipMachine,
  type ChipStatistics,
  noStatistics,
} from '../../machines/execute/chip-machine.ts';
import { LayerMeter } from './layer-meter.ts';

export interface KernelInit {
  readonly image: ChipImage;
  /** Where each layer begins in the step. */
  readonly marks: readonly number[];
}

export interface KernelOutcome {
  readonly statistics: ChipStatistics;
  /** Cycles by layer, summed over the clip's steps. */
  readonly layers: readonly number[];
  /** The most cycles of a step by layer. */
  readonly layersMax: readonly number[];
  /** Cycles of each of the clip's steps. */
  readonly steps: readonly number[];
  readonly label: number;
}

export default (init: KernelInit) => {
  const machine = new ChipMachine(init.image);
  const layers = new LayerMeter(machine.chip, init.marks);
  machine.meters.observe(init.image.step, layers);
  return (samples: Int16Array): KernelOutcome => {
    machine.restartStatistics();
    const before = [...layers.cycles];
    const done = layers.steps.length;
    layers.most.fill(0);
    const { label } = machine.measureClip(samples);
    return {
      statistics: addStatistics(noStatistics(), machine.statistics),
      layers: layers.cycles.map((cycles, i) => cycles - (before[i] ?? 0)),
      layersMax: [...layers.most],
      steps: layers.steps.slice(done),
      label,
    };
  };
};
