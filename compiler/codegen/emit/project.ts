// SPDX-License-Identifier: Apache-2.0
/** A folder that builds by itself: generated files, a Makefile, and in `egru` what they need of the runtime. */
import type { Program } from '../../core/program/program.ts';
import { belongsToOther, type KernelName, kernelOf } from '../kernels/index.ts';
import { namesOf } from '../text/names.ts';
import type { Assets } from './assets.ts';
import { type EmitOptions, type EmittedFile, emit } from './emit.ts';
import { render } from './render.ts';

/** The runtime's folder in the output. */
const RUNTIME = 'egru/';

/**
 * Names of the runtime's files that a program with this kernel needs, sorted; microphones are the firmware's matter.
 */
export function runtimeFiles(
  { runtime }: Pick<Assets, 'runtime'>,
  program: Program,
  kernel: KernelName,
): string[] {
  return [...runtime.keys()]
    .filter((name) => /\.[chS]$/.test(name) && !name.startsWith('egru_mic'))
    .filter((name) => !belongsToOther(kernel, name) && neededFor(program, name))
    .filter((name) => kernelOf(kernel).leavesOut?.(program, name) !== true)
    .sort();
}

/**
 * What only sound or streams need; the stream's code refers to the feature extractor, used or not, and egru.h to its
 * header.
 */
function neededFor({ frontend, detect }: Program, name: string): boolean {
  if (name.startsWith('egru_learn')) return false; // what a firmware links that learns
  if (/^egru_(detect|softmax|stream)(_|\b)/.test(name)) return detect !== undefined;
  if (name === 'egru_frontend.h') return true;
  return frontend !== null || detect !== undefined || !name.startsWith('egru_frontend');
}

/**
 * Everything that `egru compile` writes besides program.json.
 * @throws InputError as emit does
 */
export function emitProject(program: Program, options: EmitOptions): EmittedFile[] {
  const generated = emit(program, options, RUNTIME);
  const { assets } = options;
  const { prefix } = namesOf(options.prefix);
  const runtime = runtimeFiles(assets, program, options.kernel).map((name) => ({
    path: `${RUNTIME}${name}`,
    text: assets.runtime.get(name) ?? '',
  }));
  const names = [...generated, ...runtime].map(({ path }) => path);
  const makefile = render(assets.templates, 'Makefile', {
    version: assets.version,
    prefix,
    objects: objects(names).join(' '),
    headers: names.filter((name) => name.endsWith('.h')).join(' '),
  });
  return [
    ...generated,
    { path: 'Makefile', text: makefile },
    ...runtime,
    { path: `${RUNTIME}LICENSE`, text: assets.license },
  ];
}

/** The ending stays in the name: a step may exist as model_step.S and model_step.c, one of them empty. */
function objects(names: readonly string[]): string[] {
  return names.filter((name) => /\.[cS]$/.test(name)).map((name) => `${name}.o`);
}
