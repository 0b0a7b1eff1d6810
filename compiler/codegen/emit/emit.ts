// SPDX-License-Identifier: Apache-2.0
/** Program -> text of the generated files. Pure: the same program and options give the same bytes; nothing is written. */
import type { Program } from '../../core/program/program.ts';
import { type EmittedFile, type Kernel, type KernelName, packedKernel } from '../kernels/kernel.ts';
import { unrolledKernel } from '../kernels/unrolled/kernel.ts';
import type { Assets } from './assets.ts';
import { render } from './render.ts';
import { bannerView, headerView, sourceView } from './view.ts';

export { type EmittedFile, type KernelName, kernelNames } from '../kernels/kernel.ts';

/** How C is generated, and from which texts. */
export interface EmitOptions {
  readonly kernel: KernelName;
  /** The command that made the files, for their banner; the caller leaves absolute paths out. */
  readonly command: string;
  /** Templates, runtime and version. */
  readonly assets: Assets;
}

/**
 * The generated files of a program: model.h, model.c and what the kernel adds.
 * @throws InputError where a label, a name or a size cannot be expressed
 */
export function emit(program: Program, options: EmitOptions): EmittedFile[] {
  const { assets } = options;
  const kernel = kernelOf(program, options.kernel);
  const shown = { command: options.command, version: assets.version };
  const { templates } = assets;
  return [
    { path: 'model.h', text: render(templates, 'model.h', headerView(program, kernel, shown)) },
    { path: 'model.c', text: render(templates, 'model.c', sourceView(program, kernel, shown)) },
    ...kernel.files.map(({ path, text }) => ({
      path,
      text:
        render(templates, 'banner', bannerView(program, shown, path, `the step, ${kernel.name} kernel`)) +
        text,
    })),
  ];
}

/** What measurements need to know of a kernel: see Kernel. */
export function kernelFacts(
  program: Program,
  kernel: KernelName,
): Pick<Kernel, 'layerSymbols' | 'scratchWords'> {
  return kernelOf(program, kernel);
}

function kernelOf(program: Program, name: KernelName): Kernel {
  switch (name) {
    case 'packed':
      return packedKernel(program);
    case 'unrolled':
      return unrolledKernel(program);
  }
}
