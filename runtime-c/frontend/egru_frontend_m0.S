/* SPDX-License-Identifier: Apache-2.0
 *
 * The radix-4 stages with twiddles, the second and the third, for Armv6-M (Cortex-M0, M0+): the same integers as
 * egru_frontend_stages.c, whose names these functions have; egru_frontend_m0_first.S has the first stage. Legs are
 * called a, b, c, d for q = 0, 1, 2, 3, and a butterfly computes
 *     s = a + c, t = a - c, u = b + d, v = b - d
 *     y0 = s + u, y1 = t - j v, y2 = s - u, y3 = t + j v.
 * High registers hold s and t while u and v are computed, because eight low registers do not hold a whole butterfly
 * and `add` takes a high register where `subs` does not. Cycles are those of the Cortex-M0+ (TRM, table 3-1).
 */
#include "egru_target.h"

#ifdef EGRU_M0
#include "egru_frontend_m0.h"

/* re + j im := (re + j im) (c - j s) in Q14, from r1 on, which advances. Uses r5, r6, r7; 10 cycles. */
    .macro TWIDDLE re, im
    ldmia r1!, {r5, r6}
    movs r7, \im
    muls r7, r6, r7
    muls r6, \re, r6
    muls \re, r5, \re
    muls \im, r5, \im
    adds \re, \re, r7
    subs \im, \im, r6
    .endm

/* a in (r5, r6), c in (r3, r4): s to r8, r9, t to r10, r11. */
    .macro SUM_AC
    adds r7, r5, r3
    subs r5, r5, r3
    adds r3, r6, r4
    subs r6, r6, r4
    mov r8, r7
    mov r9, r3
    mov r10, r5
    mov r11, r6
    .endm

/* b in (r3, r4), d in (r12, lr): u to r7, r5, v to r3, r4. */
    .macro SUM_BD
    mov r5, r12
    mov r6, lr
    adds r7, r3, r5
    subs r3, r3, r5
    adds r5, r4, r6
    subs r4, r4, r6
    .endm

/* The same two where the twiddles are those of 45 degrees, of which c is turned by 90 and d by 135: c - j s is -j for c,
 * K (-1 - j) for d and K (1 - j) for b. a in (r5, r6), c in (r3, r4), not yet in Q14. */
    .macro SUM_AC_90
    adds r7, r5, r4
    subs r5, r5, r4
    subs r4, r6, r3
    adds r6, r6, r3
    lsls r7, r7, #14
    lsls r4, r4, #14
    lsls r5, r5, #14
    lsls r6, r6, #14
    mov r8, r7
    mov r9, r4
    mov r10, r5
    mov r11, r6
    .endm

/* d in (r3, r4): its sums to r3, r6; free for b: r5, r7. */
    .macro SUM_D_135
    adds r6, r3, r4
    subs r3, r4, r3
    .endm

/* b in (r5, r7), sums of d in r3, r6: u to r7, r5, v to r3, r4. r1: K. */
    .macro SUM_BD_45
    adds r4, r5, r7
    subs r5, r7, r5
    adds r7, r4, r3
    subs r3, r4, r3
    adds r4, r5, r6
    subs r5, r5, r6
    muls r7, r1, r7
    muls r3, r1, r3
    muls r4, r1, r4
    muls r5, r1, r5
    .endm

    .set K, 11585 /* sqrt(1/2) in Q14 */

/* plus := high + low, minus (r6) := high - low, both shifted. */
    .macro OUTPUT high, low, shift
    mov r6, \high
    subs r6, r6, \low
    add \low, \high
    asrs r6, r6, #\shift
    asrs \low, \low, #\shift
    .endm

/* ---- second stage --------------------------------------------------------------------------------------------- */

    .macro LOAD_SHIFTED re, im, offset
    ldr \re, [r0, #\offset]
    ldr \im, [r0, #\offset + 4]
    asrs \re, r2
    asrs \im, r2
    .endm

/* The outputs of a butterfly whose first leg is at [r0 + at]. */
    .macro STORE_SECOND at
    OUTPUT r8, r7, 16
    str r7, [r0, #\at]
    str r6, [r0, #\at + 64]
    OUTPUT r9, r5, 16
    str r5, [r0, #\at + 4]
    str r6, [r0, #\at + 68]
    OUTPUT r10, r4, 16
    str r4, [r0, #\at + 32]
    str r6, [r0, #\at + 96]
    OUTPUT r11, r3, 16
    str r6, [r0, #\at + 36]
    str r3, [r0, #\at + 100]
    .endm

/* 110 cycles; twiddles in r1. */
    .macro SECOND at
    LOAD_SHIFTED r3, r4, \at + 64
    TWIDDLE r3, r4
    LOAD_SHIFTED r5, r6, \at
    adds r5, #2
    adds r6, #2
    lsls r5, r5, #14
    lsls r6, r6, #14
    SUM_AC
    LOAD_SHIFTED r3, r4, \at + 96
    TWIDDLE r3, r4
    mov r12, r3
    mov lr, r4
    LOAD_SHIFTED r3, r4, \at + 32
    TWIDDLE r3, r4
    SUM_BD
    STORE_SECOND \at
    .endm

/* z in r0, points in r1, normalize in r2. */
FUNCTION egru_i_frontend_second_stage
    ENTER
    bl egru_i_frontend_second
    LEAVE
    .size egru_i_frontend_second_stage, . - egru_i_frontend_second_stage
    INNER egru_i_frontend_second
    lsls r1, r1, #3
    adds r1, r1, r0
    push {r1, lr} /* [sp]: end of z */
1:
    /* k = 0, without twiddles: 73 cycles */
    LOAD_SHIFTED r3, r4, 64
    LOAD_SHIFTED r5, r6, 0
    adds r5, #2
    adds r6, #2
    adds r1, r5, r3 /* s in r1, r9, t in r10, r11 */
    subs r5, r5, r3
    adds r3, r6, r4
    subs r6, r6, r4
    mov r9, r3
    mov r10, r5
    mov r11, r6
    LOAD_SHIFTED r3, r4, 96
    LOAD_SHIFTED r5, r6, 32
    adds r7, r5, r3 /* u in r7, r3, v in r5, r4 */
    subs r5, r5, r3
    adds r3, r6, r4
    subs r4, r6, r4
    subs r6, r1, r7
    adds r7, r1, r7
    asrs r6, r6, #2
    asrs r7, r7, #2
    str r7, [r0, #0]
    str r6, [r0, #64]
    OUTPUT r9, r3, 2
    str r3, [r0, #4]
    str r6, [r0, #68]
    OUTPUT r10, r4, 2
    str r4, [r0, #32]
    str r6, [r0, #96]
    OUTPUT r11, r5, 2
    str r6, [r0, #36]
    str r5, [r0, #100]

    ldr r1, =egru_i_twiddles_radix4_16 + 24
    SECOND 8

    /* k = 2: 88 cycles */
    LOAD_SHIFTED r3, r4, 16 + 64
    LOAD_SHIFTED r5, r6, 16
    adds r5, #2
    adds r6, #2
    SUM_AC_90
    LOAD_SHIFTED r3, r4, 16 + 96
    SUM_D_135
    LOAD_SHIFTED r5, r7, 16 + 32
    ldr r1, =K
    SUM_BD_45
    STORE_SECOND 16

    ldr r1, =egru_i_twiddles_radix4_16 + 72
    SECOND 24

    adds r0, #128
    ldr r3, [sp]
    cmp r0, r3
    beq 2f
    b 1b
2:
    pop {r1, pc}
    .ltorg
    .size egru_i_frontend_second, . - egru_i_frontend_second

/* ---- third stage ---------------------------------------------------------------------------------------------- */

/* z in r0, points in r1. r0: a, then b; r2: c, then d. */
FUNCTION egru_i_frontend_third_stage
    ENTER
    bl egru_i_frontend_third
    LEAVE
    .size egru_i_frontend_third_stage, . - egru_i_frontend_third_stage
    INNER egru_i_frontend_third
    lsls r1, r1, #3
    adds r1, r1, r0
    ldr r2, =egru_i_twiddles_radix4_64 + 384
    push {r1, r2, lr} /* [sp]: end of z; [sp, #4]: end of the twiddles */
1:
    movs r2, #255
    adds r2, #1
    adds r2, r2, r0
    /* k = 0, without twiddles */
    ldr r3, [r2, #0]
    ldr r4, [r2, #4]
    ldr r5, [r0, #0]
    ldr r6, [r0, #4]
    adds r5, #1
    adds r6, #1
    SUM_AC
    adds r0, #128
    adds r2, #128
    ldr r5, [r2, #0]
    ldr r6, [r2, #4]
    mov r12, r5
    mov lr, r6
    ldr r3, [r0, #0]
    ldr r4, [r0, #4]
    SUM_BD
    OUTPUT r10, r4, 1
    str r4, [r0, #0]
    str r6, [r2, #0]
    OUTPUT r11, r3, 1
    str r6, [r0, #4]
    str r3, [r2, #4]
    subs r0, #128
    subs r2, #128
    OUTPUT r8, r7, 1
    str r7, [r0, #0]
    str r6, [r2, #0]
    OUTPUT r9, r5, 1
    str r5, [r0, #4]
    str r6, [r2, #4]
    adds r0, #8
    adds r2, #8
    ldr r1, =egru_i_twiddles_radix4_64 + 24
2: /* k = 1 .. 15: 108 cycles a butterfly */
    ldmia r2!, {r3, r4}
    TWIDDLE r3, r4
    ldmia r0!, {r5, r6}
    adds r5, #1
    adds r6, #1
    lsls r5, r5, #14
    lsls r6, r6, #14
    SUM_AC
    adds r0, #120
    adds r2, #120
    ldr r3, [r2, #0]
    ldr r4, [r2, #4]
    TWIDDLE r3, r4
    mov r12, r3
    mov lr, r4
    ldr r3, [r0, #0]
    ldr r4, [r0, #4]
    TWIDDLE r3, r4
    SUM_BD
    OUTPUT r10, r4, 15
    str r4, [r0, #0]
    str r6, [r2, #0]
    OUTPUT r11, r3, 15
    str r6, [r0, #4]
    str r3, [r2, #4]
    subs r0, #128
    subs r2, #128
    mov r3, r8
    subs r3, r3, r7
    add r7, r8
    asrs r3, r3, #15
    asrs r6, r7, #15 /* y0 in r6, r7, y2 in r3, r4 */
    mov r4, r9
    subs r4, r4, r5
    add r5, r9
    asrs r4, r4, #15
    asrs r7, r5, #15
    stmia r0!, {r6, r7}
    stmia r2!, {r3, r4}
    ldr r3, [sp, #4]
    cmp r1, r3
    bne 2b
    /* r0 is at the end of the first quarter: to the next block, if any */
    movs r3, #192
    lsls r3, r3, #1
    adds r0, r0, r3
    ldr r3, [sp]
    cmp r0, r3
    beq 3f
    b 1b
3:
    pop {r1, r2, pc}
    .ltorg
    .size egru_i_frontend_third, . - egru_i_frontend_third

/* ---- all three -------------------------------------------------------------------------------------------------- */
/* z in r0, samples in r1, 4-byte aligned, taps in r2, least shift in r3. Returns the block shift. */
FUNCTION egru_i_frontend_transform_64
    ENTER
    push {r0, r3}
    bl egru_i_frontend_first_64
    ldr r2, [sp, #4]
    lsrs r0, r0, #14
    lsrs r0, r2
    beq 2f
1:
    adds r2, #1
    lsrs r0, r0, #1
    bne 1b
    str r2, [sp, #4]
2:
    ldr r0, [sp]
    movs r1, #64
    bl egru_i_frontend_second
    ldr r0, [sp]
    movs r1, #64
    bl egru_i_frontend_third
    pop {r0, r1}
    movs r0, r1
    LEAVE
    .size egru_i_frontend_transform_64, . - egru_i_frontend_transform_64
#endif
