// SPDX-License-Identifier: Apache-2.0
/** Measures steps of a baseline on the emulated chip, in a worker. */
import { type Chip, ramEnd } from '../../boards/boards.ts';
import { type EmulatedChip, emulate } from '../../machines/emulated/emulators.ts';
import { type CallCount, CallMeters, noCalls } from '../../machines/execute/meter.ts';
import { LayerMeter } from './layer-meter.ts';

export interface BaselineInit {
  readonly chip: Chip;
  readonly bin: Uint8Array;
  /** Addresses in the image. */
  readonly step: number;
  readonly layer: number;
  readonly ready: number;
  readonly features: number;
  readonly logits: number;
  readonly restart: number;
  readonly stackLimit: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly layers: number;
}

/** Features of consecutive steps from the initial state, and the logits that they must give (null: any). */
export interface BaselineItem {
  readonly features: Int16Array;
  readonly expected: Int32Array | null;
}

export interface BaselineOutcome {
  readonly step: CallCount;
  readonly layers: readonly number[];
  /** Bytes of stack that were reached. */
  readonly stack: number;
}

/** More than any step of a baseline takes. */
const PATIENCE = 1_000_000_000;

export default (init: BaselineInit) => {
  const chip = emulate(init.chip, {
    segments: [{ address: 0, bytes: init.bin }],
    vectorTable: 0,
    stackLimit: init.stackLimit,
  });
  const meters = new CallMeters(chip);
  const counts = meters.measure(init.step);
  const layers = new LayerMeter(
    chip,
    Array.from({ length: init.layers }, () => init.layer),
  );
  meters.observe(init.step, layers);
  chip.hook(init.ready, () => chip.stop());
  const advance = () => {
    if (chip.run(PATIENCE) !== 'stopped') throw new Error('a baseline does not finish its step');
  };
  advance();

  return ({ features, expected }: BaselineItem): BaselineOutcome => {
    Object.assign(counts, noCalls());
    const before = [...layers.cycles];
    const steps = features.length / init.inputs;
    for (let step = 0; step < steps; step++) {
      poke16(chip, init.features, features.subarray(step * init.inputs, (step + 1) * init.inputs));
      chip.poke8(init.restart, step === 0 ? 1 : 0);
      advance();
      for (let i = 0; expected !== null && i < init.outputs; i++) {
        const got = chip.peek32(init.logits + 4 * i) | 0;
        const want = expected[step * init.outputs + i];
        if (got !== want)
          throw new Error(`the baseline computed logit ${i} of step ${step} as ${got}, not ${want}`);
      }
    }
    return {
      step: { ...counts },
      layers: layers.cycles.map((cycles, i) => cycles - (before[i] ?? 0)),
      stack: ramEnd(init.chip) - chip.lowestStack,
    };
  };
};

function poke16(chip: EmulatedChip, address: number, values: Int16Array): void {
  values.forEach((value, i) => {
    chip.poke8(address + 2 * i, value & 0xff);
    chip.poke8(address + 2 * i + 1, (value >> 8) & 0xff);
  });
}
