/* SPDX-License-Identifier: Apache-2.0
 *
 * The eGRU cell behind the matrices, for the Cortex-M0+ and the `unrolled` kernel: both softsigns and the new
 * state of every unit, fused in one loop. The same integers as egru_gate, egru_i_softsign and egru_blend.
 *
 * Softsign without division, y = floor(1024 n / b) with n = |acc| and b = 1024 + c, c = n >> 5:
 *
 * n <= 65536 (c <= 2048). n - 1024 n / b = n c / b, and table[c] = ceil(65536 c / b) is 65536 c / b + e, 0 <= e < 1,
 * so f = (n table[c]) >> 16 is floor(n c / b + n e / 65536): ceil(n c / b) or one less, since n e < 65536. So y is
 * n - f or n - f - 1, and n - f it is exactly if (n - f) b <= 1024 n, that is 1024 f >= (n - f) c. n table[c] is
 * below 2^32. 11 cycles.
 *
 * 65536 <= n < 2^21. 32768 - y = q = ceil((2^25 - 1024 r) / b) with r = n & 31 (NUMERICS.md). A table gives q0,
 * off by at most a relative 2^-6.1; one Newton step, q1 = q0 - ((q0 b + 1024 r - 2^25 + 256) q0 >> 25), gives q or
 * q - 1. The 256 keep the step below the true value; |products| < 2^31. q1 it is exactly if
 * q1 b + 1024 r >= 2^25, that is if bit 25 of the sum is set. Compared with the division for every n in
 * test/kernel/cell.test.ts.
 */
#include "egru_target.h"

#ifdef EGRU_M0

    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .section .text.egru_i_cell_m0, "ax", %progbits
    .balign 8

@ n, 0 .. 65536, becomes its softsign. r4 table, r5 zero; changes r2, r3.
.macro softsign_small n
    lsrs r2, \n, #5
    lsls r2, r2, #1         @ 2 c
    ldrh r3, [r4, r2]
    muls r3, \n, r3
    lsrs r3, r3, #16        @ f
    subs \n, \n, r3         @ y or y + 1
    lsls r3, r3, #11        @ 2048 f
    muls r2, \n, r2         @ 2 c (n - f)
    cmp r3, r2
    sbcs \n, r5
.endm

@ n, 65536 or more, becomes its softsign; r3 holds the byte offset of q0 in the table. Changes r2, r3; r5 is zero again
@ afterwards. r10 32768, r11 1024, r12 256 - 2^25.
.macro softsign_large n
    ldrh r3, [r4, r3]       @ q0
    lsrs r2, \n, #5
    add r2, r11             @ b
    lsls \n, \n, #27
    lsrs \n, \n, #17        @ 1024 r
    mov r5, r3
    muls r5, r2, r5
    adds r5, r5, \n
    add r5, r12             @ |q0 b + 1024 r - 2^25 + 256| < 2^19
    muls r5, r3, r5
    asrs r5, r5, #25
    subs r3, r3, r5         @ q1: q or q - 1
    muls r2, r3, r2
    adds r2, r2, \n
    lsrs r2, r2, #26        @ carry: q1 is q
    movs r5, #0             @ keeps the carry
    mvns \n, r3
    adcs \n, r5
    add \n, r10
.endm

@ The update gate z in r0, the candidate g in r1: the new state, and on to the next unit.
.macro blend negative=0
    ldrsh r2, [r7, r5]      @ h
    .if \negative
    adds r1, r1, r2         @ r1 is -g
    negs r1, r1
    .else
    subs r1, r1, r2
    .endif
    muls r1, r0, r1         @ |z (g - h)| < 2^31
    asrs r1, r1, #15
    adds r1, r1, r2
    strh r1, [r7]
    adds r7, #2
    cmp r7, r8
    bne .Lunit
    pop {r4, pc}
.endm

@ n, 65536 or more, becomes its softsign; then on to `then`.
.macro softsign_beyond n, then
    lsrs r3, \n, #10        @ 64 .. 255 where n is below 2^18
    cmp r3, #255
    bhi 8f
    lsls r3, r3, #1
    negs r3, r3
6:  softsign_large \n
    b \then
8:  lsrs r3, \n, #21
    beq 7f
    ldr \n, =0x1fffff       @ flat beyond
7:  lsrs r3, \n, #13        @ 32 .. 255
    lsls r3, r3, #1
    negs r3, r3
    subs r3, #224
    subs r3, #224
    b 6b
.endm

/* Not for C. r6: accumulators, z and g of each unit in turn, read only; r7: int16 states, replaced; r8: their end,
 * at least one unit. Changes r0 .. r12 except r8. */
    .global egru_i_cell_m0
    .type egru_i_cell_m0, %function
egru_i_cell_m0:
    push {r4, lr}
    ldr r4, =egru_cell_table
    movs r5, #0
    movs r0, #128
    lsls r0, r0, #8
    mov r10, r0
    movs r0, #4
    lsls r0, r0, #8
    mov r11, r0
    ldr r0, =256 - 0x2000000
    mov r12, r0
    b .Lunit

    @ z below zero or beyond the small numbers
.Lz_other:
    adds r2, #1
    bne .Lz_beyond
    negs r0, r0             @ 1 .. 65536
    softsign_small r0
.Lz_negative:
    negs r0, r0
    add r0, r10
    lsrs r0, r0, #1         @ z, 252 .. 32516
    asrs r2, r1, #16
    bne .Lg_other
    softsign_small r1
    blend

    @ the same of g
.Lg_other:
    adds r2, #1
    bne .Lg_beyond
    negs r1, r1
    softsign_small r1
.Lg_negative:
    blend negative=1

.Lunit:
    ldm r6!, {r0, r1}
    asrs r2, r0, #16
    bne .Lz_other
    softsign_small r0
.Lz_positive:
    add r0, r10
    lsrs r0, r0, #1
    asrs r2, r1, #16
    bne .Lg_other
    softsign_small r1
.Lg_positive:
    blend

    @ The sign is still in the flags.
.Lz_beyond:
    bmi 1f
    softsign_beyond r0, .Lz_positive
.Lg_beyond:
    bmi 2f
    softsign_beyond r1, .Lg_positive
1:  negs r0, r0
    softsign_beyond r0, .Lz_negative
2:  negs r1, r1
    softsign_beyond r1, .Lg_negative
    .size egru_i_cell_m0, . - egru_i_cell_m0
    .ltorg

    .section .rodata.egru_i_cell_m0, "a", %progbits
    .balign 4
@ q0 below the table, from its end down: for n >> 13 = 255 .. 32, then for n >> 10 = 255 .. 64; each is 2^25 / b in the
@ middle of its range.
    .set k, 255
    .rept 224
    .set b, 256 * k + 1024 + 128
    .hword (0x2000000 + b / 2) / b
    .set k, k - 1
    .endr
    .set k, 255
    .rept 192
    .set b, 32 * k + 1024 + 16
    .hword (0x2000000 + b / 2) / b
    .set k, k - 1
    .endr
    .space 2 * 63
egru_cell_table:
    .set c, 0
    .rept 2049
    .hword (65536 * c + 1023 + c) / (1024 + c)
    .set c, c + 1
    .endr

#endif
