/* SPDX-License-Identifier: Apache-2.0
 *
 * The columns of egru_packed_event.c on the Cortex-M0+.
 */
#include "egru_target.h"

#ifdef EGRU_M0

    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .section .text.egru_i_packed_add_column, "ax", %progbits
    .balign 8

@ Adds r1 to the accumulator whose offset stands at r0 + at. 7 cycles.
.macro entry at
    ldrh r4, [r0, #\at]
    ldr r6, [r3, r4]
    adds r6, r6, r1
    str r6, [r3, r4]
.endm

@ Adds r1 to the accumulators of a list, whose number stands first, and leaves r0 behind it.
.macro list
    ldrh r2, [r0]
    adds r0, #2
    lsrs r5, r2, #2
    beq 2f
1:  entry 0
    entry 2
    entry 4
    entry 6
    adds r0, #8
    subs r5, #1
    bne 1b
2:  lsls r2, r2, #30
    bpl 3f
    entry 0
    entry 2
    adds r0, #4
3:  lsls r2, r2, #1
    bpl 4f
    entry 0
    adds r0, #2
4:
.endm

@ Both lists of one shift: rows that the difference is added to, and rows that it is subtracted from.
.macro lists shift
    mov r1, r7
    mov r5, lr
    .if \shift
    asrs r1, r1, #\shift
    asrs r5, r5, #\shift
    .endif
    subs r1, r1, r5
    list
    negs r1, r1
    list
.endm

/* void egru_i_packed_add_column(const uint16_t *lists, int32_t now, int32_t before, int32_t *acc). 20 bytes of stack;
 * 8 cycles a row, and at most 120 around them. */
    .global egru_i_packed_add_column
    .type egru_i_packed_add_column, %function
egru_i_packed_add_column:
    push {r4-r7, lr}
    mov r7, r1
    mov lr, r2
    lists 0
    lists 1
    lists 2
    pop {r4-r7, pc}
    .size egru_i_packed_add_column, . - egru_i_packed_add_column

#endif
