/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse rows on the Cortex-M0+; elsewhere they are in egru_sparse.c, which defines the format. Not for C: generated steps
 * call these functions.
 */
#include "egru_target.h"

#ifdef EGRU_M0

    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .section .text.egru_i_sparse_cells_m0, "ax", %progbits
    .balign 8

@ The cells of the two inputs in r3. r2 0x8000: what shifts from the upper half into the sign of the lower one is replaced.
.macro cells
    ldm r0!, {r3}
    asrs r4, r3, #1
    mov r6, r4
    eors r6, r3
    ands r6, r2
    eors r4, r6
    asrs r5, r4, #1
    mov r6, r5
    eors r6, r4
    ands r6, r2
    eors r5, r6
    stm r1!, {r3-r5}
    mvns r3, r3
    mvns r4, r4
    mvns r5, r5
    stm r1!, {r3-r5}
.endm

/* r0 inputs, r8 their end, a multiple of 8 bytes behind; r1 cells. Changes r0 .. r7. 51 cycles for four inputs. */
    .global egru_i_sparse_cells_m0
    .type egru_i_sparse_cells_m0, %function
egru_i_sparse_cells_m0:
    movs r2, #1
    lsls r2, r2, #15
    movs r7, #0
1:  cells
    cells
    stm r1!, {r7}
    cmp r0, r8
    bne 1b
    bx lr
    .size egru_i_sparse_cells_m0, . - egru_i_sparse_cells_m0

/* egru_i_sparse_pairs_N and egru_i_sparse_single_N: N words of a row, N = 1 .. 16. r0 words, r1 cells, r2 sum, r3 0x1fe.
 * Changes r4 .. r6 and moves r0, r1 on. 24 cycles a word, of the other ones 26, and 2 for the return. */
@ One number of a word: its bits come from shifting by `shift`.
.macro cell direction, shift
    \direction r5, r4, #\shift
    ands r5, r3
    ldrsh r6, [r1, r5]
.endm

.macro word kind, n
    .global egru_i_sparse_\kind\()_\n
    .type egru_i_sparse_\kind\()_\n, %function
egru_i_sparse_\kind\()_\n:
    ldm r0!, {r4}
    cell lsls, 1
    .ifc \kind, single
    adds r1, r1, r5
    .endif
    adds r2, r2, r6
    cell lsrs, 7
    adds r1, r1, r5
    adds r2, r2, r6
    cell lsrs, 15
    .ifc \kind, single
    adds r1, r1, r5
    .endif
    adds r2, r2, r6
    cell lsrs, 23
    adds r1, r1, r5
    adds r2, r2, r6
.endm

.macro size kind, n
    .size egru_i_sparse_\kind\()_\n, .Lend_\kind - egru_i_sparse_\kind\()_\n
.endm

.macro chain kind
    .section .text.egru_i_sparse_\kind, "ax", %progbits
    .balign 8
    .irp n, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1
    word \kind, \n
    .endr
    bx lr
.Lend_\kind:
    .irp n, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1
    size \kind, \n
    .endr
.endm

    chain pairs
    chain single

#endif
