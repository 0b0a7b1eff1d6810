/* SPDX-License-Identifier: Apache-2.0
 *
 * The microphones' filters for Armv6-M (Cortex-M0, M0+): the same integers as egru_mic_pdm.c and egru_mic_half.c, whose
 * names these functions have. Both FIR filters are symmetric and compute two outputs at once: what one output adds to
 * its tap j on the way in, the other adds to its tap j - 1, so that every load serves both:
 *     output 0: c[j] * (f[j] + b[j]),  output 1: c[j] * (f[j + 1] + b[j - 1])
 * with f going forward from the oldest value and b backward from the newest. Sums stand in high registers, because only
 * `add` reaches them: one pair for positive taps, one for negative ones. Cycles are those of the Cortex-M0+ (TRM, table
 * 3-1).
 */
#include "egru_target.h"

#ifdef EGRU_M0
#include "egru_frontend_m0.h"

/* r6 := value > 0; 1 cycle below 256, 2 below 511, otherwise 3. */
    .macro TAP value
    .set tap, \value
    .if tap < 256
    movs r6, #tap
    .elseif tap < 511
    movs r6, #255
    adds r6, #(tap - 255)
    .else
    .set low, 0
    .set high, tap
    .rept 8
    .if high > 255
    .set low, low + 1
    .set high, tap >> low
    .endif
    .endr
    movs r6, #high
    lsls r6, r6, #low
    .if tap - (high << low)
    adds r6, #(tap - (high << low))
    .endif
    .endif
    .endm

/* One tap for both outputs: f[j] in \f, f[j + 1] in \g, b[j - 1] in \a, b[j] in \b; \f and \a are used up.
 * With the two loads 11 cycles, 10 for powers of two and 8 for 1. */
    .macro BOTH value, f, g, a, b
    adds \f, \f, \b
    adds \a, \a, \g
    .set size, \value
    .if size < 0
    .set size, -size
    .endif
    .if size & (size - 1)
    TAP size
    muls \f, r6, \f
    muls \a, r6, \a
    .elseif size > 1
    .set log, 0
    .rept 16
    .if size >> (log + 1)
    .set log, log + 1
    .endif
    .endr
    lsls \f, \f, #log
    lsls \a, \a, #log
    .endif
    .if \value < 0
    add r10, \f
    add r11, \a
    .else
    add r8, \f
    add r9, \a
    .endif
    .endm

/* Both sums, shifted, to the values at r12; r7: after them. */
    .macro FINISH shift
    mov r2, r8
    mov r3, r10
    subs r2, r2, r3
    mov r3, r9
    mov r4, r11
    subs r3, r3, r4
    asrs r2, r2, #\shift
    asrs r3, r3, #\shift
    mov r7, r12
    stmia r7!, {r2, r3}
    mov r12, r7
    .endm

/* ---- PDM: bits to sums ------------------------------------------------------------------------------------------ */

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

/* ---- PDM: sums to values ---------------------------------------------------------------------------------------- */

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
