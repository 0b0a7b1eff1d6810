/* SPDX-License-Identifier: Apache-2.0
 *
 * The network's arithmetic: twin of compiler/core/fixed/fixed.ts. Same names, same argument order, same order
 * of statements, so that a review is a diff by eye. docs/NUMERICS.md defines every operation.
 */
#ifndef EGRU_FIXED_H
#define EGRU_FIXED_H

#include <stdint.h>

#include "egru_config.h"

/* Right shifts of negative values floor here; C leaves that to the compiler (C11 6.5.7). */
EGRU_STATIC_ASSERT((-1 >> 1) == -1 && (-3 >> 1) == -2, "egru needs an arithmetic right shift");

/* The code of a weight that is zero. Codes: bit 2 sign, bits 1..0 shift, 7 zero, 3 invalid. */
#define EGRU_CODE_ZERO 7u

/* Largest magnitude that softsign distinguishes: larger accumulators behave like this one. */
#define EGRU_SOFTSIGN_LIMIT ((1 << 21) - 1)

/* One product. x: Q15 or any int32 above INT32_MIN; returns x >> shift, negated after the shift where the
 * sign bit is set. */
static inline int32_t egru_term(unsigned code, int32_t x) {
    if (code == EGRU_CODE_ZERO) {
        return 0;
    }
    const int32_t shifted = x >> (code & 3u);
    return (code & 4u) != 0u ? -shifted : shifted;
}

/* acc: any int32. Returns softsign in Q15, -32264 .. 32264. The domain ends at +-(2^21 - 1); beyond it is
 * flat. This is the definition; egru_i_softsign() is the form without division that equals it. */
static inline int32_t egru_softsign_by_division(int32_t acc) {
    const int32_t capped = acc < EGRU_SOFTSIGN_LIMIT ? acc : EGRU_SOFTSIGN_LIMIT;
    const int32_t clamped = capped > -EGRU_SOFTSIGN_LIMIT ? capped : -EGRU_SOFTSIGN_LIMIT;
    const int32_t n = clamped < 0 ? -clamped : clamped;
    const int32_t y = (n * 1024) / ((n + 32768) >> 5); /* n * 1024 < 2^31 */
    return acc < 0 ? -y : y;
}

/* The form that the kernels call; a table and multiplications instead of the division. */
int32_t egru_i_softsign(int32_t acc);

/* The update gate from its accumulator: (softsign + 1) / 2 in Q15, 252 .. 32516. */
static inline int32_t egru_gate(int32_t acc) {
    return (egru_i_softsign(acc) + 32768) >> 1;
}

/* The new state. h: -32768 .. 32767, z: 252 .. 32516, g: -32264 .. 32264; |z * (g - h)| < 2^31. */
static inline int32_t egru_blend(int32_t h, int32_t z, int32_t g) {
    return h + ((z * (g - h)) >> 15);
}

/* Whether a state is an event of a pulsed output. c: -32264 .. 32264, threshold: 0 .. 32767; equality is none. */
static inline int egru_fires(int32_t c, int32_t threshold, int with_sign) {
    return c > threshold || (with_sign && -c > threshold);
}

/* The state that an event leaves: the threshold nearer to 0. |c| > threshold. */
static inline int32_t egru_subtract_threshold(int32_t c, int32_t threshold) {
    return c < 0 ? c + threshold : c - threshold;
}

/* Whether a Q15 value moved by more than the threshold from what was last sent; equality is no event. */
static inline int egru_moved(int32_t value, int32_t sent, int32_t threshold) {
    return value - sent > threshold || sent - value > threshold;
}

/* Dense activation. acc: any int32; returns 0 .. 32767. */
static inline int32_t egru_relu(int32_t acc) {
    return acc < 0 ? 0 : acc > 32767 ? 32767 : acc;
}

#endif
