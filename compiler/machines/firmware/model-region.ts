// SPDX-License-Identifier: Apache-2.0
/** Program -> the model's region of flash: linked on its own, with a header that describes it. */

import { emit, kernelFacts } from '../../codegen/emit/emit.ts';
import { cString } from '../../codegen/text/c-text.ts';
import { programDigest } from '../../core/program/digest.ts';
import type { Program } from '../../core/program/program.ts';
import { compilerVersion, packageAssets } from '../../host/files/assets.ts';
import { type Elf, parseElf } from '../image/elf.ts';
import { readRegion, sealRegion } from '../image/region.ts';
import { buildImage, findToolchain, RegionOverflow } from '../toolchain/arm.ts';
import { pointees } from '../toolchain/code.ts';
import { stackUse } from '../toolchain/stack.ts';
import { modelFlash, tooLarge } from './fit.ts';
import type { FirmwareOptions } from './options.ts';
import { folder, headerFolders, linkerScripts } from './sources.ts';
import { goldenDigest } from './vector-digest.ts';

export interface ModelRegion {
  readonly elf: Elf;
  /** From the chip's modelStart on. */
  readonly bin: Uint8Array;
  readonly map: string;
  /** The functions that model.step can hold. */
  readonly stepFunctions: readonly string[];
  /** Functions of the step that call through pointers, with all that they can call. */
  readonly indirect: ReadonlyMap<string, readonly string[]>;
}

/** @throws InputError where the toolchain is missing or the model does not fit the region */
export async function buildRegion(program: Program, options: FirmwareOptions): Promise<ModelRegion> {
  const { board, kernel } = options;
  const toolchain = findToolchain();
  const model = emit(program, { kernel, command: `egru build --kernel ${kernel}`, assets: packageAssets() });
  const own = folder('firmware/model');
  const headers = folder('firmware/app/model').filter(({ path }) => path.endsWith('/region.h'));
  const runtime = folder('runtime-c');
  const layout = own.find(({ path }) => path.endsWith('.ld'));
  if (layout === undefined) throw new Error('firmware/model has no linker script');
  try {
    const image = await buildImage({
      files: [
        ...own.filter((file) => file !== layout),
        ...headers,
        ...runtime,
        ...model.map(({ path, text }) => ({ path: `model/${path}`, text })),
        { path: 'model/identity.h', text: identity(program, options, toolchain.version) },
      ],
      includes: [...headerFolders(runtime), 'model', 'firmware/app/model'],
      linker: linkerScripts(board, layout),
      optimize: options.optimize ?? '-O2',
      defines: options.defines ?? [],
    });
    const elf = parseElf(image.elf, 'model.elf');
    const stepFunctions = pointees(elf, 'model');
    const indirect = new Map(
      kernelFacts(program, kernel).indirect.map(({ caller, table }) => [caller, pointees(elf, table)]),
    );
    const stack = Math.max(0, ...stepFunctions.map((name) => stackUse(elf, name, [], { indirect }).thread));
    const bin = sealRegion(image.bin, stack);
    const record = readRegion(bin, board.chip.modelStart);
    if (record?.damage !== null || record.length !== bin.length)
      throw new Error(`the model's region is wrong: ${record?.damage ?? 'no header, or a wrong length'}`);
    return { elf: withBytes(elf, bin, board.chip.modelStart), bin, map: image.map, stepFunctions, indirect };
  } catch (error) {
    if (!(error instanceof RegionOverflow)) throw error;
    throw tooLarge(program, kernel, board, 'flash', String(modelFlash(board) + error.excess));
  }
}

function identity(program: Program, { kernel }: FirmwareOptions, toolchain: string): string {
  const bytes = (digest: string) =>
    `{${[...Buffer.from(digest, 'hex')].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ')}}`;
  const facts: readonly [string, string][] = [
    ['NAME', cString(program.name)],
    ['COMPILER', cString(compilerVersion)],
    ['TOOLCHAIN', cString(toolchain)],
    ['KERNEL', cString(kernel)],
    ['WEIGHTS', bytes(program.source.sha256)],
    ['PROGRAM', bytes(programDigest(program))],
    ['VECTORS', bytes(goldenDigest(program))],
  ];
  return `${facts.map(([name, value]) => `#define IDENTITY_${name} ${value}`).join('\n')}\n`;
}

/** The image with the bytes that the header was entered into. */
function withBytes(elf: Elf, bin: Uint8Array, start: number): Elf {
  const fresh = <T extends { readonly address: number; readonly bytes: Uint8Array }>(part: T): T => {
    const at = part.address - start;
    return at < 0 || part.bytes.length === 0
      ? part
      : { ...part, bytes: bin.subarray(at, at + part.bytes.length) };
  };
  return { ...elf, sections: elf.sections.map(fresh), segments: elf.segments.map(fresh) };
}
