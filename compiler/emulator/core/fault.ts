// SPDX-License-Identifier: Apache-2.0

/** `0x` and eight hexadecimal digits, the way addresses are written everywhere in this folder. */
export function hex(value: number, digits = 8): string {
  return `0x${(value >>> 0).toString(16).padStart(digits, '0')}`;
}

/**
 * The firmware did what the chip does not allow (or what this model does not know). On silicon this would be a
 * HardFault, or worse, silence; here it ends the run and names the place.
 */
export class ChipFault extends Error {
  /**
   * @param what the rule that was broken; @param address the address concerned (data, code or register)
   * @param pc address of the instruction; @param cycles core cycles since reset
   */
  constructor(
    readonly what: string,
    readonly address: number,
    readonly pc: number,
    readonly cycles: number,
    /** No handler could run: the stack is spent. */
    readonly fatal = false,
  ) {
    super(`${what}: address ${hex(address)}, pc ${hex(pc)}, cycle ${cycles}`);
    this.name = 'ChipFault';
  }
}
