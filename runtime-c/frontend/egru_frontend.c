/* SPDX-License-Identifier: Apache-2.0
 *
 * One frame of the feature extractor, stage after stage: twin of compiler/core/frontend/features.ts. The
 * stages stand in egru_frontend_stages.c and egru_frontend_m0*.S; every operation and bound is in
 * docs/NUMERICS.md, "Front end".
 */
#include "egru_frontend_stages.h"
#include "egru_frontend_tables.h"

/* Bins 0 and points, which are real, reach down to -2^16; their power must stay below 2^32. */
static uint32_t power_of_real(int32_t x) {
    const int32_t re = x < -65535 ? -65535 : x;
    return (uint32_t)re * (uint32_t)re;
}

/* The complex transform of `points` points, in place of z. Returns its block shift. */
static unsigned transform(int32_t *z, const egru_frontend *frontend, const int16_t *pcm, unsigned points) {
#ifdef EGRU_M0
    if (points == 64 && ((uintptr_t)pcm & 2) == 0) {
        return egru_i_frontend_transform_64(z, pcm, frontend->taps, frontend->min_shift);
    }
#endif
    const uint8_t *order = points == 32 ? egru_i_order_32 : points == 64 ? egru_i_order_64 : egru_i_order_128;
    const uint32_t magnitude = egru_i_frontend_first_stage(z, pcm, frontend->taps, order, points);
    const unsigned shift = egru_frontend_shift(magnitude, 14, frontend->min_shift);
    egru_i_frontend_second_stage(z, points, shift);
    if (points > 32) {
        egru_i_frontend_third_stage(z, points);
    }
    return points == 64 ? shift : shift + egru_i_frontend_last_stage(z, points);
}

/* A feature for each bin. */
static void spectrum(const egru_frontend *frontend, const uint32_t *curve, int16_t *features,
                     const int32_t *z, unsigned points, const int32_t *twiddles) {
    const unsigned bins = frontend->bins;
    /* Bins 0 and points are real: the sum and the difference of Z[0]'s parts. */
    features[0] = egru_i_frontend_feature(curve, power_of_real(z[0] + z[1]));
    if (bins > points) {
        features[points] = egru_i_frontend_feature(curve, power_of_real(z[0] - z[1]));
    }
    if (bins > points / 2) {
        features[points / 2] = egru_i_frontend_feature(curve, egru_frontend_power(z + points));
    }
    /* The lowest k whose mirror image is asked for; below it only bin k counts. */
    unsigned both = 1;
    if (bins < points) {
        both = points - bins + 1;
        egru_i_frontend_lower(z, points, both < bins ? both : bins, twiddles, curve, features);
    }
    if (both < points / 2) {
        egru_i_frontend_pairs(z, points, both, twiddles, curve, features);
    }
}

void egru_frontend_frame(const egru_frontend *frontend, const int16_t *pcm, int16_t *features,
                         int32_t *scratch) {
    const unsigned points = frontend->frame / 2u;
    const unsigned shift = transform(scratch, frontend, pcm, points);
    const uint32_t *curve = frontend->curve + 32 * (shift - frontend->min_shift);
    const int32_t *twiddles = points == 64   ? egru_i_twiddles_128
                              : points == 32 ? egru_i_twiddles_64
                                             : egru_i_twiddles_256;
    if (frontend->bands != 0) {
        egru_i_frontend_powers(scratch, points, twiddles, power_of_real(scratch[0] + scratch[1]));
        egru_i_frontend_bands(scratch, frontend->bands, frontend->bins, curve, features);
    } else {
        spectrum(frontend, curve, features, scratch, points, twiddles);
    }
    if (frontend->normalizer != 0) {
        egru_i_frontend_normalize(frontend->normalizer, scratch + frontend->frame, features, frontend->bins);
    }
}
