/* SPDX-License-Identifier: Apache-2.0
 *
 * egru_i_softsign for the Cortex-M0+, which has no division: a table and multiplications.
 *
 * With n = |acc|, c = n >> 5 and b = 1024 + c the result is y = floor(1024 n / b). Each of the three ranges below
 * finds y or y + 1 and then subtracts 1 where y + 1 it was, that is where 1024 (n - y) < y c.
 *
 * n < 49152: n - 1024 n / b = n c / b. c / b, times 2^17, comes from a table over c >> 4 by linear interpolation. An
 * entry holds the value at the start of its range in bits 31..15 and the slope, times 2^9, in bits 15..0: the bits
 * that both use are part of the table's rounding, and 1.05 + 5.85 (1024 / b)^3 halfword units lift the chord, which
 * runs below the curve by up to 8, above it.
 *
 * n < 2^19: y0 = 32768 - 64 v, v from a table over n >> 12, is off by at most a relative 2^-5 of 32768 - y. With
 * e = 1024 n - y0 b and d = 64 v e / 2^25 the quotient e / b is d - d e / 2^25 but for the third order, at most 0.4.
 *
 * n < 2^21: y0 = 32768 - 16 v, v from a table over n >> 14; here d alone is e / b but for at most 0.7, and above it.
 *
 * Cycles, call included: 30, 43, 42, and 2 more for negative numbers; all inputs of the domain are compared with the
 * division by `egru bench`.
 */
#include "egru_target.h"

#ifdef EGRU_M0

    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .section .text.egru_i_softsign, "ax", %progbits
    .balign 8

@ r1 is y or y + 1, r0 is n: returns y or -y.
.macro settle negative
    lsrs r2, r0, #5
    subs r0, r0, r1
    lsls r0, r0, #10
    muls r2, r1, r2
    subs r0, r0, r2
    lsrs r0, r0, #31        @ 1: too large
    .if \negative
    subs r0, r0, r1
    .else
    subs r0, r1, r0
    .endif
    bx lr
.endm

@ r2 is v, r0 n, r1 the place of y0: e to r2, v to r3.
.macro remainder shift
    mov r12, r2
    lsls r2, r2, #\shift
    movs r1, #128
    lsls r1, r1, #8
    subs r1, r1, r2         @ y0
    lsrs r3, r0, #5
    subs r2, r0, r1
    lsls r2, r2, #10
    muls r3, r1, r3
    subs r2, r2, r3         @ |e| < 2^20
    mov r3, r12
.endm

@ r0 is n, at least 0.
.macro softsign negative
    lsrs r1, r0, #9
    cmp r1, #96
    bhs 1f
    lsls r1, r1, #2
    adr r3, .Lratios
    ldr r1, [r3, r1]
    lsls r3, r0, #23
    lsrs r3, r3, #28        @ c & 15
    uxth r2, r1
    muls r3, r2, r3
    lsls r3, r3, #6
    adds r1, r1, r3
    lsrs r1, r1, #15        @ 2^17 c / b
    muls r1, r0, r1         @ n - y < 29492: below 2^32
    lsrs r1, r1, #17
    lsrs r2, r0, #5
    subs r0, r0, r1         @ y or y + 1
    lsls r1, r1, #10
    muls r2, r0, r2
    subs r1, r1, r2
    lsrs r1, r1, #31
    .if \negative
    subs r0, r1, r0
    .else
    subs r0, r0, r1
    .endif
    bx lr
1:  lsrs r1, r0, #12
    cmp r1, #128
    bhs 2f
    adr r3, .Lmiddle0
    ldrb r2, [r3, r1]
    remainder 6
    asrs r2, r2, #4         @ e / 2^4
    muls r3, r2, r3
    asrs r3, r3, #11        @ 2^4 d, below 2^14
    muls r2, r3, r2
    asrs r2, r2, #21        @ 2^4 d e / 2^25
    subs r3, r3, r2
    asrs r3, r3, #4
    adcs r1, r3             @ rounds to the nearest
    settle \negative
2:  lsrs r1, r0, #14
    cmp r1, #128
    bhs 3f
    adr r3, .Llarge0
    ldrb r2, [r3, r1]
    remainder 4
    muls r3, r2, r3
    asrs r3, r3, #21
    adds r1, r1, r3
    settle \negative
3:  movs r0, #126           @ flat: 32264
    lsls r0, r0, #8
    adds r0, #8
    .if \negative
    negs r0, r0
    .endif
    bx lr
.endm

/* int32_t egru_i_softsign(int32_t acc). acc: any int32. Uses no stack. */
    .global egru_i_softsign
    .type egru_i_softsign, %function
egru_i_softsign:
    cmp r0, #0
    bmi .Lnegative
    softsign 0
.Lnegative:
    negs r0, r0
    softsign 1
    .balign 4
.Lratios:
    .set i, 0
    .rept 96
    .set b, 1024 + 16 * i
    .set slope, ((16 << 42) / (b * (b + 16)) + 512) / 1024
    .set high, ((i << 36) / b + 68813 + (383386 << 30) / ((b + 8) * (b + 8) * (b + 8))) / 65536
    .if i == 93
.Lmiddle0: @ 12 bytes before .Lmiddle: clang's adr takes a label, no sum
    .endif
    .word 65536 * high + slope
    .set i, i + 1
    .endr
.Lmiddle: @ n >> 12 = 12 .. 127, q / 64 in the middle
    .set k, 12
    .rept 116
    .if k == 96
.Llarge0: @ 32 bytes before .Llarge
    .endif
    .set b, 128 * k + 1024 + 64
    .byte ((0x80000 << 1) / b + 1) / 2
    .set k, k + 1
    .endr
.Llarge: @ n >> 14 = 32 .. 127, q / 16 in the middle
    .set k, 32
    .rept 96
    .set b, 512 * k + 1024 + 256
    .byte ((0x200000 << 1) / b + 1) / 2
    .set k, k + 1
    .endr
    .size egru_i_softsign, . - egru_i_softsign

#endif
