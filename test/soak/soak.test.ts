// SPDX-License-Identifier: Apache-2.0
/** `make soak`: what is too long for every change. Every recording on every machine with every kernel; more programs. */
import { expect, test } from 'vitest';
import { kernelNames } from '../../compiler/codegen/emit/emit.ts';
import { findClips } from '../../compiler/host/audio/clips.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { clipProgram, readClips } from '../../compiler/machines/batch/clip-input.ts';
import { ChipExecutor } from '../../compiler/machines/execute/chip.ts';
import { HostExecutor } from '../../compiler/machines/execute/host.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { verify } from '../../compiler/machines/verify/verify.ts';
import { featuresOf, programOf, specs } from '../support/random-program.ts';
import { DIGITS, lackingRecordings } from '../support/shared.ts';

const HOUR = 3_600_000;

test.skipIf(lackingRecordings())(
  'all recordings, every kernel, host and chip',
  { timeout: HOUR },
  async () => {
    const program = clipProgram(loadProgram(packagePath('models', 'spoken-digits')), 'spoken-digits');
    const files = findClips([DIGITS], {});
    const sounds = await readClips(program, files);
    const clips = sounds.map((samples, i) => ({ file: files[i] ?? '', samples }));
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
