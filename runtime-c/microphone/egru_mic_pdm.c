/* SPDX-License-Identifier: Apache-2.0
 *
 * PDM to PCM: 1 MHz to 40 kHz by a third-order CIC filter of 25, read from tables, and to 8 kHz by an FIR
 * filter.
 */
#include "egru_mic_filters.h"

enum { HISTORY = 80, SUMS = 160, SILENCE = 7812 };

void egru_mic_pdm_reset(egru_mic_pdm *s) {
    s->mean = 0;
    s->ahead = 6350u + (1150u << 16); /* of bits that are one half each */
    for (unsigned i = 0; i < sizeof s->sums / sizeof s->sums[0]; i++) {
        s->sums[i] = SILENCE;
    }
}

#ifndef EGRU_M0
/* From the ends to the middle; the other half mirrors it. All together 8590, magnitudes 15,358. */
static const int16_t taps[40] = {
    2,   14, 18,   31,   40,   44,   35,  23,   1,    -25,  -43,  -46,  -37, -12,
    26,  58, 70,   64,   30,   -25,  -78, -107, -108, -65,  17,   104,  166, 184,
    132, 11, -142, -275, -344, -293, -92, 234,  638,  1058, 1400, 1587,
};

void egru_i_mic_pdm_sums(egru_mic_pdm *s, const uint16_t *bits) {
    for (unsigned group = 0; group < SUMS; group++) {
        const unsigned at = 25 * group;
        const unsigned skip = at & 15;
        const uint16_t *from = bits + (at >> 4);
        uint32_t window = ((uint32_t)from[0] << 16 | from[1]) << skip;
        if (skip > 7) {
            window |= (uint32_t)from[2] >> (16 - skip);
        }
        const uint32_t *const early = egru_i_mic_pdm_table[window >> 23];
        const uint32_t *const middle = egru_i_mic_pdm_table[512 + 2 * (window >> 15 & 255)];
        const uint32_t *const late = egru_i_mic_pdm_table[513 + 2 * (window >> 7 & 255)];
        const uint32_t both =
            s->ahead + early[0] + middle[0] + late[0]; /* halves at most 15,625 and 12,700 */
        s->sums[HISTORY + group] = (uint16_t)both;
        s->ahead = (both >> 16) + early[1] + middle[1] + late[1];
    }
}

void egru_i_mic_pdm_filter(const uint16_t *sums, int32_t *values) {
    for (unsigned m = 0; m < SUMS / 5; m++) {
        int32_t acc = -67109375; /* silence: 8590 * 15,625 / 2 */
        for (unsigned k = 0; k < 40; k++) {
            acc += taps[k] * (sums[5 * m + k] + sums[5 * m + 79 - k]);
        }
        values[m] = acc >> 5; /* |acc| <= 15,358 * 7,812.5 < 2^27 */
    }
}
#endif

void egru_mic_pdm_block(egru_mic_pdm *s, const uint16_t *bits, int16_t *pcm) {
    int32_t values[EGRU_MIC_BLOCK];
    egru_i_mic_pdm_sums(s, bits);
    egru_i_mic_pdm_filter(s->sums + HISTORY - 75, values);
    egru_i_mic_move(s->sums, s->sums + SUMS, HISTORY / 2);
    egru_i_mic_level(&s->mean, values, pcm, EGRU_MIC_BLOCK);
}
