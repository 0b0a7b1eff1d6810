/* SPDX-License-Identifier: Apache-2.0
 *
 * The first radix-4 stage of the features for Armv6-M (Cortex-M0, M0+): the same integers as egru_frontend_stages.c,
 * which there is egru_i_frontend_first_stage. Legs are called a, b, c, d for q = 0, 1, 2, 3, and a butterfly, which has no twiddles
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

/* A butterfly whose first leg is at [r1 + pcm], its outputs at z + out; `back` brings r1 to the next one's samples.
 * r1: samples, r2: taps, r12: z, lr: magnitude; afterwards r12: samples, lr: taps, r0: z, r3: magnitude.
 * Hann: 105 cycles. */
    .macro BUTTERFLY hann, pcm, out, back=128
    LEG r4, r5, \pcm, \hann /* a */
    adds r1, #128
    LEG r0, r3, \pcm, \hann /* c */
    adds r6, r4, r0
    subs r4, r4, r0
    adds r7, r5, r3
    subs r5, r5, r3
    mov r8, r6 /* s */
    mov r9, r7
    mov r10, r4 /* t */
    mov r11, r5
    LEG r0, r3, \pcm + 64, \hann /* d */
    subs r1, #\back
    LEG r4, r5, \pcm + 64 + \back - 128, \hann /* b */
    adds r6, r4, r0 /* u in r6, r7, v in r4, r5 */
    subs r4, r4, r0
    adds r7, r5, r3
    subs r5, r5, r3
    mov r0, r12
    mov r3, lr
    mov r12, r1
    mov lr, r2
    STORE_FIRST r8, r6, \out, \out + 16
    STORE_FIRST r9, r7, \out + 4, \out + 20
    STORE_FIRST r10, r5, \out + 8, \out + 24
    STORE_FIRST r11, r4, \out + 28, \out + 12
    .endm

/* From one butterfly to the next. */
    .macro RESUME
    mov r1, r12
    mov r12, r0
    mov r2, lr
    mov lr, r3
    .endm

/* Not for C: changes all registers. z in r0, samples in r1, 4-byte aligned, taps or 0 in r2; returns the magnitude in r0.
 * First legs 0, 4, 8, 12, 1, 5, ... of 64 points, 4 bytes each. */
FUNCTION egru_i_frontend_first_64
    push {lr}
    sub sp, #8
    mov r12, r0
    movs r3, #0
    mov lr, r3
    adds r0, #128
    str r0, [sp] /* rectangle: z at the end of four butterflies */
    adds r0, #192
    adds r0, #192
    str r0, [sp, #4] /* z at the end of all */
    cmp r2, #0
    bne 1f
    b 2f
1:
    BUTTERFLY 1, 0, 0
    RESUME
    BUTTERFLY 1, 16, 32
    RESUME
    BUTTERFLY 1, 32, 64
    RESUME
    BUTTERFLY 1, 48, 96, back=124
    adds r0, #128
    ldr r4, [sp, #4]
    cmp r0, r4
    beq 3f
    RESUME
    b 1b
2:
    BUTTERFLY 0, 0, 0, back=112
    adds r0, #32
    RESUME
    ldr r4, [sp]
    cmp r0, r4
    bne 2b
    subs r1, #60
    adds r4, #128
    str r4, [sp]
    ldr r5, [sp, #4]
    cmp r0, r5
    bne 2b
3:
    movs r0, r3
    add sp, #8
    pop {pc}
    .size egru_i_frontend_first_64, . - egru_i_frontend_first_64

#endif
