/* SPDX-License-Identifier: Apache-2.0
 *
 * The front end's stages in portable C: twin of compiler/frontend/stages.ts, and of egru_frontend_m0.S, which
 * replaces them on Armv6-M unless EGRU_PORTABLE is defined. Every product and sum fits an int32; the bounds
 * are derived in docs/NUMERICS.md.
 */
#include "egru_frontend_stages.h"
#include "egru_frontend_tables.h"

#if 1

_Static_assert((-1 >> 1) == -1 && (-3 >> 1) == -2, "egru needs an arithmetic right shift");

/* The radix-4 butterfly: out[k] = sum over legs q of leg[q] * (-j)^(k q). */
static void butterfly(int32_t leg[4][2]) {
    const int32_t sr = leg[0][0] + leg[2][0];
    const int32_t si = leg[0][1] + leg[2][1];
    const int32_t tr = leg[0][0] - leg[2][0];
    const int32_t ti = leg[0][1] - leg[2][1];
    const int32_t ur = leg[1][0] + leg[3][0];
    const int32_t ui = leg[1][1] + leg[3][1];
    const int32_t vr = leg[1][0] - leg[3][0];
    const int32_t vi = leg[1][1] - leg[3][1];
    leg[0][0] = sr + ur;
    leg[0][1] = si + ui;
    leg[1][0] = tr + vi;
    leg[1][1] = ti - vr;
    leg[2][0] = sr - ur;
    leg[2][1] = si - ui;
    leg[3][0] = tr - vi;
    leg[3][1] = ti + vr;
}

uint32_t egru_frontend_first_stage(int32_t *z, const int16_t *pcm, const uint16_t *taps, const uint8_t *order,
                                   unsigned points) {
    uint32_t magnitude = 0;
    for (unsigned j = 0; j < points / 4; j++) {
        int32_t leg[4][2];
        for (unsigned q = 0; q < 4; q++) {
            const unsigned at = 2 * (order[j] + q * (points / 4));
            for (unsigned part = 0; part < 2; part++) {
                const int32_t tap = taps != 0 ? taps[8 * j + 2 * q + part] : 8192;
                leg[q][part] = pcm[at + part] * tap; /* four of them meet: below 2^31 */
            }
        }
        butterfly(leg);
        for (unsigned q = 0; q < 4; q++) {
            for (unsigned part = 0; part < 2; part++) {
                const int32_t x = leg[q][part];
                magnitude |= (uint32_t)(x ^ (x >> 31));
                z[8 * j + 2 * q + part] = x;
            }
        }
    }
    return magnitude;
}

/* One radix-4 stage that joins four transforms of `size` points into one; |inputs >> normalize| < 2^14.5. */
static void radix4(int32_t *z, unsigned points, unsigned size, const int32_t *twiddles, unsigned normalize,
                   unsigned shift) {
    const int32_t half = 1 << (shift - 1);
    for (unsigned k = 0; k < size; k++) {
        const int32_t *w = twiddles + 6 * k;
        for (unsigned block = 0; block < points; block += 4 * size) {
            int32_t leg[4][2];
            for (unsigned q = 0; q < 4; q++) {
                const int32_t *at = z + 2 * (block + q * size + k);
                const int32_t re = at[0] >> normalize;
                const int32_t im = at[1] >> normalize;
                leg[q][0] = q == 0 ? re * 16384 + half : re * w[2 * q - 2] + im * w[2 * q - 1];
                leg[q][1] = q == 0 ? im * 16384 + half : im * w[2 * q - 2] - re * w[2 * q - 1];
            }
            butterfly(leg);
            for (unsigned q = 0; q < 4; q++) {
                int32_t *at = z + 2 * (block + q * size + k);
                at[0] = leg[q][0] >> shift;
                at[1] = leg[q][1] >> shift;
            }
        }
    }
}

void egru_frontend_second_stage(int32_t *z, unsigned points, unsigned normalize, unsigned shift) {
    radix4(z, points, 4, egru_twiddles_radix4_16, normalize, shift);
}

void egru_frontend_third_stage(int32_t *z, unsigned points) {
    radix4(z, points, 16, egru_twiddles_radix4_64, 0, 15);
}

int16_t egru_frontend_feature(const uint32_t *curve, uint32_t power) {
    const uint32_t *octave = curve + 31 * 16;
    uint32_t mantissa = power == 0 ? 1 : power;
    for (unsigned step = 16; step > 0; step /= 2) {
        if (mantissa >> (32 - step) == 0) {
            mantissa <<= step;
            octave -= 16 * step;
        }
    }
    const uint32_t segment = octave[(mantissa >> 27) & 15];
    const uint32_t fraction = (mantissa >> 11) & 0xffff;
    return (int16_t)((segment + (segment & 0xffff) * fraction) >> 16);
}

void egru_frontend_pairs(const int32_t *z, unsigned points, unsigned first, const int32_t *twiddles,
                         unsigned stride, const uint32_t *curve, int16_t *features) {
    for (unsigned k = first; k < points / 2; k++) {
        const int32_t *w = twiddles + 2 * stride * k;
        int32_t low[2];
        int32_t high[2];
        egru_frontend_split(z + 2 * k, z + 2 * (points - k), w[0], w[1], low, high);
        features[k] = egru_frontend_feature(curve, egru_frontend_power(low));
        features[points - k] = egru_frontend_feature(curve, egru_frontend_power(high));
    }
}

#endif
