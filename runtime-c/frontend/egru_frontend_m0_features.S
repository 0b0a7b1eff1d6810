/* SPDX-License-Identifier: Apache-2.0
 *
 * From the complex spectrum to features for Armv6-M (Cortex-M0, M0+): the same integers as egru_frontend_stages.c,
 * whose names these functions have. Cycles are those of the Cortex-M0+ (TRM, table 3-1).
 */
#include "egru_target.h"

#ifdef EGRU_M0
#include "egru_frontend_m0.h"

/* Leading zeros of a byte, plus 8. Of 0: one less than of 1, so that power 0 finds the segment of power 1. */
    .section .rodata.egru_frontend_zeros, "a", %progbits
    .balign 4
egru_frontend_zeros:
    .byte 14, 15, 14, 14
    .fill 4, 1, 13
    .fill 8, 1, 12
    .fill 16, 1, 11
    .fill 32, 1, 10
    .fill 64, 1, 9
    .fill 128, 1, 8

/* The feature of a power in p, in two parts. n, t: scratch; t holds egru_frontend_zeros; curve: segment of power 1, 480
 * segments on. Bits 23..16 hold the leading one most often: 20 cycles; HIGH, LOW and CLIP belong elsewhere. */
    .macro RANGE id, p, n, t, low
    lsrs \n, \p, #16
    beq \low
    cmp \n, #255
    bhi high\id
    ldrb \n, [\t, \n]
    .endm

    .macro MANTISSA id, p, n, t, curve
mantissa\id:
    lsls \p, \n /* leading one in bit 31 */
    lsls \n, \n, #4
    lsrs \t, \p, #27
    subs \t, \t, \n
    lsls \t, \t, #2
    ldr \n, [\curve, \t]
    lsls \p, \p, #5
    lsrs \p, \p, #16
    uxth \t, \n
    muls \p, \t, \p
    adds \p, \p, \n
    bmi clip\id
    lsrs \p, \p, #16
done\id:
    .endm

/* Leading one in bits 31..24: 5 cycles more. */
    .macro HIGH id, n, t
high\id:
    lsrs \n, \n, #8
    ldrb \n, [\t, \n]
    subs \n, #8
    b mantissa\id
    .endm

/* In bits 15..0: goes on to a mantissa that follows, 2 cycles more, or from bit 7 down 5. */
    .macro LOW id, p, n, t, mantissa
lowest\id:
    ldrb \n, [\t, \p]
    adds \n, #16
    b \mantissa
low\id:
    lsrs \n, \p, #8
    beq lowest\id
    ldrb \n, [\t, \n]
    adds \n, #8
    .endm

    .macro CLIP id, p
clip\id:
    ldr \p, =32767
    b done\id
    .endm

/* curve in r0, power in r1. */
FUNCTION egru_i_frontend_feature
    movs r2, #240
    lsls r2, r2, #3 /* 480 segments */
    adds r0, r0, r2
    ldr r3, =egru_frontend_zeros
    RANGE _one, r1, r2, r3, low_one
    MANTISSA _one, r1, r2, r3, r0
    movs r0, r1
    bx lr
    HIGH _one, r2, r3
    LOW _one, r1, r2, r3, mantissa_one
    b mantissa_one
    CLIP _one, r1
    .ltorg
    .size egru_i_frontend_feature, . - egru_i_frontend_feature

/* Z[k] at r0 and Z[points - k] at r5: the powers of bin k in r5 and of points - k in r6. r2: twiddle k; it and r0 advance.
 * Uses r3, r4, r7, r8, r9. */
    .macro PAIR
    ldmia r0!, {r3, r4} /* p */
    ldmia r5, {r5, r6}  /* q */
    adds r7, r3, r5     /* A in r7, r5, B in r3, r4 */
    subs r3, r3, r5
    subs r5, r4, r6
    adds r4, r4, r6
    adds r7, #1
    lsls r7, r7, #14
    mov r8, r7
    adds r5, #1
    lsls r5, r5, #14
    mov r9, r5
    ldmia r2!, {r5, r6} /* c, s */
    movs r7, r3
    muls r7, r6, r7
    muls r6, r4, r6
    muls r4, r5, r4
    muls r3, r5, r3
    subs r4, r4, r7 /* tr */
    adds r3, r3, r6 /* ti */
    mov r5, r8
    subs r6, r5, r4
    adds r5, r5, r4
    mov r7, r9
    adds r4, r7, r3
    subs r7, r7, r3
    asrs r5, r5, #15 /* low in r5, r7, high in r6, r4 */
    asrs r7, r7, #15
    asrs r6, r6, #15
    asrs r4, r4, #15
    muls r5, r5, r5
    muls r7, r7, r7
    adds r5, r5, r7
    muls r6, r6, r6
    muls r4, r4, r4
    adds r6, r6, r4
    .endm

/* z in r0, points in r1, first in r2, twiddles in r3, curve and features on the stack. In the loop:
 * r0: Z[k], r1: feature k, r2: twiddle k; r8, r9: A; r10: curve, r11: zeros, r12: address of Z[k] + that of
 * Z[points - k], lr: address of feature k + 1 + that of feature points - k. */
FUNCTION egru_i_frontend_pairs
    ENTER
    lsls r4, r1, #3
    adds r4, r4, r0
    adds r4, r4, r0
    mov r12, r4
    ldr r6, [sp, #40]
    lsls r7, r1, #1
    adds r7, r7, r6
    adds r7, r7, r6
    adds r7, #2
    mov lr, r7
    lsls r1, r2, #1
    adds r1, r1, r6
    lsls r2, r2, #3
    adds r0, r0, r2
    adds r2, r2, r3
    ldr r4, [sp, #36]
    movs r5, #240
    lsls r5, r5, #3 /* 480 segments */
    adds r4, r4, r5
    mov r10, r4
    ldr r4, =egru_frontend_zeros
    mov r11, r4
    mov r5, r12
    subs r5, r5, r0
    b 1f

/* Powers below 256, in silence most of them, have code of their own: 22 cycles, and 19 for the mirror image of such a
 * one, otherwise 25. From 256 to 65535: 25 cycles, or 22 for a mirror image. */
    .macro STORE_K
    strh r5, [r1]
    adds r1, #2
    mov r4, r11
    .endm

    .macro STORE_MIRROR to
    mov r4, lr
    subs r4, r4, r1
    strh r6, [r4]
    mov r5, r12
    subs r5, r5, r0
    cmp r5, r0 /* the middle, which is its own mirror image */
    bne \to
    .endm

    CLIP _lowest, r5
    CLIP _lowest_mirror, r6
low_k:
    lsrs r7, r5, #8
    bne 2f
    ldrb r7, [r4, r5]
    adds r7, #16
    MANTISSA _lowest, r5, r7, r4, r3
    STORE_K
    lsrs r7, r6, #8
    bne 3f
    ldrb r7, [r4, r6]
    adds r7, #16
    MANTISSA _lowest_mirror, r6, r7, r4, r3
    STORE_MIRROR 1f
    LEAVE
2:
    ldrb r7, [r4, r7]
    adds r7, #8
    b mantissa_k
3:
    b mirror
1:
    PAIR
    mov r3, r10
    mov r4, r11
    RANGE _k, r5, r7, r4, low_k
    MANTISSA _k, r5, r7, r4, r3
    STORE_K
mirror:
    RANGE _mirror, r6, r7, r4, low_mirror
    MANTISSA _mirror, r6, r7, r4, r3
    STORE_MIRROR 1b
    LEAVE
    LOW _mirror, r6, r7, r4, mantissa_lower
    MANTISSA _lower, r6, r7, r4, r3
    STORE_MIRROR 1b
    LEAVE
    HIGH _k, r7, r4
    HIGH _mirror, r7, r4
    CLIP _k, r5
    CLIP _mirror, r6
    CLIP _lower, r6
    .ltorg
    .size egru_i_frontend_pairs, . - egru_i_frontend_pairs

/* z in r0, points in r1, twiddles in r2. The registers in the loop are those of the pairs. */
FUNCTION egru_i_frontend_pair_powers
    ENTER
    lsls r4, r1, #3
    adds r4, r4, r0
    adds r4, r4, r0
    mov r12, r4
    adds r0, #8
    adds r2, #8
    mov r5, r12
    subs r5, r5, r0
1:
    PAIR
    mov r4, r12
    subs r0, #8
    subs r4, r4, r0
    lsrs r5, r5, #8
    lsrs r6, r6, #8
    str r5, [r0]
    str r6, [r4]
    adds r0, #8
    mov r5, r12
    subs r5, r5, r0
    cmp r5, r0
    bne 1b
    LEAVE
    .size egru_i_frontend_pair_powers, . - egru_i_frontend_pair_powers

#endif
