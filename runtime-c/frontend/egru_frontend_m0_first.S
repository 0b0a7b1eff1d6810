/* SPDX-License-Identifier: Apache-2.0
 *
 * The first radix-4 stage of the features for Armv6-M (Cortex-M0, M0+): the same integers as egru_frontend_stages.c,
 * whose name this function has. Legs are called a, b, c, d for q = 0, 1, 2, 3, and a butterfly, which has no twiddles
 * here but the window's taps, computes
 *     s = a + c, t = a - c, u = b + d, v = b - d
 *     y0 = s + u, y1 = t - j v, y2 = s - u, y3 = t + j v.
 * High registers hold s and t while u and v are computed, because eight low registers do not hold a whole butterfly
 * and `add` takes a high register where `subs` does not. Cycles are those of the Cortex-M0+ (TRM, table 3-1).
 */
#include "egru_target.h"

#ifdef EGRU_M0
#include "egru_frontend_m0.h"

/* One leg: two samples at [r1 + offset] times two taps, into re and im. Hann: 9 cycles, uses r6, r7; else 6. */
    .macro LEG re, im, offset, hann
    ldr \im, [r1, #\offset]
    .if \hann
    ldmia r2!, {r6, r7}
    sxth \re, \im
    asrs \im, \im, #16
    muls \re, r6, \re
    muls \im, r7, \im
    .else
    lsls \re, \im, #16
    asrs \re, \re, #3
    asrs \im, \im, #16
    lsls \im, \im, #13
    .endif
    .endm

/* Stores high + low and high - low at [r0 + at_plus], [r0 + at_minus] and collects their magnitude in r3. */
    .macro STORE_FIRST high, low, at_plus, at_minus
    mov r1, \high
    subs r1, r1, \low
    add \low, \high
    str \low, [r0, #\at_plus]
    str r1, [r0, #\at_minus]
    asrs r2, \low, #31
    eors \low, r2
    orrs r3, \low
    asrs r2, r1, #31
    eors r1, r2
    orrs r3, r1
    .endm

/* Sixteen butterflies; first legs 0, 4, 8, 12, 1, 5, ... of 64 points, 4 bytes each.
 * r1: samples, r2: taps, r12: z, lr: magnitude; [sp]: z at the end of four butterflies, [sp, #4]: at the end of all. */
    .macro FIRST_STAGE hann
1:
    LEG r4, r5, 0, \hann /* a */
    adds r1, #128
    LEG r0, r3, 0, \hann /* c */
    adds r6, r4, r0
    subs r4, r4, r0
    adds r7, r5, r3
    subs r5, r5, r3
    mov r8, r6 /* s */
    mov r9, r7
    mov r10, r4 /* t */
    mov r11, r5
    LEG r0, r3, 64, \hann /* d */
    subs r1, #128
    LEG r4, r5, 64, \hann /* b */
    adds r6, r4, r0 /* u in r6, r7, v in r4, r5 */
    subs r4, r4, r0
    adds r7, r5, r3
    subs r5, r5, r3
    mov r0, r12
    mov r3, lr
    mov r12, r1
    mov lr, r2
    STORE_FIRST r8, r6, 0, 16
    STORE_FIRST r9, r7, 4, 20
    STORE_FIRST r10, r5, 8, 24
    STORE_FIRST r11, r4, 28, 12
    adds r0, #32
    mov r1, r12
    mov r12, r0
    mov r2, lr
    mov lr, r3
    adds r1, #16
    ldr r4, [sp]
    cmp r0, r4
    bne 1b
    subs r1, #60
    adds r4, #128
    str r4, [sp]
    ldr r5, [sp, #4]
    cmp r0, r5
    bne 1b
    .endm

FUNCTION egru_i_frontend_first_stage_64
    ENTER
    sub sp, #8
    mov r12, r0
    movs r3, #0
    mov lr, r3
    adds r0, #128
    str r0, [sp]
    adds r0, #192
    adds r0, #192
    str r0, [sp, #4]
    cmp r2, #0
    beq 2f
    FIRST_STAGE 1
    mov r0, lr
    add sp, #8
    LEAVE
2:
    FIRST_STAGE 0
    mov r0, lr
    add sp, #8
    LEAVE
    .size egru_i_frontend_first_stage_64, . - egru_i_frontend_first_stage_64

#endif
