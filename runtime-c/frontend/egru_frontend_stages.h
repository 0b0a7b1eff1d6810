/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the feature extractor that cost time, private to the runtime. egru_frontend_stages.c defines
 * them for every machine. egru_frontend_m0*.S replace the hot ones on Armv6-M (Cortex-M0, M0+) with the same
 * integers; egru_target.h decides.
 *
 * A complex number is two int32 words, real part first. `points` is the length of the complex transform, half
 * the frame: 32, 64 or 128.
 */
#ifndef EGRU_FRONTEND_STAGES_H
#define EGRU_FRONTEND_STAGES_H

#include "egru_frontend.h"
#include "egru_target.h"

/* Window and first radix-4 stage. z: points complex numbers, written; pcm: 2 * points samples; taps: 2 *
 * points, or NULL for 2^13 everywhere; order: points / 4 indices of first legs. Returns the OR over all
 * outputs of x ^ (x >> 31), which has as many bits as the largest magnitude. */
uint32_t egru_i_frontend_first_stage(int32_t *z, const int16_t *pcm, const int32_t *taps,
                                     const uint8_t *order, unsigned points);

/* Second radix-4 stage: blocks of 16. Inputs are shifted right by `normalize` first, which brings them into
 * -2^14 .. 2^14 - 1; outputs are shifted by 16, rounding to nearest. */
void egru_i_frontend_second_stage(int32_t *z, unsigned points, unsigned normalize);

/* Third radix-4 stage: blocks of 64, so points >= 64; inputs of modulus below 2^14.5 + 2; outputs shifted
 * by 15. */
void egru_i_frontend_third_stage(int32_t *z, unsigned points);

/* Bins k and points - k for k = first .. points / 2 - 1: the real transform's values from the complex one's,
 * their power, their features. z: modulus below 2^15.5 + 7; twiddles: cos and sin of pi k / points from k = 0
 * on; curve: the segment of power 1; features: bin 0. 1 <= first < points / 2. */
void egru_i_frontend_pairs(const int32_t *z, unsigned points, unsigned first, const int32_t *twiddles,
                           const uint32_t *curve, int16_t *features);

/* Bins 1 .. end - 1 alone, and below points / 2; otherwise the same. */
void egru_i_frontend_lower(const int32_t *z, unsigned points, unsigned end, const int32_t *twiddles,
                           const uint32_t *curve, int16_t *features);

/* What follows the radix-4 stages of 32 and 128 points: a radix-2 stage, and of 128 points a shift that just fits the
 * split. Returns that shift, 0 .. 3. */
unsigned egru_i_frontend_last_stage(int32_t *z, unsigned points);

/* The feature of a power. curve: as above; power: any, 0 counts as 1. */
int16_t egru_i_frontend_feature(const uint32_t *curve, uint32_t power);

/* The power of every bin k = 0 .. points - 1, shifted right by 8, in z[2 k]: below 2^24. z, twiddles: as above;
 * zeroth: power of bin 0. */
void egru_i_frontend_powers(int32_t *z, unsigned points, const int32_t *twiddles, uint32_t zeroth);

/* The features of `count` bands. z: powers, as egru_i_frontend_powers leaves them; curve: as above. */
void egru_i_frontend_bands(const int32_t *z, const egru_bands *bands, unsigned count, const uint32_t *curve,
                           int16_t *features);

/* Features less their levels, in place, after the levels have followed them. levels: Q27. */
void egru_i_frontend_normalize(const egru_normalizer *normalizer, int32_t *levels, int16_t *features,
                               unsigned count);

#ifdef EGRU_M0
/* Bins 1 .. points - 1 of egru_i_frontend_powers but for the middle. */
void egru_i_frontend_pair_powers(int32_t *z, unsigned points, const int32_t *twiddles);

/* All three stages of 64 points with the block shift between them, which is returned; pcm is 4-byte aligned, min_shift
 * the least shift. */
unsigned egru_i_frontend_transform_64(int32_t *z, const int16_t *pcm, const int32_t *taps,
                                      unsigned min_shift);
#endif

/* The least right shift, at least `least`, that brings every value of this magnitude into -2^bits .. 2^bits
 * - 1. */
static inline unsigned egru_frontend_shift(uint32_t magnitude, unsigned bits, unsigned least) {
    unsigned shift = least;
    for (uint32_t rest = magnitude >> bits >> least; rest != 0; rest >>= 1) {
        shift++;
    }
    return shift;
}

/* X[k] in *low and X[points - k] in *high, from Z[k] = p and Z[points - k] = q; c, s: cos and sin of pi k /
 * points. |p|, |q| < 2^15.5 + 7; sums stay below 2^31, results below 2^16 (docs/NUMERICS.md). */
static inline void egru_frontend_split(const int32_t p[2], const int32_t q[2], int32_t c, int32_t s,
                                       int32_t low[2], int32_t high[2]) {
    const int32_t ar = (p[0] + q[0] + 1) * 16384; /* even samples; the 1 rounds */
    const int32_t ai = (p[1] - q[1] + 1) * 16384;
    const int32_t br = p[0] - q[0]; /* odd samples, times j */
    const int32_t bi = p[1] + q[1];
    const int32_t tr = bi * c - br * s;
    const int32_t ti = br * c + bi * s;
    low[0] = (ar + tr) >> 15;
    low[1] = (ai - ti) >> 15;
    high[0] = (ar - tr) >> 15;
    high[1] = (ai + ti) >> 15;
}

/* re^2 + im^2; |re + j im| < 2^16. */
static inline uint32_t egru_frontend_power(const int32_t x[2]) {
    return (uint32_t)x[0] * (uint32_t)x[0] + (uint32_t)x[1] * (uint32_t)x[1];
}

#endif
