// SPDX-License-Identifier: Apache-2.0
/** egru/core as a page gets it: small, whole, and with the integers of the reference in Node. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { emitProject } from '../../compiler/codegen/emit/project.ts';
import { runClip, runStream } from '../../compiler/core/library.ts';
import { programToJson } from '../../compiler/core/program/program-json.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packageAssets } from '../../compiler/host/files/assets.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { type Bundle, bundleOf, runInPage } from '../support/bundle.ts';

const MAX_BYTES = 80_000;
const MODEL = packagePath('models', 'spoken-digits');

describe('egru/core', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleOf(packagePath('compiler', 'core', 'index.ts'));
  });

  it('is one file of less than 80 KB', () => {
    expect(bundle.imports).toEqual([]);
    expect(Buffer.byteLength(bundle.code)).toBeLessThan(MAX_BYTES);
  });

  it.each(['7_engb_0.wav', '5_engb_0.wav'])('classifies %s with the trace of the reference', (name) => {
    const program = loadProgram(MODEL);
    const { samples } = readWav(packagePath('models', 'spoken-digits', 'samples', name), 8000);
    const own = runClip(program, samples, { trace: true });
    const given = { json: programToJson(program), pcm: [...samples] };
    const found = runInPage(
      bundle,
      given,
      `const program = egru.programFromJson(json, 'program.json');
       const { labelName, trace } = egru.runClip(program, Int16Array.from(pcm), { trace: true });
       return { labelName, trace: [...trace] };`,
    );
    expect(found).toEqual({ labelName: own.labelName, trace: [...(own.trace ?? [])] });
    expect(own.trace?.some((value) => value !== 0)).toBe(true);
  });

  it('builds the program from the bytes of a model, and finds its keywords in a stream', () => {
    const folder = packagePath('models', 'wake-words');
    const program = loadProgram(folder);
    const sound = Int16Array.from({ length: 16_000 }, (_, i) =>
      Math.round(9000 * Math.sin(i * (0.05 + i / 40000))),
    );
    const own = runStream(program, sound, { trace: true });
    const given = {
      json: readFileSync(`${folder}/model.json`, 'utf8'),
      weights: [...readFileSync(`${folder}/${program.source.file}`)],
      pcm: [...sound],
    };
    const found = runInPage(
      bundle,
      given,
      `const program = egru.buildProgram({ json, weights: Uint8Array.from(weights) });
       const { events, trace } = egru.runStream(program, Int16Array.from(pcm), { trace: true });
       return { program: egru.programToJson(program), events, trace: [...trace] };`,
    );
    expect(found).toEqual({
      program: programToJson(program),
      events: own.events,
      trace: [...(own.trace ?? [])],
    });
  });

  it('refuses weights for which it was given no reader', () => {
    const json = readFileSync(`${MODEL}/model.json`, 'utf8').replace('.safetensors', '.pt');
    const message = runInPage(
      bundle,
      { json },
      `try { egru.buildProgram({ json, weights: new Uint8Array(8) }); } catch (error) {
         return [error instanceof egru.InputError, error.message];
       }`,
    );
    expect(message).toEqual([
      true,
      'model/weights.pt: weights are read from .safetensors files (found ".pt")',
    ]);
  });
});

describe('egru/weights', () => {
  it('gives a page readers for every kind of weights', async () => {
    const bundle = await bundleOf(packagePath('compiler', 'core', 'weights.ts'));
    expect(bundle.imports).toEqual([]);
    expect(runInPage(bundle, {}, 'return [...egru.allWeights.keys()]')).toEqual([
      '.pt',
      '.pth',
      '.ckpt',
      '.safetensors',
      '.npz',
    ]);
  });
});

describe('egru/codegen', () => {
  it.each(['packed', 'unrolled'] as const)('makes the files of the %s kernel in a page', async (kernel) => {
    const bundle = await bundleOf(packagePath('compiler', 'codegen', 'index.ts'), 'codegen');
    const core = await bundleOf(packagePath('compiler', 'core', 'index.ts'), 'core');
    expect(bundle.imports).toEqual([]);
    const program = loadProgram(MODEL);
    const assets = packageAssets();
    const { version, templates, runtime, license } = assets;
    const options = { kernel, command: 'page' };
    const found = runInPage(
      [core, bundle],
      {
        json: programToJson(program),
        version,
        templates: [...templates],
        runtime: [...runtime],
        license,
        options,
      },
      `const assets = { version, templates: new Map(templates), runtime: new Map(runtime), license };
       const program = core.programFromJson(json, 'program.json');
       return codegen.emitProject(program, { ...options, assets });`,
    );
    expect(found).toEqual(emitProject(program, { ...options, assets }));
  });
});
