// SPDX-License-Identifier: Apache-2.0
/** What `egru compile` prints without a toolchain, against the chip. About 15 s the first time, then 3 s. */
import { describe, expect, it } from 'vitest';
import { type KernelName, kernelNames } from '../../compiler/codegen/emit/emit.ts';
import { inputsOf, type Program } from '../../compiler/core/program/program.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { ChipExecutor } from '../../compiler/machines/execute/chip.ts';
import { modelFlash } from '../../compiler/report/bench/footprint.ts';
import { estimateAll, estimateKernel } from '../../compiler/report/measure/estimate.ts';
import { Random } from '../support/random.ts';
import { programOf } from '../support/random-program.ts';

const layer = { weights: 'mixed', zeros: 30, state: 'zeros' } as const;
const program = {
  seed: 5,
  lastActivation: 'none',
  bias: 'septenary',
  readout: 'sum',
  steps: 4,
  input: 'random',
} as const;
const programs: readonly [string, Program][] = [
  ['spoken-digits', loadProgram(packagePath('models', 'spoken-digits'))],
  [
    'dense layers',
    programOf({
      ...program,
      inputs: 30,
      layers: [25, 3].map((units) => ({ ...layer, type: 'dense', units })),
    }),
  ],
  ['one cell', programOf({ ...program, inputs: 13, layers: [{ ...layer, type: 'egru', units: 17 }] })],
];

async function measure(of: Program, kernel: KernelName) {
  const chip = await ChipExecutor.create(of, { kernel });
  const random = new Random(1);
  const length = of.frontend === null ? 4 * inputsOf(of) : 8192;
  await chip.run([Int16Array.from({ length }, () => random.between(0, 32767))], false);
  const { cycles, calls, cyclesMax } = chip.statistics.step;
  const flash = modelFlash(chip.firmware);
  await chip.close();
  return { mean: cycles / calls, max: cyclesMax, flash };
}

describe.each(programs)('%s', (_, of) => {
  it.each(kernelNames)('%s: cycles within the bounds, flash within 3 %%', async (kernel) => {
    const { cyclesMin, cyclesMax, flash } = estimateKernel(of, kernel);
    const measured = await measure(of, kernel);
    expect(measured.mean).toBeGreaterThanOrEqual(cyclesMin);
    expect(measured.mean).toBeLessThanOrEqual(cyclesMax);
    expect(measured.max).toBeLessThanOrEqual(cyclesMax);
    expect(Math.abs(flash - measured.flash)).toBeLessThanOrEqual(0.03 * measured.flash);
  });
});

it('puts the fastest kernel first', () => {
  const [, spokenDigits] = programs[0] ?? [];
  if (spokenDigits === undefined) throw new Error('there is a first program');
  expect(estimateAll(spokenDigits).map(({ kernel }) => kernel)).toEqual(['unrolled', 'sparse', 'packed']);
});
