// SPDX-License-Identifier: Apache-2.0
/** egru compare: the figures are those of eval, inspect and the emulated chip. About 15 s. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import type { ComparedModel } from '../../compiler/report/compare/compare.ts';
import { inspectProgram } from '../../compiler/report/inspect/inspection.ts';
import { estimateKernel } from '../../compiler/report/measure/estimate.ts';
import { lacking } from '../support/needs.ts';
import { DIGITS, lackingRecordings } from '../support/shared.ts';
import { egru, inWork, json, MODEL, refusal, writeNoise } from './egru.ts';

const SPARSE = 'models/spoken-digits-sparse';
const SAMPLES = 'models/spoken-digits/samples';

describe.skipIf(lacking('arm'))('compare (needs gcc-arm-none-eabi)', () => {
  it('gives accuracy, zeros, cycles, flash and the front', async () => {
    const page = inWork('compare.html');
    const options = ['--data', SAMPLES, '--limit', '4', '--chip-clips', '2', '--html', page];
    const document = await json(['compare', MODEL, SPARSE, ...options]);
    expect(document).toMatchObject({ clips: 4, chipClips: 2 });
    const models = document.models as ComparedModel[];
    expect(models.map(({ model }) => model)).toEqual([MODEL, SPARSE]);
    for (const found of models) {
      const evaluation = await json(['eval', found.model, SAMPLES, '--limit', '4']);
      const { correct, accuracy, interval } = evaluation as unknown as ComparedModel;
      expect(found).toMatchObject({ kernel: 'unrolled', correct, accuracy, interval });
      const program = loadProgram(packagePath(found.model));
      const { weights, nonZero } = inspectProgram(program);
      expect(found).toMatchObject({ weights, nonZero });
      const estimate = estimateKernel(program, 'unrolled');
      expect(found.cyclesPerStep).toBeGreaterThanOrEqual(estimate.cyclesMin);
      expect(found.cyclesPerStepMax).toBeLessThanOrEqual(estimate.cyclesMax);
    }
    const [full, sparse] = models as [ComparedModel, ComparedModel];
    expect(sparse.cyclesPerStep).toBeLessThan(full.cyclesPerStep);
    expect(sparse.flash).toBeLessThan(full.flash);
    expect([full.pareto, sparse.pareto]).toEqual([full.correct > sparse.correct, true]);
    expect(readFileSync(page, 'utf8')).toContain(`${SPARSE} <small>unrolled</small></th>`);
  });

  it('prints a table of 80 columns', async () => {
    const options = ['--data', SAMPLES, '--limit', '2', '--chip-clips', '1'];
    const { code, stdout } = await egru(['compare', MODEL, SPARSE, ...options]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^model +nonzero +right +accuracy +95 % +cycles +flash +front\n/);
    expect(stdout).toMatch(/\n…?\S*oken-digits-sparse +35\.0 % /);
    expect(stdout).toContain('\n2 clips; cycles per step: mean over 1 clip on the emulated chip\n');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.skipIf(lackingRecordings())('takes a split (needs ../shared/data/spoken-digits)', async () => {
    const options = ['--data', DIGITS, '--split', 'test', '--limit', '20', '--chip-clips', '1'];
    const document = await json(['compare', MODEL, ...options]);
    expect(document).toMatchObject({ clips: 20, models: [{ pareto: true }] });
    const [{ accuracy }] = document.models as [ComparedModel];
    expect(accuracy).toBeGreaterThanOrEqual(0.9);
  });
});

describe('compare refuses', () => {
  const original = JSON.parse(readFileSync(packagePath(MODEL, 'model.json'), 'utf8')) as Record<
    string,
    object
  >;
  const model = (name: string, changes: object) => {
    mkdirSync(inWork(name));
    writeFileSync(inWork(name, 'model.json'), JSON.stringify({ ...original, ...changes }));
    writeFileSync(
      inWork(name, 'weights.safetensors'),
      readFileSync(packagePath(MODEL, 'weights.safetensors')),
    );
    return inWork(name);
  };
  const digits = [...(original.labels as string[])];
  mkdirSync(inWork('clips'));
  for (const index of [0, 1]) writeNoise(join('clips', `${index}_a_${index}.wav`), index + 1);

  it.each([
    ['other labels', { labels: digits.toReversed() }, 'has other labels than models/spoken-digits'],
    [
      'another split',
      { splits: { pattern: '{label}_{speaker}_{index}.wav', test: { index: '1' } } },
      'its split has other files than models/spoken-digits',
    ],
    [
      'other names',
      { splits: { pattern: '{index}_{speaker}_{label}.wav', test: { speaker: 'a' } } },
      'it reads other labels from the names than models/spoken-digits',
    ],
  ])('%s', async (name, changes, message) => {
    const folder = model(name, changes);
    const split = name === 'other names' ? [] : ['--split', 'test'];
    const clip = name === 'other names' ? writeNoise('3_a_4.wav', 3) : inWork('clips');
    expect(await refusal(['compare', MODEL, folder, '--data', clip, ...split])).toBe(
      `WORK/${name}: ${message}`,
    );
  });

  it('no data', async () => {
    expect(await refusal(['compare', MODEL])).toContain("required option '--data <folder>' not specified");
  });
});
