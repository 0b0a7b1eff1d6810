// SPDX-License-Identifier: Apache-2.0
/** A cell of the runtime alone on the emulated chip. */
import { readFileSync } from 'node:fs';
import { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { runtimeText } from '../../../compiler/host/files/runtime.ts';
import { parseElf, symbolAddress } from '../../../compiler/machines/image/elf.ts';
import { buildImage } from '../../../compiler/machines/toolchain/arm.ts';

const STATES = 0x20000000;
const PATIENCE = 1_000_000_000;

export class CellChip {
  readonly #chip: Samd21;
  readonly #entry: number;

  private constructor(file: Uint8Array) {
    const elf = parseElf(file, 'cell.elf');
    this.#chip = new Samd21({ segments: elf.segments, vectorTable: 0 });
    this.#entry = symbolAddress(elf, 'entry');
    this.#chip.hook(symbolAddress(elf, 'done'), () => this.#chip.stop());
  }

  /** source: of the runtime; cell: the function in it */
  static async create(source: string, cell: string): Promise<CellChip> {
    const file = (path: string, ...from: string[]) => ({
      path,
      text: readFileSync(packagePath(...from, path), 'utf8'),
    });
    const caller = file('cell.S', 'test', 'kernel', 'target');
    const { elf } = await buildImage({
      files: [
        { path: 'cell.S', text: caller.text.replaceAll('CELL', cell) },
        ...[source, 'egru_target.h'].map((path) => ({ path, text: runtimeText(path) })),
      ],
      includes: ['.'],
      linker: [file('step.ld', 'test', 'kernel', 'target')],
      optimize: '-O2',
    });
    return new CellChip(elf);
  }

  /** Units of one call: z and g of each in turn, and the states; both as it leaves them. Returns cycles, the BL included. */
  run(accumulators: Int32Array, states: Int16Array): number {
    const chip = this.#chip;
    const { ram8 } = chip.memory;
    const room = STATES + ((2 * states.length + 3) & ~3);
    const bytes = (array: ArrayBufferView) =>
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    ram8.set(bytes(states), 0);
    ram8.set(bytes(accumulators), room - STATES);
    const { registers } = chip.core;
    registers[6] = room;
    registers[7] = STATES;
    registers[8] = STATES + 2 * states.length;
    registers[13] = chip.peek32(0);
    registers[15] = this.#entry;
    const start = chip.cycles;
    if (chip.run(PATIENCE) !== 'stopped') throw new Error('the cell does not return');
    bytes(states).set(ram8.subarray(0, 2 * states.length));
    bytes(accumulators).set(ram8.subarray(room - STATES, room - STATES + accumulators.byteLength));
    return chip.cycles - start;
  }
}
