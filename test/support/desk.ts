// SPDX-License-Identifier: Apache-2.0
/** An emulated board on the desk of whoever tests it: text to and from its ports, and a hand that holds it up. */

import type { Microphone } from '../../compiler/boards/boards.ts';
import { EmulatedDevice } from '../../compiler/machines/emulated/emulated-device.ts';
import { CHIP } from './chip-facts.ts';

/** `b .`: an instruction that branches to itself. */
const LOOP = 0xe7fe;
const MILLISECOND = 48_000;

export class Desk {
  readonly board: EmulatedDevice;
  /** From the UART, and from USB. */
  said = '';
  saidUsb = '';

  /** start: milliseconds until a board has started, and a USB host has found it, too. */
  constructor(image: Uint8Array, microphone: Microphone, { usb = false, start = 20 } = {}) {
    this.board = new EmulatedDevice({ chip: CHIP, image, microphone, usb });
    this.board.onUart = (bytes) => {
      this.said += Buffer.from(bytes).toString('latin1');
    };
    this.board.onUsb = (bytes) => {
      this.saidUsb += Buffer.from(bytes).toString('latin1');
    };
    this.board.run(start);
  }

  ask(text: string | Uint8Array, milliseconds = 20): string {
    this.said = '';
    this.board.send(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
    this.board.run(milliseconds);
    return this.said;
  }

  askUsb(text: string | Uint8Array, milliseconds = 40): string {
    this.saidUsb = '';
    this.board.usb?.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
    this.board.run(milliseconds);
    return this.saidUsb;
  }

  /** Lines that report keywords. */
  get events(): string[] {
    return this.said.split('\n').filter((line) => line.startsWith('event'));
  }

  /**
   * Holds the main loop up where it next calls a function. Interrupts are served meanwhile, or wait too (masked).
   * @param spare an address in flash where nothing is
   */
  hold(address: number, spare: number, milliseconds: number, masked = false, onHold = () => {}): void {
    const { chip } = this.board;
    const { core } = chip;
    const [low, high] = [chip.peek8(spare), chip.peek8(spare + 1)];
    chip.memory.load({ address: spare, bytes: Uint8Array.of(LOOP & 255, LOOP >> 8) });
    chip.hook(address, () => {
      chip.hook(address, null);
      core.registers[15] = spare;
      core.PM = masked;
      chip.stop();
    });
    if (chip.run(1000 * MILLISECOND) !== 'stopped') throw new Error('the function is never called');
    onHold();
    chip.run(milliseconds * MILLISECOND);
    // Back only from thread mode: a handler may be under way.
    while (core.IPSR !== 0) chip.run(1);
    core.registers[15] = address;
    core.PM = false;
    core.lookNow();
    chip.memory.load({ address: spare, bytes: Uint8Array.of(low, high) });
  }
}
