/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of packed weights on the Cortex-M0+; elsewhere they are in egru_packed_rows.c, which defines the format.
 */
#include "egru_target.h"

#ifdef EGRU_M0

    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .section .text.egru_i_packed_rows_m0, "ax", %progbits
    .balign 8

/* Bytes of a pair's table. */
    .set TABLE, 224

@ Sums with one value of b, in r7: codes 0, 1, 2 of a, no weight, codes 4, 5, 6, one that is never read.
.macro sums
    adds r4, r1, r7
    adds r5, r2, r7
    adds r6, r3, r7
    stm r0!, {r4-r7}
    subs r4, r7, r1
    subs r5, r7, r2
    subs r6, r7, r3
    stm r0!, {r4-r7}
.endm

@ Adds to r6 what the codes at bits 2 .. 7 of r5 choose from a table; `first` makes it what they choose. r3 0xfc, r1 the
@ second table, r7 the fourth.
.macro look table, first=0
    ands r5, r3
    .if \table == 0
    subs r5, #TABLE
    .elseif \table == 2
    adds r5, #TABLE
    .endif
    .if \first
    ldr r6, [r1, r5]
    .elseif \table == 3
    ldr r5, [r7, r5]
    adds r6, r6, r5
    .else
    ldr r5, [r1, r5]
    adds r6, r6, r5
    .endif
.endm

@ Adds r6 to the next accumulator.
.macro accumulate
    ldr r5, [r2]
    adds r6, r6, r5
    stm r2!, {r6}
.endm

@ r6 becomes the sum of what r5 chooses from the first of two tables, r1, and r6 from the second, r7.
.macro both
    ands r5, r3
    ldr r5, [r1, r5]
    ands r6, r3
    ldr r6, [r7, r6]
    adds r6, r6, r5
.endm

/* Not for C. r0 codes, r1 inputs at a multiple of 4 bytes, r2 their number, r3 tables, r4 accumulators, r5 their number, a
 * multiple of 4. Changes r0 .. r12; 12 bytes of stack. */
    .global egru_i_packed_rows_m0
    .type egru_i_packed_rows_m0, %function
egru_i_packed_rows_m0:
    lsls r5, r5, #2
    adds r5, r5, r4
    push {r0, r5, lr}       @ codes, end of the accumulators
    mov r8, r1
    lsls r2, r2, #1
    adds r2, r2, r1
    mov r9, r2              @ end of the inputs
    mov r10, r3
    mov r11, r4
    b .Lgroup

@ No columns are left: all that the rows read of this table is the sum of no weights.
.Lbeyond:
    movs r7, #0
    str r7, [r0, #4 * 27]
    adds r0, #TABLE
    b .Lnext

@ Eight columns, or at most four at the end: their tables, then all rows.
.Lgroup:
    mov r0, r10
    mov r7, r9
    mov r6, r8
    subs r7, r7, r6         @ bytes of inputs that are left
    movs r6, #TABLE / 2
    lsls r6, r6, #2
    cmp r7, #8
    bls 1f
    lsls r6, r6, #1
1:  add r6, r10
    mov r12, r6             @ end of the tables
.Lpair:
    mov r6, r8
    cmp r6, r9
    bhs .Lbeyond
    ldm r6!, {r7}           @ behind an odd last column stands what no code asks for
    mov r8, r6
    sxth r1, r7             @ a
    asrs r7, r7, #16        @ b
    mov lr, r7
    asrs r2, r1, #1
    asrs r3, r1, #2
    sums                    @ b
    mov r7, lr
    asrs r7, r7, #1
    sums                    @ b >> 1
    mov r7, lr
    asrs r7, r7, #2
    sums                    @ b >> 2
    movs r7, #0
    sums                    @ no weight
    mov r7, lr
    negs r7, r7
    sums                    @ -b
    mov r7, lr
    asrs r7, r7, #1
    negs r7, r7
    sums                    @ -(b >> 1)
    mov r7, lr
    asrs r7, r7, #2
    negs r7, r7
    sums                    @ -(b >> 2)
.Lnext:
    cmp r0, r12
    bne .Lpair

    mov r1, r10
    subs r7, r0, r1         @ bytes of tables
    ldr r0, [sp]
    ldr r6, [sp, #4]
    mov lr, r6              @ end of the accumulators
    movs r3, #0xfc
    mov r2, r11
    lsrs r7, r7, #9
    beq .Lfour
    adds r1, #TABLE
    mov r7, r1
    adds r7, #TABLE
    adds r7, #TABLE
@ Four rows of eight columns: three words.
.Leight:
    ldm r0!, {r4}
    lsrs r5, r4, #4
    look 1, first=1
    lsls r5, r4, #2
    look 0
    lsrs r5, r4, #10
    look 2
    lsrs r5, r4, #16
    look 3
    accumulate
    lsrs r5, r4, #22
    look 0, first=1
    lsrs r4, r4, #30
    lsls r4, r4, #2
    mov r12, r4             @ a third of the last row's last codes
    ldm r0!, {r4}
    lsls r5, r4, #2
    look 1
    lsrs r5, r4, #4
    look 2
    lsrs r5, r4, #10
    look 3
    accumulate
    lsrs r5, r4, #22
    look 1, first=1
    lsrs r5, r4, #16
    look 0
    lsrs r4, r4, #30
    lsls r4, r4, #4
    add r12, r4
    ldm r0!, {r4}
    lsls r5, r4, #2
    look 2
    lsrs r5, r4, #4
    look 3
    accumulate
    lsrs r5, r4, #16
    look 1, first=1
    lsrs r5, r4, #10
    look 0
    lsrs r5, r4, #22
    look 2
    lsrs r4, r4, #30
    lsls r4, r4, #6
    add r4, r12
    ldr r5, [r7, r4]
    adds r6, r6, r5
    accumulate
    cmp r2, lr
    bne .Leight
    str r0, [sp]
    mov r6, r8
    cmp r6, r9
    blo .Lfurther
    pop {r0, r5, pc}
.Lfurther:
    b .Lgroup

@ The last four columns, four rows of them: three halfwords.
.Lfour:
    mov r7, r1
    adds r7, #TABLE
2:  ldrh r4, [r0]           @ row 0 at bits 0 and 6
    lsls r5, r4, #2
    lsrs r6, r4, #4
    both
    accumulate
    lsrs r4, r4, #10        @ row 1 at bits 12 and 18
    ldrh r6, [r0, #2]
    lsls r5, r6, #6
    orrs r5, r4
    mov r4, r6
    both
    accumulate
    lsrs r5, r4, #6         @ row 2 at bits 24 and 30
    lsrs r6, r4, #12
    ldrh r4, [r0, #4]
    mov r12, r4
    lsls r4, r4, #4
    orrs r6, r4
    both
    accumulate
    mov r4, r12             @ row 3 at bits 36 and 42
    lsrs r5, r4, #2
    lsrs r6, r4, #8
    both
    accumulate
    adds r0, #6
    cmp r2, lr
    bne 2b
    pop {r0, r5, pc}
    .size egru_i_packed_rows_m0, . - egru_i_packed_rows_m0

    .section .text.egru_i_packed_biased_m0, "ax", %progbits
    .balign 8

/* Not for C: egru_i_packed_rows_m0 with the accumulators' first values in front of the codes. */
    .global egru_i_packed_biased_m0
    .type egru_i_packed_biased_m0, %function
egru_i_packed_biased_m0:
    mov r8, r4
    mov r9, r5
1:  ldm r0!, {r6, r7}
    stm r4!, {r6, r7}
    subs r5, #2
    bne 1b
    mov r4, r8
    mov r5, r9
    b egru_i_packed_rows_m0
    .size egru_i_packed_biased_m0, . - egru_i_packed_biased_m0

    .section .text.egru_i_packed_rows, "ax", %progbits
    .balign 8

/* As egru_rows.h has it. 36 bytes of stack, and 12 in egru_i_packed_rows_m0. */
    .global egru_i_packed_rows
    .type egru_i_packed_rows, %function
egru_i_packed_rows:
    push {r4-r7, lr}
    mov r4, r8
    mov r5, r9
    mov r6, r10
    mov r7, r11
    push {r4-r7}
    ldr r4, [sp, #36]
    ldr r5, [sp, #40]
    bl egru_i_packed_rows_m0
    pop {r4-r7}
    mov r8, r4
    mov r9, r5
    mov r10, r6
    mov r11, r7
    pop {r4-r7, pc}
    .size egru_i_packed_rows, . - egru_i_packed_rows

#endif
