/* SPDX-License-Identifier: Apache-2.0
 *
 * One frame of the feature extractor, stage after stage: twin of compiler/core/frontend/features.ts. The
 * stages stand in egru_frontend_stages.c and egru_frontend_m0*.S; every operation and bound is in
 * docs/NUMERICS.md, "Front end".
 */
#include "egru_frontend_stages.h"
#include "egru_frontend_tables.h"

/* The least right shift, at least `least`, that brings every value of this magnitude into -2^bits .. 2^bits
 * - 1. */
static unsigned shift_for(uint32_t magnitude, unsigned bits, unsigned least) {
    unsigned shift = least;
    for (uint32_t rest = magnitude >> bits >> least; rest != 0; rest >>= 1) {
        shift++;
    }
    return shift;
}

/* Bins 0 and points, which are real, reach down to -2^16; their power must stay below 2^32. */
static uint32_t power_of_real(int32_t x) {
    const int32_t re = x < -65535 ? -65535 : x;
    return (uint32_t)re * (uint32_t)re;
}

/* Frames of 64 and 256: joins two transforms of points / 2. |inputs| < 2^15.5; outputs shifted by `shift`.
 * twiddles: cos and sin of 2 pi k / points, `stride` complex numbers apart. */
static void radix2(int32_t *z, unsigned points, const int32_t *twiddles, unsigned stride, unsigned shift) {
    const int32_t half = 1 << (shift - 1);
    for (unsigned k = 0; k < points / 2; k++) {
        int32_t *a = z + 2 * k;
        int32_t *b = a + points;
        const int32_t c = twiddles[2 * stride * k];
        const int32_t s = twiddles[2 * stride * k + 1];
        const int32_t tr = b[0] * c + b[1] * s;
        const int32_t ti = b[1] * c - b[0] * s;
        const int32_t ar = a[0] * 16384 + half;
        const int32_t ai = a[1] * 16384 + half;
        a[0] = (ar + tr) >> shift;
        a[1] = (ai + ti) >> shift;
        b[0] = (ar - tr) >> shift;
        b[1] = (ai - ti) >> shift;
    }
}

/* Frames of 256, whose last stage keeps two bits more: shifts the block so that it just fits the split.
 * Returns the shift, 0 .. 3. */
static unsigned renormalize(int32_t *z, unsigned points) {
    uint32_t magnitude = 0;
    for (unsigned i = 0; i < 2 * points; i++) {
        magnitude |= (uint32_t)(z[i] ^ (z[i] >> 31));
    }
    const unsigned shift = shift_for(magnitude, 15, 0);
    const int32_t half = (1 << shift) >> 1;
    for (unsigned i = 0; i < 2 * points; i++) {
        z[i] = (z[i] + half) >> shift;
    }
    return shift;
}

/* The first stage, by the fastest form that this machine has for these points. */
static uint32_t first_stage(int32_t *z, const int16_t *pcm, const int32_t *taps, unsigned points) {
#ifdef EGRU_M0
    if (points == 64 && ((uintptr_t)pcm & 2) == 0) {
        return egru_i_frontend_first_stage_64(z, pcm, taps);
    }
#endif
    const uint8_t *order = points == 32 ? egru_i_order_32 : points == 64 ? egru_i_order_64 : egru_i_order_128;
    return egru_i_frontend_first_stage(z, pcm, taps, order, points);
}

/* The complex transform of `points` points, in place of z. Returns its block shift. */
static unsigned transform(int32_t *z, const egru_frontend *frontend, const int16_t *pcm) {
    const unsigned points = frontend->frame / 2u;
    const unsigned shift = shift_for(first_stage(z, pcm, frontend->taps, points), 14, frontend->min_shift);
    egru_i_frontend_second_stage(z, points, shift);
    if (points == 32) {
        radix2(z, points, egru_i_twiddles_64, 2, 14);
        return shift;
    }
    egru_i_frontend_third_stage(z, points);
    if (points == 64) {
        return shift;
    }
    radix2(z, points, egru_i_twiddles_128, 1, 13);
    return shift + renormalize(z, points);
}

/* The features before normalization. */
static void absolute(const egru_frontend *frontend, const int16_t *pcm, int16_t *features, int32_t *z) {
    const unsigned points = frontend->frame / 2u;
    const unsigned bins = frontend->bins;
    const unsigned shift = transform(z, frontend, pcm);
    const uint32_t *curve = frontend->curve + 32 * (shift - frontend->min_shift);
    const int32_t *twiddles = points == 32   ? egru_i_twiddles_64
                              : points == 64 ? egru_i_twiddles_128
                                             : egru_i_twiddles_256;
    if (frontend->bands != 0) {
        egru_i_frontend_powers(z, points, twiddles, power_of_real(z[0] + z[1]));
        egru_i_frontend_bands(z, frontend->bands, bins, curve, features);
        return;
    }

    /* Bins 0 and points are real: the sum and the difference of Z[0]'s parts. */
    features[0] = egru_i_frontend_feature(curve, power_of_real(z[0] + z[1]));
    if (bins > points) {
        features[points] = egru_i_frontend_feature(curve, power_of_real(z[0] - z[1]));
    }
    if (bins > points / 2) {
        features[points / 2] = egru_i_frontend_feature(curve, egru_frontend_power(z + points));
    }
    /* The lowest k whose mirror image is asked for; below it only bin k counts. */
    const unsigned both = bins < points ? points - bins + 1 : 1;
    for (unsigned k = 1; k < both && k < bins && k < points / 2; k++) {
        int32_t low[2];
        int32_t high[2];
        egru_frontend_split(z + 2 * k, z + 2 * (points - k), twiddles[2 * k], twiddles[2 * k + 1], low, high);
        features[k] = egru_i_frontend_feature(curve, egru_frontend_power(low));
    }
    if (both < points / 2) {
        egru_i_frontend_pairs(z, points, both, twiddles, curve, features);
    }
}

void egru_frontend_frame(const egru_frontend *frontend, const int16_t *pcm, int16_t *features,
                         int32_t *scratch) {
    absolute(frontend, pcm, features, scratch);
    if (frontend->normalizer != 0) {
        egru_i_frontend_normalize(frontend->normalizer, scratch + frontend->frame, features, frontend->bins);
    }
}
