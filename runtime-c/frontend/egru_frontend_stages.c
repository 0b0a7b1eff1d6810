/* SPDX-License-Identifier: Apache-2.0
 *
 * The feature extractor's stages in portable C: twin of compiler/core/fixed/frontend-stages.ts and of
 * egru_frontend_m0*.S. Every product and sum fits an int32; the bounds are derived in docs/NUMERICS.md.
 */
#include "egru_config.h"
#include "egru_frontend_stages.h"
#include "egru_frontend_tables.h"

EGRU_STATIC_ASSERT((-1 >> 1) == -1 && (-3 >> 1) == -2, "egru needs an arithmetic right shift");

typedef struct {
    int32_t re;
    int32_t im;
} complex;

/* The radix-4 butterfly: out[k] = sum over legs q of leg[q] * (-j)^(k q). */
static inline void butterfly(complex *leg0, complex *leg1, complex *leg2, complex *leg3) {
    const complex s = {leg0->re + leg2->re, leg0->im + leg2->im};
    const complex t = {leg0->re - leg2->re, leg0->im - leg2->im};
    const complex u = {leg1->re + leg3->re, leg1->im + leg3->im};
    const complex v = {leg1->re - leg3->re, leg1->im - leg3->im};
    *leg0 = (complex){s.re + u.re, s.im + u.im};
    *leg1 = (complex){t.re + v.im, t.im - v.re};
    *leg2 = (complex){s.re - u.re, s.im - u.im};
    *leg3 = (complex){t.re - v.im, t.im + v.re};
}

/* Two samples, which are the parts of one complex number, times their taps; four of them meet: below 2^31. */
static inline complex windowed(const int16_t *pcm, const int32_t *taps) {
    return (complex){pcm[0] * taps[0], pcm[1] * taps[1]};
}

static inline void put(int32_t *z, complex x) {
    z[0] = x.re;
    z[1] = x.im;
}

static inline uint32_t magnitude_bits(complex x) {
    return (uint32_t)((x.re ^ (x.re >> 31)) | (x.im ^ (x.im >> 31)));
}

uint32_t egru_i_frontend_first_stage(int32_t *z, const int16_t *pcm, const int32_t *taps,
                                     const uint8_t *order, unsigned points) {
    static const int32_t rectangle[8] = {8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192};
    const unsigned quarter = points / 2; /* in samples */
    uint32_t magnitude = 0;
    for (unsigned j = 0; j < points / 4; j++) {
        const int16_t *from = pcm + 2 * order[j];
        const int32_t *w = taps != 0 ? taps + 8 * j : rectangle;
        complex leg0 = windowed(from, w);
        complex leg2 = windowed(from + 2 * quarter, w + 2);
        complex leg3 = windowed(from + 3 * quarter, w + 4);
        complex leg1 = windowed(from + quarter, w + 6);
        butterfly(&leg0, &leg1, &leg2, &leg3);
        magnitude |=
            magnitude_bits(leg0) | magnitude_bits(leg1) | magnitude_bits(leg2) | magnitude_bits(leg3);
        put(z + 8 * j, leg0);
        put(z + 8 * j + 2, leg1);
        put(z + 8 * j + 4, leg2);
        put(z + 8 * j + 6, leg3);
    }
    return magnitude;
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
    const unsigned shift = egru_frontend_shift(magnitude, 15, 0);
    const int32_t half = (1 << shift) >> 1;
    for (unsigned i = 0; i < 2 * points; i++) {
        z[i] = (z[i] + half) >> shift;
    }
    return shift;
}

unsigned egru_i_frontend_last_stage(int32_t *z, unsigned points) {
    if (points == 32) {
        radix2(z, points, egru_i_twiddles_64, 2, 14);
        return 0;
    }
    radix2(z, points, egru_i_twiddles_128, 1, 13);
    return renormalize(z, points);
}

void egru_i_frontend_lower(const int32_t *z, unsigned points, unsigned end, const int32_t *twiddles,
                           const uint32_t *curve, int16_t *features) {
    for (unsigned k = 1; k < end && k < points / 2; k++) {
        int32_t low[2];
        int32_t high[2];
        egru_frontend_split(z + 2 * k, z + 2 * (points - k), twiddles[2 * k], twiddles[2 * k + 1], low, high);
        features[k] = egru_i_frontend_feature(curve, egru_frontend_power(low));
    }
}

#ifndef EGRU_M0

static inline complex get(const int32_t *z, unsigned normalize) {
    return (complex){z[0] >> normalize, z[1] >> normalize};
}

/* x * (w[0] - j w[1]); w in Q14. */
static inline complex twiddled(complex x, const int32_t *w) {
    return (complex){x.re * w[0] + x.im * w[1], x.im * w[0] - x.re * w[1]};
}

/* One radix-4 stage that joins four transforms of `size` points into one; |inputs >> normalize| < 2^14.5 + 2.
 */
static inline void radix4(int32_t *z, unsigned points, unsigned size, const int32_t *twiddles,
                          unsigned normalize, unsigned shift) {
    const int32_t half = 1 << (shift - 15); /* times 2^14 below */
    for (unsigned k = 0; k < size; k++) {
        const int32_t *w = twiddles + 6 * k;
        for (int32_t *at = z + 2 * k; at < z + 2 * points; at += 8 * size) {
            complex leg0 = get(at, normalize);
            complex leg2 = twiddled(get(at + 4 * size, normalize), w);
            complex leg3 = twiddled(get(at + 6 * size, normalize), w + 2);
            complex leg1 = twiddled(get(at + 2 * size, normalize), w + 4);
            leg0 = (complex){(leg0.re + half) * 16384, (leg0.im + half) * 16384};
            butterfly(&leg0, &leg1, &leg2, &leg3);
            put(at, (complex){leg0.re >> shift, leg0.im >> shift});
            put(at + 2 * size, (complex){leg1.re >> shift, leg1.im >> shift});
            put(at + 4 * size, (complex){leg2.re >> shift, leg2.im >> shift});
            put(at + 6 * size, (complex){leg3.re >> shift, leg3.im >> shift});
        }
    }
}

void egru_i_frontend_second_stage(int32_t *z, unsigned points, unsigned normalize) {
    radix4(z, points, 4, egru_i_twiddles_radix4_16, normalize, 16);
}

void egru_i_frontend_third_stage(int32_t *z, unsigned points) {
    radix4(z, points, 16, egru_i_twiddles_radix4_64, 0, 15);
}

int16_t egru_i_frontend_feature(const uint32_t *curve, uint32_t power) {
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
    const uint32_t value = (segment + (segment & 0xffff) * fraction) >> 16;
    return (int16_t)(value > 32767 ? 32767 : value);
}

void egru_i_frontend_pairs(const int32_t *z, unsigned points, unsigned first, const int32_t *twiddles,
                           const uint32_t *curve, int16_t *features) {
    for (unsigned k = first; k < points / 2; k++) {
        const int32_t *w = twiddles + 2 * k;
        int32_t low[2];
        int32_t high[2];
        egru_frontend_split(z + 2 * k, z + 2 * (points - k), w[0], w[1], low, high);
        features[k] = egru_i_frontend_feature(curve, egru_frontend_power(low));
        features[points - k] = egru_i_frontend_feature(curve, egru_frontend_power(high));
    }
}

#endif
