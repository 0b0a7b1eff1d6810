/* SPDX-License-Identifier: Apache-2.0
 *
 * PDM bits to values for Armv6-M (Cortex-M0, M0+): the same integers as egru_mic_pdm.c, whose names these functions
 * have. Cycles are those of the Cortex-M0+ (TRM, table 3-1).
 */
#include "egru_target.h"

#ifdef EGRU_M0
#include "egru_mic_m0.h"

/* ---- bits to sums ----------------------------------------------------------------------------------------------- */

/* The group that begins `at` bits behind r12, to the sum `at / 25` behind r0. r1: the word under way, its earliest bit on
 * top; r2: what the bits so far add to this sum (lower half) and to the next one; r7: 255 << 4, whose lower byte also makes
 * `rors` exchange halves; r8: table of 9 bits, r9 and r10: those of 8 bits. 32.6 cycles in the mean. */
    .macro GROUP at
    .set skip, \at & 31
    .set sum, \at / 25 * 2
    .if skip > 7
    lsls r4, r1, #skip
    mov r3, r12
    ldr r1, [r3, #(\at / 32 * 4 + 4)]
    rors r1, r1, r7
    lsrs r3, r1, #(32 - skip)
    adds r4, r4, r3
    .elseif skip
    lsls r4, r1, #skip
    .else
    mov r3, r12
    ldr r1, [r3, #(\at / 32 * 4)]
    rors r1, r1, r7
    movs r4, r1
    .endif
    lsrs r5, r4, #23
    lsls r5, r5, #3
    add r5, r8
    ldmia r5, {r5, r6}
    adds r2, r2, r5
    lsrs r3, r4, #11
    ands r3, r7
    add r3, r9
    ldmia r3, {r3, r5}
    adds r2, r2, r3
    adds r6, r6, r5
    lsrs r3, r4, #3
    ands r3, r7
    add r3, r10
    ldmia r3, {r3, r5}
    adds r2, r2, r3
    strh r2, [r0, #sum]
    lsrs r2, r2, #16
    adds r6, r6, r5
    adds r2, r2, r6
    .endm

/* s in r0, bits in r1. Five times 32 groups, which are 25 words. */
FUNCTION egru_i_mic_pdm_sums
    ENTER
    push {r0}
    mov r12, r1
    ldr r2, [r0, #4]
    adds r0, #168 /* sums + 80 */
    movs r7, #160
    adds r7, r7, r7
    adds r7, r7, r0
    mov lr, r7
    ldr r4, =egru_i_mic_pdm_table
    mov r8, r4
    movs r7, #255
    lsls r7, r7, #4
    adds r4, r4, r7
    adds r4, #16
    mov r9, r4
    adds r4, #8
    mov r10, r4
    b 1f
    .ltorg
1:
    .irp group, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    GROUP (25 * \group)
    .endr
    .irp group, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    GROUP (25 * \group)
    .endr
    mov r3, r12
    adds r3, #100
    mov r12, r3
    adds r0, #64
    cmp r0, lr
    beq 2f
    b 1b
2:
    pop {r0}
    str r2, [r0, #4]
    LEAVE
    .size egru_i_mic_pdm_sums, . - egru_i_mic_pdm_sums

/* ---- sums to values --------------------------------------------------------------------------------------------- */

/* The half-word `at` bytes behind the first output's oldest sum, forward from r0 (which is `ahead` bytes on). */
    .macro FORWARD to, at
    .if \at - ahead > 62
    adds r0, #(\at - ahead)
    .set ahead, \at
    .elseif \at < ahead
    subs r0, #(ahead - (\at))
    .set ahead, \at
    .endif
    ldrh \to, [r0, #(\at - ahead)]
    .endm

/* The same, backward from r1. */
    .macro BACKWARD to, at
    .if \at - behind > 62
    adds r1, #(\at - 62 - behind)
    .set behind, \at - 62
    .elseif \at < behind
    .set wanted, \at - 62
    .if wanted < 0
    .set wanted, 0
    .endif
    subs r1, #(behind - wanted)
    .set behind, wanted
    .endif
    ldrh \to, [r1, #(\at - behind)]
    .endm

/* Two taps of a phase, of which the first is number \j. */
    .macro STEPS phase, j, even, odd
    FORWARD r3, (10 * (\j) + 10 + 2 * \phase)
    BACKWARD r5, (158 - 10 * (\j) - 2 * \phase)
    BOTH \even, r2, r3, r4, r5
    FORWARD r2, (10 * (\j) + 20 + 2 * \phase)
    BACKWARD r4, (148 - 10 * (\j) - 2 * \phase)
    BOTH \odd, r3, r2, r5, r4
    .endm

    .macro BEGIN phase
    FORWARD r2, (2 * \phase)
    BACKWARD r4, (168 - 2 * \phase)
    .endm

/* sums in r0, values in r1. Sixteen pairs of outputs. */
FUNCTION egru_i_mic_pdm_filter
    ENTER
    mov r12, r1
    movs r7, #128
    adds r7, r7, r1
    mov lr, r7
1:
    ldr r6, =-67109375
    mov r8, r6
    mov r9, r6
    movs r6, #0
    mov r10, r6
    mov r11, r6
    movs r1, r0
    .set ahead, 0
    .set behind, 0
    BEGIN 0
    STEPS 0, 0, 2, 44
    STEPS 0, 2, -43, 58
    STEPS 0, 4, -78, 104
    STEPS 0, 6, -142, 234
    STEPS 0, 8, 1587, -92
    STEPS 0, 10, 11, 17
    STEPS 0, 12, -25, 26
    STEPS 0, 14, -25, 40
    BEGIN 1
    STEPS 1, 0, 14, 35
    STEPS 1, 2, -46, 70
    STEPS 1, 4, -107, 166
    STEPS 1, 6, -275, 638
    STEPS 1, 8, 1400, -293
    STEPS 1, 10, 132, -65
    STEPS 1, 12, 30, -12
    STEPS 1, 14, 1, 31
    BEGIN 2
    STEPS 2, 0, 18, 23
    STEPS 2, 2, -37, 64
    STEPS 2, 4, -108, 184
    STEPS 2, 6, -344, 1058
    FINISH 5
    .if ahead > 20
    subs r0, #(ahead - 20)
    .else
    adds r0, #(20 - ahead)
    .endif
    cmp r7, lr
    beq 2f
    b 1b
2:
    LEAVE
    .ltorg
    .size egru_i_mic_pdm_filter, . - egru_i_mic_pdm_filter

#endif
