/* SPDX-License-Identifier: Apache-2.0
 *
 * Twin of compiler/core/fixed/learning.ts: same names, same order of statements.
 */
#include "egru_learn.h"

#include "egru_softmax.h"

enum { PASSES = 2, ONE = 32767 };

/* softmax(4 l / 32768): 8 / ln 2 octaves for 1. */
static const egru_scale scale = {.multiplier = 23637, .pre_shift = 0, .post_shift = 11};

int32_t egru_learn_sum(int32_t a, int32_t b) {
    if (b > 0 && a > INT32_MAX - b) {
        return INT32_MAX;
    }
    if (b < 0 && a < -INT32_MAX - b) {
        return -INT32_MAX;
    }
    return a + b;
}

int32_t egru_learn_mean(int32_t sum, uint32_t steps) {
    const uint32_t magnitude = sum < 0 ? 0u - (uint32_t)sum : (uint32_t)sum;
    uint32_t rest = 0; /* below steps, so that twice of it and one stay below 2^17 */
    uint32_t mean = 0;
    for (unsigned bit = 32; bit-- > 0u;) {
        rest = rest * 2u + ((magnitude >> bit) & 1u);
        mean *= 2u;
        if (rest >= steps) {
            rest -= steps;
            mean += 1u;
        }
    }
    return sum < 0 ? -(int32_t)mean : (int32_t)mean;
}

void egru_learn_correct(const int16_t *learnt, unsigned units, unsigned n, const int16_t *x,
                        int32_t *logits) {
    for (unsigned k = 0; k < n; k++) {
        int32_t sum = (learnt[units] * ONE) >> 12;
        for (unsigned u = 0; u < units; u++) {
            sum += (learnt[u] * x[u]) >> 12; /* at most 2^18 each, 2^31 - 2^18 all */
        }
        learnt += units + 1u;
        logits[k] = egru_learn_sum(logits[k], sum);
    }
}

/* weight + error * x / 8, saturated. error: -32767 .. 32767, Q15; x: Q15; |error * x| < 2^30. */
static int16_t moved(int32_t weight, int32_t error, int32_t x) {
    const int32_t value = weight + ((error * x + (1 << 20)) >> 21); /* at most 2^9 more */
    return (int16_t)(value > 32767 ? 32767 : value < -32768 ? -32768 : value);
}

void egru_learn_teach(int16_t *learnt, unsigned units, unsigned n, const int16_t *x, const int32_t *logits,
                      int32_t *scratch, unsigned label) {
    for (unsigned pass = 0; pass < PASSES; pass++) {
        for (unsigned k = 0; k < n; k++) {
            scratch[k] = logits[k];
        }
        egru_learn_correct(learnt, units, n, x, scratch);
        egru_softmax s;
        egru_softmax_begin(&s, &scale, scratch, n);
        int16_t *row = learnt;
        for (unsigned k = 0; k < n; k++) {
            const int32_t error = (k == label ? ONE : 0) - (int32_t)egru_posterior(&s, &scale, scratch[k]);
            for (unsigned u = 0; u < units; u++) {
                row[u] = moved(row[u], error, x[u]);
            }
            row[units] = moved(row[units], error, ONE);
            row += units + 1u;
        }
    }
}
