/* SPDX-License-Identifier: Apache-2.0
 *
 * What the FIR filters of the microphones' assembly files share. Both filters are symmetric and compute two outputs at
 * once: what one output adds to its tap j on the way in, the other adds to its tap j - 1, so that every load serves both:
 *     output 0: c[j] * (f[j] + b[j]),  output 1: c[j] * (f[j + 1] + b[j - 1])
 * with f going forward from the oldest value and b backward from the newest. Sums stand in high registers, because only
 * `add` reaches them: one pair for positive taps, one for negative ones. Cycles are those of the Cortex-M0+ (TRM, table
 * 3-1). For Armv6-M only; included by the assembler.
 */
#ifndef EGRU_MIC_M0_H
#define EGRU_MIC_M0_H
#ifdef __ASSEMBLER__
#include "egru_frontend_m0.h"
/* clang-format off */

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

/* clang-format on */
#endif
#endif
