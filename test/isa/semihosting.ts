// SPDX-License-Identifier: Apache-2.0
import type { MemoryView } from '../../compiler/emulator/samd21/samd21.ts';

const SYS_WRITEC = 0x03;
const SYS_WRITE0 = 0x04;
const SYS_EXIT = 0x18;
const APPLICATION_EXIT = 0x20026;

/** The operations of Arm semihosting that test images use; the firmware uses none. */
export class Semihosting {
  readonly #pieces: string[] = [];

  /** @param exit called when the program ends itself */
  constructor(private readonly exit: () => void) {}

  get output(): string {
    return this.#pieces.join('');
  }

  serve(op: number, arg: number, memory: MemoryView): number {
    switch (op) {
      case SYS_WRITEC:
        this.#pieces.push(String.fromCharCode(memory.peek8(arg)));
        return 0;
      case SYS_WRITE0: {
        let text = '';
        for (let at = arg; memory.peek8(at) !== 0; at++) text += String.fromCharCode(memory.peek8(at));
        this.#pieces.push(text);
        return 0;
      }
      case SYS_EXIT:
        if (arg !== APPLICATION_EXIT)
          throw new Error(`image stopped with 0x${arg.toString(16)}: ${this.output.slice(-200)}`);
        this.exit();
        return 0;
      default:
        throw new Error(`semihosting operation 0x${op.toString(16)} is not served`);
    }
  }
}
