/* SPDX-License-Identifier: Apache-2.0 */
/* Calls the function that the test puts for CELL with what the test puts into r6 .. r8. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .section .vectors, "a", %progbits
    .word __stack_top
    .word entry

    .section .text.entry, "ax", %progbits
    .global entry
    .type entry, %function
entry:
    bl CELL
    .global done
    .type done, %function
done:
    b done
    .size entry, . - entry
