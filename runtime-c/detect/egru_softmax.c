/* SPDX-License-Identifier: Apache-2.0
 *
 * Twin of compiler/core/fixed/softmax.ts: same names, same order of statements.
 */
#include "egru_softmax_steps.h"

/* round(65535 * 2^(-i / 64)): the factor 65535 / 65536 is common to all weights and cancels. */
static const uint16_t exp2_table[65] = {
    65535, 64829, 64131, 63440, 62757, 62081, 61412, 60750, 60096, 59449, 58808, 58175, 57548,
    56928, 56315, 55708, 55108, 54515, 53927, 53346, 52772, 52203, 51641, 51085, 50534, 49990,
    49452, 48919, 48392, 47871, 47355, 46845, 46340, 45841, 45347, 44859, 44376, 43898, 43425,
    42957, 42494, 42036, 41584, 41136, 40693, 40254, 39821, 39392, 38967, 38548, 38132, 37722,
    37315, 36913, 36516, 36122, 35733, 35348, 34968, 34591, 34218, 33850, 33485, 33124, 32768,
};

uint32_t egru_i_weight(const egru_scale *scale, uint32_t distance) {
    const uint32_t t = distance >> scale->pre_shift;
    if (t > 0x1ffffu) {
        return 0; /* at least 16 octaves below the largest */
    }
    const uint32_t exponent = (t * scale->multiplier) >> scale->post_shift; /* t * multiplier < 2^32 */
    const uint32_t octave = exponent >> 16;
    if (octave > 20u) {
        return 0;
    }
    const uint32_t segment = (exponent >> 10) & 63u;
    const uint32_t value = exp2_table[segment];
    const uint32_t fall = value - exp2_table[segment + 1u]; /* at most 706 */
    return ((value << 4) - ((fall * (exponent & 1023u)) >> 6)) >> octave;
}

uint32_t egru_i_inverse(uint32_t m) {
    uint32_t r = 92521u - ((m * 61681u) >> 16); /* |2^31 - m r| < 2^31 / 16.9 */
    int32_t e = (int32_t)(0x80000000u - m * r);
    r += (uint32_t)(((e >> 12) * (int32_t)r) >> 19);
    e = (int32_t)(0x80000000u - m * r); /* < 2^31 / 280 */
    r += (uint32_t)(((e >> 8) * (int32_t)r) >> 23);
    e = (int32_t)(0x80000000u - m * r);
    while (e < 0) {
        r -= 1u;
        e += (int32_t)m;
    }
    while (e >= (int32_t)m) {
        r += 1u;
        e -= (int32_t)m;
    }
    return r;
}

void egru_softmax_begin(egru_softmax *s, const egru_scale *scale, const int32_t *logits, unsigned n) {
    int32_t largest = logits[0];
    for (unsigned i = 1; i < n; i++) {
        largest = logits[i] > largest ? logits[i] : largest;
    }
    uint32_t sum = 0;
    for (unsigned i = 0; i < n; i++) {
        sum += egru_i_weight(scale, (uint32_t)largest - (uint32_t)logits[i]);
    }
    /* 2^20 - 16 <= sum < 2^30 */
    unsigned shift = 0;
    while (sum < (uint32_t)1 << 30) {
        sum *= 2u;
        shift += 1u;
    }
    s->largest = largest;
    s->shift = shift;
    s->inverse = egru_i_inverse((sum + 16384u) >> 15);
}

uint32_t egru_posterior(const egru_softmax *s, const egru_scale *scale, int32_t logit) {
    const uint32_t distance = (uint32_t)s->largest - (uint32_t)logit;
    const uint32_t w =
        ((egru_i_weight(scale, distance) << s->shift) + 16384u) >> 15; /* at most what was inverted */
    const uint32_t p = (w * s->inverse + 32768u) >> 16;                /* w * inverse <= 2^31 */
    return p < 32767u ? p : 32767u;
}
