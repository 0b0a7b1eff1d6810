// SPDX-License-Identifier: Apache-2.0
/** Whether an ELF file's parts lie in the memories of a chip: before anything of them is copied or searched. */
import { type Chip, ramEnd } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import { hex } from '../../core/base/hex.ts';
import { type Elf, FLAG_ALLOCATED } from './elf.ts';
import { imageSize } from './size.ts';

/**
 * Every loaded segment in flash, every allocated section in flash or RAM, and no more of them than there is memory.
 * @param known chips, of which one has to suit
 * @throws InputError that names what suits none of them
 */
export function checkElfMemory(elf: Elf, name: string, known: readonly Chip[]): void {
  const problems = known.map((chip) => problemOf(elf, chip));
  if (problems.includes(null)) return;
  const first = problems[0] ?? { problem: 'no chip is known', where: 'ELF' };
  throw new InputError(name, first.problem, first.where);
}

interface Problem {
  readonly problem: string;
  readonly where: string;
}

function problemOf(elf: Elf, chip: Chip): Problem | null {
  const inFlash = (address: number, length: number) => address + length <= chip.flashBytes;
  const inRam = (address: number, length: number) =>
    address >= chip.ramStart && address + length <= ramEnd(chip);
  for (const { address, bytes } of elf.segments) {
    if (!inFlash(address, bytes.length))
      return outside(`segment at ${hex(address)}`, bytes.length, `the flash of the ${chip.name}`);
  }
  for (const { address, size, flags } of elf.sections) {
    if ((flags & FLAG_ALLOCATED) === 0 || size === 0) continue;
    if (!inFlash(address, size) && !inRam(address, size))
      return outside(`section at ${hex(address)}`, size, `flash and RAM of the ${chip.name}`);
  }
  const { flash, ram } = imageSize(elf);
  if (flash <= chip.flashBytes && ram <= chip.ramBytes) return null;
  const problem = `its sections take ${flash} bytes of flash and ${ram} of RAM, more than the ${chip.name} has`;
  return { problem, where: 'ELF' };
}

function outside(where: string, length: number, memory: string): Problem {
  return { problem: `its ${length} bytes lie outside of ${memory}`, where };
}
