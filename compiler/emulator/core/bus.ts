// SPDX-License-Identifier: Apache-2.0
import type { RP2040 } from 'rp2040js';

/** What the core needs from the machine, beside the reads and writes of RP2040. */
export interface Bus extends RP2040 {
  /** Throws ChipFault unless an instruction can be fetched from the (even) address. */
  checkExecutable(address: number): void;
  /** Throws ChipFault unless the 32-bit instruction at the address, whose first half is given, is defined. */
  checkWide(address: number, first: number): void;
  /** Reads without side effects; 0 where there is no memory. */
  peek16(address: number): number;
  peek32(address: number): number;
  /** WFI or WFE is about to put the core to sleep; throws ChipFault in modes that are not modelled. */
  checkSleep(): void;
  /** BKPT: semihosting or a fault. */
  breakpoint(immediate: number, address: number): void;
  /** Remembers the lowest stack pointer; throws ChipFault when it is below the limit. */
  noteStack(pointer: number): void;
  fault(what: string, address: number): never;
}
