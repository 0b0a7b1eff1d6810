/* SPDX-License-Identifier: Apache-2.0
 *
 * Decimation by 2 with a half-band FIR filter of 47 taps, of which every second is 0, and removal of the
 * constant part.
 */
#include <string.h>

#include "egru_mic_filters.h"

void egru_i_mic_half_reset(egru_mic_half *s) {
    memset(s, 0, sizeof *s);
}

#ifndef EGRU_M0
/* From the ends to the middle; the other half mirrors it. With the tap 4096 between them all are 8192
 * together, and their magnitudes 13,648. */
static const int16_t taps[12] = {-6, 12, -22, 38, -61, 93, -138, 203, -301, 469, -836, 2597};

void egru_i_mic_half_filter(const egru_mic_half *s, int32_t *values) {
    for (unsigned m = 0; m < EGRU_MIC_BLOCK; m++) {
        int32_t acc = s->even[m + 1] * 4096;
        for (unsigned k = 0; k < 12; k++) {
            acc += taps[k] * (s->odd[m + 1 + k] + s->odd[m + 24 - k]);
        }
        values[m] = acc >> 9; /* |acc| <= 13,648 * 2^17 < 2^31 */
    }
}

void egru_i_mic_level(int32_t *mean, const int32_t *values, int16_t *pcm, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        const int32_t value = values[i] - (*mean >> 8);
        *mean += value;
        const int32_t sample = (value + 32) >> 6;
        pcm[i] = (int16_t)(sample > 32767 ? 32767 : sample < -32768 ? -32768 : sample);
    }
}

void egru_i_mic_move(void *to, const void *from, unsigned words) {
    memcpy(to, from, 4 * words);
}

void egru_i_mic_split(int32_t *even, int32_t *odd, const int32_t *words) {
    for (unsigned i = 0; i < EGRU_MIC_BLOCK; i++) {
        even[i] = words[2 * i] >> 14;
        odd[i] = words[2 * i + 1] >> 14;
    }
}

void egru_i_mic_split_counts(int32_t *even, int32_t *odd, const uint16_t *counts) {
    for (unsigned i = 0; i < EGRU_MIC_BLOCK; i++) {
        even[i] = (counts[2 * i] - 2048) * 64; /* -2^17 .. 2^17 - 64 */
        odd[i] = (counts[2 * i + 1] - 2048) * 64;
    }
}
#endif

void egru_i_mic_half_block(egru_mic_half *s, int16_t *pcm) {
    int32_t values[EGRU_MIC_BLOCK];
    egru_i_mic_half_filter(s, values);
    egru_i_mic_move(s->even, s->even + EGRU_MIC_BLOCK, 12);
    egru_i_mic_move(s->odd, s->odd + EGRU_MIC_BLOCK, 24);
    egru_i_mic_level(&s->mean, values, pcm, EGRU_MIC_BLOCK);
}
