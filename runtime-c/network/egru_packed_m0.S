/* SPDX-License-Identifier: Apache-2.0
 *
 * The inner loops of the packed kernel on the Cortex-M0+; elsewhere they are in egru_packed.c.
 */
#include "egru_target.h"

#ifdef EGRU_M0

    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .section .text.egru_i_packed_fill_pair, "ax", %progbits
    .balign 8

@ Sums with one value of b, in r7: codes 0, 1, 2 of a, one that is never read, codes 4, 5, 6 and 7.
.macro row
    adds r4, r1, r7
    adds r5, r2, r7
    adds r6, r3, r7
    stm r0!, {r4-r7}
    subs r4, r7, r1
    subs r5, r7, r2
    subs r6, r7, r3
    stm r0!, {r4-r7}
.endm

/* void egru_i_packed_fill_pair(int32_t *table, int32_t a, int32_t b): table[8 * code_b + code_a] = term(code_a, a) +
 * term(code_b, b) for all codes but 3. 20 bytes of stack, 144 cycles. */
    .global egru_i_packed_fill_pair
    .type egru_i_packed_fill_pair, %function
egru_i_packed_fill_pair:
    push {r4-r7, lr}
    mov r7, r2
    mov r12, r2
    asrs r2, r1, #1
    asrs r3, r1, #2
    row                     @ b
    mov r7, r12
    asrs r7, r7, #1
    row                     @ b >> 1
    mov r7, r12
    asrs r7, r7, #2
    row                     @ b >> 2
    adds r0, #32
    mov r7, r12
    negs r7, r7
    row                     @ -b
    mov r7, r12
    asrs r7, r7, #1
    negs r7, r7
    row                     @ -(b >> 1)
    mov r7, r12
    asrs r7, r7, #2
    negs r7, r7
    row                     @ -(b >> 2)
    movs r7, #0
    row                     @ 0
    pop {r4-r7, pc}
    .size egru_i_packed_fill_pair, . - egru_i_packed_fill_pair

    .section .text.egru_i_packed_add_tiles, "ax", %progbits
    .balign 8

@ r5 becomes the sum of the first table for the codes at bits 2 .. 7 of r5, and of the second for those of r6.
.macro sums
    ands r5, r3
    ldr r5, [r1, r5]
    ands r6, r3
    ldr r6, [r7, r6]
    adds r5, r5, r6
.endm

@ Adds r5 to the next accumulator.
.macro accumulate
    ldr r6, [r2]
    adds r5, r5, r6
    stm r2!, {r5}
.endm

/* void egru_i_packed_add_tiles(const uint16_t *codes, const int32_t *table, int32_t *acc, unsigned row_groups): one
 * column group for all rows. 20 bytes of stack, 72 cycles a tile and 20 around them. */
    .global egru_i_packed_add_tiles
    .type egru_i_packed_add_tiles, %function
egru_i_packed_add_tiles:
    push {r4-r7, lr}
    lsls r3, r3, #4
    adds r3, r3, r2
    mov r12, r3             @ end of the accumulators
    mov r7, r1
    adds r7, #255
    adds r7, #1             @ second table
    movs r3, #0xfc
1:  ldrh r4, [r0]           @ row 0 at bits 0 and 6
    lsls r5, r4, #2
    lsrs r6, r4, #4
    sums
    accumulate
    lsrs r4, r4, #10        @ row 1 at bits 12 and 18
    ldrh r6, [r0, #2]
    lsls r5, r6, #6
    orrs r5, r4
    mov r4, r6
    sums
    accumulate
    lsrs r5, r4, #6         @ row 2 at bits 24 and 30
    lsrs r6, r4, #12
    ldrh r4, [r0, #4]
    mov lr, r4
    lsls r4, r4, #4
    orrs r6, r4
    sums
    accumulate
    mov r4, lr              @ row 3 at bits 36 and 42
    lsrs r5, r4, #2
    lsrs r6, r4, #8
    sums
    accumulate
    adds r0, #6
    cmp r2, r12
    bne 1b
    pop {r4-r7, pc}
    .size egru_i_packed_add_tiles, . - egru_i_packed_add_tiles

#endif
