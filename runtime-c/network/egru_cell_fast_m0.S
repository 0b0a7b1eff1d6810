/* SPDX-License-Identifier: Apache-2.0
 *
 * The eGRU cell of egru_cell_m0.S in fewer cycles, with 17 KB of tables: both softsigns and the new state of every
 * unit, fused in one loop. The same integers as egru_gate, egru_i_softsign and egru_blend.
 *
 * Softsign without division, y = floor(1024 n / b) with n = |acc|, c = n >> 5, r = n & 31 and b = 1024 + c, by ranges:
 *
 * Below 65536 (c < 2048) it is s >> 16 with s = B n + A, B and A from a table by c. B is 2^26 / b, rounded to nearest:
 * B = 2^26 / b + d, |d| <= 1/2, and A = ceil(-32 c d) + (d < 0 ? 16 : 0), so that s - 2^16 (1024 n / b) = r d + (less
 * than 1) + (d < 0 ? 16 : 0) lies in 0 .. 17. That is less than 2^16 / b, at least 21, which is the least distance of
 * 1024 n / b from the next integer. For c = 0, where 2^16 has no room, B is 65535 and A 31. s is below 2^31.
 * With the sign: softsign(-n) = floor((65535 - s) / 2^16), and z is (2^31 + s) >> 17 or (2^31 + 65535 - s) >> 17.
 *
 * 65536 .. 131071 (c < 4096): the same with s >> 17. B = 2^27 / b + d, and A is even but for bit 15 of B, which lands in
 * it: -32 c d + (d < 0 ? 16 : 0) rounded up by less than 2. So s - 2^17 (1024 n / b) lies in 0 .. 18, less than
 * 2^17 / b, at least 25. s is below 2^32. z is (2^32 + s) >> 18, or (2^32 + 131071 - s) >> 18, where 131070 does, since
 * s % 2^17 is at most 2^17 - 8.
 *
 * From there to 2^21 - 1, and flat beyond: 32768 - y = q = ceil((2^25 - 1024 r) / b) (NUMERICS.md). A table gives q0,
 * off by at most a relative 2^-6.1; one Newton step, q1 = q0 - ((q0 b + 1024 r - 2^25 + 256) q0 >> 25), gives q or
 * q - 1. The 256 keep the step below the true value; |products| < 2^31. q1 it is exactly if
 * q1 b + 1024 r >= 2^25, that is if bit 25 of the sum is set.
 *
 * Compared with the division for every n in test/kernel/cell.test.ts.
 *
 * Of layers with events: egru_i_cell_keep_m0 leaves gates and candidates where the accumulators were, 4 cycles more for
 * each unit, and egru_i_cell_still_m0 goes on from them while the accumulators stay the same: 15 cycles.
 */
#include "egru_target.h"

#ifdef EGRU_M0

    .syntax unified
    .cpu cortex-m0plus
    .thumb

@ Registers of the loop: r4 tables, r5 byte of the unit from the states' end, r6 accumulators, r7 end of the states,
@ r8 2^31, r9 2^31 + 65535, r10 r4, r11 1024, r12 256 - 2^25, lr 65535.

@ acc becomes s, below 131072. to: 16 below 65536, 15 from there on. Changes t, r3. 8 cycles.
.macro small acc, t=r2, to=16
    lsrs \t, \acc, #5
    lsls \t, \t, #2
    ldr \t, [r4, \t]
    uxth r3, \t             @ B
    muls \acc, r3, \acc
    asrs \t, \t, #\to       @ A
    adds \acc, \acc, \t
.endm

@ acc, negative, becomes -s; r2 is -acc.
.macro small_negative acc, to=16
    lsrs r2, r2, #5
    lsls r2, r2, #2
    ldr r2, [r4, r2]
    uxth r3, r2
    muls \acc, r3, \acc
    asrs r2, r2, #\to
    subs \acc, \acc, r2
.endm

@ r3 takes q - 1 for n of 131072 or more. Changes n, t. far_coarse belongs elsewhere.
.macro far id, n, t
    lsrs \t, \n, #18
    bne coarse\id
    lsrs r3, \n, #10        @ 128 .. 255
newton\id:
    lsls r3, r3, #1
    negs r3, r3
    ldrh r3, [r4, r3]       @ q0
    lsrs \t, \n, #5
    add \t, r11             @ b
    lsls \n, \n, #27
    lsrs \n, \n, #17        @ 1024 r
    mov r4, r3
    muls r4, \t, r4
    adds r4, r4, \n
    add r4, r12             @ |q0 b + 1024 r - 2^25 + 256| < 2^19
    muls r4, r3, r4
    asrs r4, r4, #25
    subs r3, r3, r4         @ q1: q or q - 1
    muls \t, r3, \t
    adds \t, \t, \n
    lsrs \t, \t, #25        @ 1: q1 is q
    subs r3, r3, \t
    mov r4, r10
flat\id:
.endm

.macro far_coarse id, n, t
coarse\id:
    lsrs \t, \n, #21
    beq 1f
    ldr r3, =32768 - 32264 - 1
    b flat\id
1:  lsrs r3, \n, #13        @ 32 .. 255
    adds r3, #256 - 32
    b newton\id
.endm

@ The update gate z in r0, the candidate in `g`: the new state, and on to the next unit of `cell`, 11 cycles; 12 from
@ `far` away.
.macro blend cell, g, from=near
    .ifc \cell, _keep
    subs r6, #8
    stm r6!, {r0, \g}
    .endif
    ldrsh r2, [r7, r5]      @ h
    subs r1, \g, r2
    muls r1, r0, r1         @ |z (g - h)| < 2^31
    asrs r1, r1, #15
    adds r1, r1, r2
    strh r1, [r7, r5]
    adds r5, #2
    .ifc \from, far
    beq 1f
    b .Lunit\cell
1:
    .else
    bne .Lunit\cell
    .endif
    pop {pc}
.endm

@ z in r0: on to g, whose accumulator is in r1.
.macro candidate cell
    asrs r2, r1, #16
    bne .Lg_other\cell
    small r1
    asrs r1, r1, #16
    blend \cell, r1
.endm

/* Not for C. r6: accumulators within +-(2^31 - 1), z and g of each unit in turn, read only; r7: int16 states, replaced;
 * r8: their end, at least one unit. Changes r0 .. r12. The second one replaces
 * accumulators by z and g. */
.macro cell_of cell
    .section .text.egru_i_cell\cell\()_m0, "ax", %progbits
    .balign 8
    .global egru_i_cell\cell\()_m0
    .type egru_i_cell\cell\()_m0, %function
egru_i_cell\cell\()_m0:
    push {lr}
    mov r2, r8
    subs r5, r7, r2
    mov r7, r2
    ldr r4, =egru_cell_fast_constants
    ldm r4!, {r0-r2}        @ and r4 is the table behind
    mov r9, r0
    mov r10, r4
    mov r12, r1
    mov lr, r2
    subs r0, r0, r2
    mov r8, r0
    lsrs r0, r0, #21
    mov r11, r0
    b .Lunit\cell

    far_coarse _z_far_negative\cell, r2, r0
    far_coarse _z_far\cell, r0, r2
.Lz_far_negative\cell:
    far _z_far_negative\cell, r2, r0
    adds r3, #1
    lsrs r0, r3, #1
    b .Lz_done\cell
.Lz_far\cell:
    far _z_far\cell, r0, r2
    mov r0, lr
    subs r0, r0, r3
    lsrs r0, r0, #1
    candidate \cell

.Lz_beyond\cell:
    cmp r3, #1
    bne .Lz_far_negative\cell
    small_negative r0, to=15
    add r0, lr
    add r0, lr
    lsrs r0, r0, #18
    candidate \cell

.Lz_positive\cell:
    lsrs r2, r0, #17
    bne .Lz_far\cell
    small r0, to=15
    lsrs r0, r0, #1
    add r0, r8
    lsrs r0, r0, #17
    candidate \cell

    @ z below zero or beyond the small numbers; its sign is still in the flags.
.Lz_other\cell:
    bpl .Lz_positive\cell
    negs r2, r0
    lsrs r3, r2, #16
    bne .Lz_beyond\cell
    small_negative r0
    add r0, r9
    lsrs r0, r0, #17        @ 252 .. 32516
    candidate \cell

    @ the same of g
.Lg_other\cell:
    bpl .Lg_positive\cell
    negs r2, r1
    lsrs r3, r2, #16
    bne .Lg_beyond\cell
    small_negative r1
    add r1, lr
    asrs r1, r1, #16
    blend \cell, r1

.Lunit\cell:
    ldm r6!, {r0, r1}
    asrs r2, r0, #16
    bne .Lz_other\cell
    small r0
    add r0, r8
    lsrs r0, r0, #17
.Lz_done\cell:
    candidate \cell

.Lg_beyond\cell:
    cmp r3, #1
    bne .Lg_far_negative\cell
    small r2, t=r1, to=15
    lsrs r2, r2, #17
    negs r3, r2
    blend \cell, r3
.Lg_positive\cell:
    lsrs r2, r1, #17
    bne .Lg_far\cell
    small r1, to=15
    lsrs r3, r1, #17
    blend \cell, r3

.Lg_far\cell:
    far _g_far\cell, r1, r2
    mov r1, lr
    lsrs r1, r1, #1
    subs r3, r1, r3
    blend \cell, r3, from=far
.Lg_far_negative\cell:
    far _g_far_negative\cell, r2, r1
    mov r1, lr
    lsrs r1, r1, #1
    subs r3, r3, r1
    blend \cell, r3, from=far
    far_coarse _g_far\cell, r1, r2
    far_coarse _g_far_negative\cell, r2, r1
    .size egru_i_cell\cell\()_m0, . - egru_i_cell\cell\()_m0
    .ltorg
.endm

    cell_of _fast
    cell_of _keep

    .section .text.egru_i_cell_still_m0, "ax", %progbits
    .balign 8
/* Not for C. r6: z and g of each unit in turn; r7, r8: as above. r0 becomes 0 where no state has changed. Changes r1 .. r7. */
    .global egru_i_cell_still_m0
    .type egru_i_cell_still_m0, %function
egru_i_cell_still_m0:
    mov r0, r8
    subs r5, r7, r0
    mov r7, r0
    movs r0, #0
1:  ldm r6!, {r1, r2}       @ z, g
    ldrsh r3, [r7, r5]
    subs r2, r2, r3
    muls r2, r1, r2         @ |z (g - h)| < 2^31
    asrs r2, r2, #15
    orrs r0, r2
    adds r2, r2, r3
    strh r2, [r7, r5]
    adds r5, #2
    bne 1b
    bx lr
    .size egru_i_cell_still_m0, . - egru_i_cell_still_m0

    .section .rodata.egru_i_cell_fast_m0, "a", %progbits
    .balign 4
    .space 2
@ q0 below the table, from its end down: for n >> 13 = 255 .. 32, then for n >> 10 = 255 .. 128; each is 2^25 / b in the
@ middle of its range.
    .set k, 255
    .rept 224
    .set b, 256 * k + 1024 + 128
    .hword (0x2000000 + b / 2) / b
    .set k, k - 1
    .endr
    .set k, 255
    .rept 128
    .set b, 32 * k + 1024 + 16
    .hword (0x2000000 + b / 2) / b
    .set k, k - 1
    .endr
    .space 2 * 127 - 12
egru_cell_fast_constants:
    .word 0x8000ffff
    .word 256 - 0x2000000
    .word 65535
@ A << 16 | B by c
egru_cell_fast_table:
    .hword 65535, 31
    .set c, 1
    .rept 2047
    .set b, 1024 + c
    .set q, (0x4000000 + b / 2) / b
    .set s, b * q - 0x4000000 @ b d
    .hword q, (65536 * b - 32 * c * s + b - 1) / b - 65536 + 16 * ((s >> 31) & 1)
    .set c, c + 1
    .endr
@ From c = 2048 on
    .rept 2048
    .set b, 1024 + c
    .set q, (0x8000000 + b / 2) / b
    .set s, b * q - 0x8000000 @ b d
    .set a, -32 * c * s + 16 * b * ((s >> 31) & 1) - (q >> 15) * b @ b (A - bit 15 of B)
    .hword q, (a + 2 * b - 1 + 131072 * b) / (2 * b) - 65536
    .set c, c + 1
    .endr

#endif
