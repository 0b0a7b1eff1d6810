/* SPDX-License-Identifier: Apache-2.0
 *
 * Bands of the spectrum and the level that follows them: twin of compiler/core/fixed/frontend-bands.ts and
 * compiler/core/frontend/normalizer.ts. The bounds are derived in docs/NUMERICS.md.
 */
#include "egru_frontend_stages.h"

/* Power is shifted right by so much before bands add it up. */
enum { SHIFT = 8 };

#ifndef EGRU_M0
static void egru_i_frontend_pair_powers(int32_t *z, unsigned points, const int32_t *twiddles) {
    for (unsigned k = 1; k < points / 2; k++) {
        int32_t *const p = z + 2 * k;
        int32_t *const q = z + 2 * (points - k);
        int32_t low[2];
        int32_t high[2];
        egru_frontend_split(p, q, twiddles[2 * k], twiddles[2 * k + 1], low, high);
        *p = (int32_t)(egru_frontend_power(low) >> SHIFT);
        *q = (int32_t)(egru_frontend_power(high) >> SHIFT);
    }
}
#endif

void egru_i_frontend_powers(int32_t *z, unsigned points, const int32_t *twiddles, uint32_t zeroth) {
    z[0] = (int32_t)(zeroth >> SHIFT);
    z[points] = (int32_t)(egru_frontend_power(z + points) >> SHIFT);
    egru_i_frontend_pair_powers(z, points, twiddles);
}

void egru_i_frontend_bands(const int32_t *z, const egru_bands *bands, unsigned count, const uint32_t *curve,
                           int16_t *features) {
    const uint8_t *weight = bands->weights;
    for (unsigned i = 0; i < count; i++) {
        const int32_t *power = z + 2 * bands->first[i];
        const uint8_t *const end = weight + bands->count[i];
        uint32_t sum = 0; /* at most 256 (2^24 - 1) */
        for (; weight != end; weight++) {
            sum += (uint32_t)*power * *weight;
            power += 2;
        }
        features[i] = egru_i_frontend_feature(curve, sum);
    }
}

/* Levels have so many bits behind those of a feature: Q27, 0 .. 32767 * 2^12. */
enum { FRACTION = 12 };

/* The level after a frame; the distance is below 2^27. */
static inline int32_t follow(int32_t level, int32_t feature, unsigned rise, unsigned fall) {
    const int32_t distance = feature * (1 << FRACTION) - level;
    return level + (distance >> (distance > 0 ? rise : fall));
}

/* A feature less its level; before it is clipped it is within 9 * 32767 of 0. */
static inline int16_t normalized(int32_t feature, int32_t level, int32_t center, unsigned gain_shift) {
    const int32_t value = (feature - level) * (1 << gain_shift) + center;
    return (int16_t)(value < 0 ? 0 : value > 32767 ? 32767 : value);
}

static inline int32_t least(int32_t level, int32_t floor) {
    const int32_t whole = level >> FRACTION;
    return whole < floor ? floor : whole;
}

void egru_i_frontend_normalize(const egru_normalizer *normalizer, int32_t *levels, int16_t *features,
                               unsigned count) {
    const unsigned rise = normalizer->rise;
    const unsigned fall = normalizer->fall;
    const unsigned gain_shift = normalizer->gain_shift;
    const int32_t floor = normalizer->floor;
    const int32_t center = normalizer->center;
    int16_t *const end = features + count;
    if (normalizer->levels != 1) {
        for (; features != end; features++, levels++) {
            *levels = follow(*levels, *features, rise, fall);
            *features = normalized(*features, least(*levels, floor), center, gain_shift);
        }
        return;
    }
    int32_t loudest = 0;
    for (const int16_t *feature = features; feature != end; feature++) {
        loudest = *feature > loudest ? *feature : loudest;
    }
    *levels = follow(*levels, loudest, rise, fall);
    const int32_t level = least(*levels, floor);
    for (; features != end; features++) {
        *features = normalized(*features, level, center, gain_shift);
    }
}

unsigned egru_frontend_levels(const egru_frontend *frontend) {
    return frontend == 0 || frontend->normalizer == 0 ? 0u : frontend->normalizer->levels;
}

void egru_frontend_reset(const egru_frontend *frontend, int32_t *scratch) {
    for (unsigned i = egru_frontend_levels(frontend); i > 0; i--) {
        scratch[frontend->frame + i - 1] = (int32_t)frontend->normalizer->floor << FRACTION;
    }
}
