// SPDX-License-Identifier: Apache-2.0
/** egru/codegen: a program to C and assembly. Runs in a page; templates and runtime are handed in, `packageAssets` of egru reads them. */
export type { Assets } from './emit/assets.ts';
export { type EmitOptions, type EmittedFile, type KernelName, kernelNames } from './emit/emit.ts';
export { emitProject } from './emit/project.ts';
export { type PackedCell, registerPackedCell } from './kernels/packed/cells.ts';
export type { UnrolledCell } from './kernels/unrolled/cells/cell.ts';
export { registerUnrolledCell } from './kernels/unrolled/cells/index.ts';
