// SPDX-License-Identifier: Apache-2.0
/** Program -> text of the generated files. Pure: the same program and options give the same bytes; nothing is written. */
import { InputError } from '../../core/base/errors.ts';
import type { Program } from '../../core/program/program.ts';
import { type KernelName, kernelOf } from '../kernels/index.ts';
import type { EmittedFile, KernelStep } from '../kernels/kernel.ts';
import { namesOf } from '../text/names.ts';
import type { Assets } from './assets.ts';
import { render } from './render.ts';
import { bannerView, headerView, sourceView } from './view.ts';

export { type KernelName, kernelNames } from '../kernels/index.ts';
export type { EmittedFile } from '../kernels/kernel.ts';

/** How C is generated, and from which texts. */
export interface EmitOptions {
  readonly kernel: KernelName;
  /** The command that made the files, for their banner; the caller leaves absolute paths out. */
  readonly command: string;
  /** Templates, runtime and version. */
  readonly assets: Assets;
  /** What files and names begin with: see namesOf. */
  readonly prefix?: string;
  /** SPDX expression of the weights' licence, of which model.json says it; null: not stated. */
  readonly license?: string | null;
}

/**
 * The generated files of a program: model.h, model.c and what the kernel adds.
 * @param runtime folder of the runtime as #include names it, with its slash; nothing: the runtime is on the include path
 * @throws InputError where a label, a name, the prefix or a size cannot be expressed
 */
export function emit(program: Program, options: EmitOptions, runtime = ''): EmittedFile[] {
  const { assets } = options;
  const names = namesOf(options.prefix, runtime);
  const kernel = kernelOf(options.kernel);
  const stranger = program.layers.find((layer) => !kernel.computes(layer));
  if (stranger !== undefined) {
    const problem = `the ${kernel.name} kernel has no code for layers of type "${stranger.type}"`;
    throw new InputError(program.name, problem, `layer ${stranger.name}`);
  }
  const step = kernel.step(program, names);
  const shown = {
    command: options.command,
    version: assets.version,
    names,
    license: options.license ?? null,
  };
  const { templates } = assets;
  return [
    {
      path: `${names.prefix}.h`,
      text: render(templates, 'model.h', headerView(program, kernel.scratchWords(program), shown)),
    },
    {
      path: `${names.prefix}.c`,
      text: render(templates, 'model.c', sourceView(program, step, { ...shown, kernel: kernel.name })),
    },
    ...step.files.map(({ path, text }) => ({
      path,
      text:
        render(templates, 'banner', bannerView(program, shown, path, `the step, ${kernel.name} kernel`)) +
        text,
    })),
    ...step.sources,
  ];
}

/** What measurements and proofs need to know of a kernel's step: see KernelStep. */
export function kernelFacts(
  program: Program,
  kernel: KernelName,
): Pick<KernelStep, 'layerSymbols' | 'indirect'> {
  return kernelOf(kernel).step(program, namesOf());
}
