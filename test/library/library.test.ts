// SPDX-License-Identifier: Apache-2.0
/** What the library's functions return is what the executors behind the commands compute. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clipWindow, extractFeatures, runClip, runStream } from '../../compiler/core/library.ts';
import { programToJson } from '../../compiler/core/program/program-json.ts';
import { traceLayout } from '../../compiler/core/program/trace.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { buildProgram, emitC, InputError, loadProgram, readWav } from '../../compiler/index.ts';
import { clipProgram, readClip } from '../../compiler/machines/batch/clip-input.ts';
import { readRecording, soundProgram } from '../../compiler/machines/batch/stream-input.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';

const folder = packagePath('models', 'spoken-digits');
const file = `${folder}/samples/7_engb_0.wav`;
const program = loadProgram(folder);
const { samples } = readWav(file, 8000);

describe('runClip', () => {
  it('classifies the samples that commands classify', async () => {
    const [own] = await new ReferenceExecutor(program).run(
      [await readClip(clipProgram(program, folder), file)],
      true,
    );
    expect(runClip(program, samples, { trace: true })).toEqual({ ...own, labelName: 'seven' });
    expect(runClip(program, samples).trace).toBeNull();
  });

  it('takes all frames where there is no readout', () => {
    const { steps, labelName, label } = runClip({ ...program, readout: null }, samples);
    expect([steps, label, labelName]).toEqual([31, -1, null]);
  });
});

it('runStream finds what commands find', async () => {
  const listening = soundProgram(program, folder);
  const [own] = await new ReferenceExecutor(listening).listen([await readRecording(listening, file)], true);
  expect(runStream(program, samples, { trace: true })).toEqual(own);
  expect(own?.events.map(({ label }) => program.labels[label])).toEqual(['seven']);
});

it('extractFeatures has the features of the trace', () => {
  const { frontend } = program;
  if (frontend === null) throw new Error('spoken-digits takes sound');
  const features = extractFeatures(frontend, clipWindow(program, samples));
  const { trace, steps } = runClip(program, samples, { trace: true });
  const { width } = traceLayout(program);
  for (let step = 0; step < steps; step++) {
    const row = trace?.subarray(step * width, step * width + frontend.bins);
    expect(features.subarray(step * frontend.bins, (step + 1) * frontend.bins)).toEqual(
      Int16Array.from(row ?? []),
    );
  }
  expect(features.length).toBe(steps * frontend.bins);
});

describe('buildProgram', () => {
  const json = readFileSync(`${folder}/model.json`);
  const weights = readFileSync(`${folder}/weights.safetensors`);

  it('comes to the program of the folder', () => {
    expect(programToJson(buildProgram({ json, weights }))).toBe(programToJson(program));
    const asked: string[] = [];
    const weightsOf = (name: string) => {
      asked.push(name);
      return weights;
    };
    buildProgram({ json, weights: weightsOf });
    expect(asked).toEqual(['weights.safetensors']);
  });

  it('names the place of an error', () => {
    expect(() => buildProgram({ name: 'mine', json: '{}', weights })).toThrow(InputError);
    expect(() => buildProgram({ name: 'mine', json: '{}', weights })).toThrow(/^mine\/model\.json: /);
  });
});

it('emitC has the files of a project, with a banner of its own', async () => {
  const files = await emitC(program, { kernel: 'packed' });
  const names = files.map(({ path }) => path);
  for (const name of ['model.h', 'model.c', 'Makefile']) expect(names).toContain(name);
  expect(files.find(({ path }) => path === 'model.c')?.text).toContain('egru, emitC, packed kernel');
});
