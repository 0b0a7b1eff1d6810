// SPDX-License-Identifier: Apache-2.0

/** Registers of a block's accumulators, by slot. */
export const SLOT_REGISTERS = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r8', 'r9', 'r10', 'r11', 'r12', 'lr'];
/** Scratch: what is added, and pointers. */
export const X = 'r6';
export const Y = 'r7';
