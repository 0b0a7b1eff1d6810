// SPDX-License-Identifier: Apache-2.0
/** Small models to export: one classifies clips and listens, one classifies only, and their names are hostile. */
import { exampleNoise } from '../../compiler/codegen/export/example.ts';
import { type ExportOptions, exportLibrary } from '../../compiler/codegen/export/export.ts';
import type { ExportModel } from '../../compiler/codegen/export/model.ts';
import type { EmittedFile } from '../../compiler/codegen/kernels/kernel.ts';
import { clipSamples } from '../../compiler/core/audio/crop.ts';
import type { Program } from '../../compiler/core/program/program.ts';
import { Simulator } from '../../compiler/core/sim/simulator.ts';
import { packageAssets } from '../../compiler/host/files/assets.ts';
import { listener } from '../support/stream-program.ts';

/** In comments, in manifests, in Kconfig: whatever would end a line or a comment there. */
export const HOSTILE = 'over */ "there"\nname=evil\\ ☃';

function clips(program: Program, steps: number): Program {
  return { ...program, readout: { steps, rule: 'sum' } };
}

function exported(program: Program, prefix: string, kernel: ExportModel['kernel']): ExportModel {
  const { frontend, readout } = program;
  if (frontend === null || readout === null) throw new Error('unreachable');
  const samples = exampleNoise(clipSamples(frontend.frame, frontend.hop, readout.steps));
  const expected = new Simulator(program).run(samples, false);
  return { program, prefix, kernel, license: 'CC-BY-SA-4.0', expected };
}

/** Often hears something: low thresholds, short memory. */
export const ears: ExportModel = (() => {
  const program = listener({ frame: 128, hop: 128, seed: 59, last: 'dense' });
  const keywords = program.labels.map((_, label) => ({ label, threshold: 9000, release: 8000 }));
  const detect = { ...program.detect, window: 3, refractory: 2, vad: null, keywords };
  return exported(clips({ ...program, detect }, 9), 'ears', 'unrolled');
})();

export const other: ExportModel = (() => {
  const { detect: _, ...program } = listener({ frame: 256, hop: 100, seed: 5, last: 'dense' });
  return exported(clips({ ...program, name: HOSTILE }, 7), 'other', 'packed');
})();

export const options = {
  ...{
    name: 'two-models',
    version: '1.2.3',
    author: 'A. Nobody <nobody@egru.example>',
    url: 'https://egru.example',
  },
  command: 'egru export',
  assets: packageAssets(),
} as const;

export function library(
  kind: ExportOptions['kind'],
  models: readonly ExportModel[] = [ears, other],
  changes: Partial<ExportOptions> = {},
): EmittedFile[] {
  return exportLibrary(models, { ...options, kind, ...changes });
}
