/* SPDX-License-Identifier: Apache-2.0
 *
 * The half-band filter, the removal of the constant part and the copies around them for Armv6-M (Cortex-M0, M0+): the
 * same integers as egru_mic_half.c, whose names these functions have. Cycles are those of the Cortex-M0+ (TRM, table
 * 3-1).
 */
#include "egru_target.h"

#ifdef EGRU_M0
#include "egru_mic_m0.h"

/* ---- half-band -------------------------------------------------------------------------------------------------- */

/* Taps \j and \j + 1. */
    .macro PAIR j, even, odd
    ldr r3, [r0, #(4 * \j + 4)]
    ldr r5, [r0, #(92 - 4 * \j)]
    BOTH \even, r2, r3, r4, r5
    ldr r2, [r0, #(4 * \j + 8)]
    ldr r4, [r0, #(88 - 4 * \j)]
    BOTH \odd, r3, r2, r5, r4
    .endm

/* s in r0, values in r1. Sixteen pairs of outputs, 171 cycles each. */
FUNCTION egru_i_mic_half_filter
    ENTER
    mov r12, r1
    adds r1, #128
    mov lr, r1
    movs r1, r0
    adds r1, #8 /* even + 1 */
    adds r0, #184 /* odd + 1 */
1:
    ldmia r1!, {r2, r3}
    lsls r2, r2, #12
    lsls r3, r3, #12
    mov r8, r2
    mov r9, r3
    movs r2, #0
    mov r10, r2
    mov r11, r2
    ldr r2, [r0]
    ldr r4, [r0, #96]
    PAIR 0, -6, 12
    PAIR 2, -22, 38
    PAIR 4, -61, 93
    PAIR 6, -138, 203
    PAIR 8, -301, 469
    PAIR 10, -836, 2597
    FINISH 9
    adds r0, #8
    cmp r7, lr
    beq 2f
    b 1b
2:
    LEAVE
    .size egru_i_mic_half_filter, . - egru_i_mic_half_filter

/* ---- shared ----------------------------------------------------------------------------------------------------- */

/* The constant part out of \value, which becomes a sample. r4: 2^14 times the constant part. 8 cycles. */
    .macro SAMPLE value, saturate
    asrs r7, r4, #8
    subs \value, \value, r7
    adds r4, r4, \value
    adds \value, #32
    asrs \value, \value, #6
    sxth r7, \value
    cmp r7, \value
    bne \saturate
    .endm

    .macro SATURATED value
    asrs r7, \value, #31
    ldr \value, =32767
    eors \value, r7
    .endm

/* mean in r0, values in r1, pcm in r2, their even number in r3. */
FUNCTION egru_i_mic_level
    push {r4-r7, lr}
    ldr r4, [r0]
1:
    ldmia r1!, {r5, r6}
    SAMPLE r5, 3f
2:
    strh r5, [r2]
    SAMPLE r6, 5f
4:
    strh r6, [r2, #2]
    adds r2, #4
    subs r3, #2
    bne 1b
    str r4, [r0]
    pop {r4-r7, pc}
3:
    SATURATED r5
    b 2b
5:
    SATURATED r6
    b 4b
    .ltorg
    .size egru_i_mic_level, . - egru_i_mic_level

/* to in r0, from in r1, words in r2, a multiple of 4. */
FUNCTION egru_i_mic_move
    push {r4-r6, lr}
1:
    ldmia r1!, {r3-r6}
    stmia r0!, {r3-r6}
    subs r2, #4
    bne 1b
    pop {r4-r6, pc}
    .size egru_i_mic_move, . - egru_i_mic_move

/* even in r0, odd in r1, words in r2: 32 pairs. */
FUNCTION egru_i_mic_split
    push {r4-r7, lr}
    movs r7, #16
1:
    ldmia r2!, {r3-r6}
    asrs r3, r3, #14
    asrs r4, r4, #14
    asrs r5, r5, #14
    asrs r6, r6, #14
    stmia r0!, {r3}
    stmia r0!, {r5}
    stmia r1!, {r4}
    stmia r1!, {r6}
    subs r7, #1
    bne 1b
    pop {r4-r7, pc}
    .size egru_i_mic_split, . - egru_i_mic_split

/* even in r0, odd in r1, counts in r2: 32 pairs. */
FUNCTION egru_i_mic_split_counts
    push {r4-r7, lr}
    movs r6, #1
    lsls r6, r6, #17 /* 2048 * 64 */
    movs r7, #32
1:
    ldrh r3, [r2]
    ldrh r4, [r2, #2]
    lsls r3, r3, #6
    lsls r4, r4, #6
    subs r3, r3, r6
    subs r4, r4, r6
    stmia r0!, {r3}
    stmia r1!, {r4}
    ldrh r3, [r2, #4]
    ldrh r4, [r2, #6]
    lsls r3, r3, #6
    lsls r4, r4, #6
    subs r3, r3, r6
    subs r4, r4, r6
    stmia r0!, {r3}
    stmia r1!, {r4}
    adds r2, #8
    subs r7, #2
    bne 1b
    pop {r4-r7, pc}
    .size egru_i_mic_split_counts, . - egru_i_mic_split_counts

#endif
