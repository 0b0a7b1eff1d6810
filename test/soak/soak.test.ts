// SPDX-License-Identifier: Apache-2.0
/** `make soak`: what is too long for every change. Every recording on every machine with every kernel; more programs. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findClips } from '../../compiler/audio/clips.ts';
import { packagePath } from '../../compiler/base/paths.ts';
import { kernelNames } from '../../compiler/emit/emit.ts';
import { ChipExecutor } from '../../compiler/execute/chip.ts';
import { HostExecutor } from '../../compiler/execute/host.ts';
import { ReferenceExecutor } from '../../compiler/execute/reference.ts';
import { loadProgram } from '../../compiler/quant/load-program.ts';
import { clipProgram, readClip } from '../../compiler/report/clip-input.ts';
import { verify } from '../../compiler/verify/verify.ts';
import { featuresOf, programOf, specs } from '../support/random-program.ts';

const RECORDINGS = packagePath('..', 'shared', 'data', 'spoken-digits');
const HOUR = 3_600_000;

test.skipIf(!existsSync(RECORDINGS))(
  'all recordings, every kernel, host and chip',
  { timeout: HOUR },
  async () => {
    const program = clipProgram(loadProgram(packagePath('models', 'spoken-digits')), 'spoken-digits');
    const clips = findClips([RECORDINGS], {}).map((file) => ({ file, samples: readClip(program, file) }));
    const machines = (
      await Promise.all(
        kernelNames.map((kernel) =>
          Promise.all([HostExecutor.create(program, { kernel }), ChipExecutor.create(program, { kernel })]),
        ),
      )
    ).flat();
    const report = await verify(program, clips, new ReferenceExecutor(program), machines);
    await Promise.all(machines.map((machine) => machine.close()));
    expect(report).toMatchObject({ clips: 3000, steps: 192_000, differences: 0, first: null });
  },
);

test('random programs on the chip, every kernel', { timeout: HOUR }, async () => {
  let steps = 0;
  for (const spec of specs(60, 20260101, { maxLayers: 4, maxWidth: 128, maxSteps: 12 })) {
    const program = programOf(spec);
    const clips = [{ file: JSON.stringify(spec), samples: featuresOf(spec) }];
    for (const kernel of kernelNames) {
      const chip = await ChipExecutor.create(program, { kernel });
      const report = await verify(program, clips, new ReferenceExecutor(program), [chip]);
      await chip.close();
      expect(report).toMatchObject({ differences: 0, first: null });
      steps += report.steps;
    }
  }
  expect(steps).toBeGreaterThan(100);
});
