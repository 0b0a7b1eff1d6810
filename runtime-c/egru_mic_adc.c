/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts of the ADC, behind which stands an analogue microphone, to PCM.
 */
#include "egru_mic_filters.h"

void egru_mic_adc_reset(egru_mic_adc *s) {
    egru_mic_half_reset(&s->half);
}

void egru_mic_adc_block(egru_mic_adc *s, const uint16_t *counts, int16_t *pcm) {
    int32_t *even = s->half.even + 12;
    int32_t *odd = s->half.odd + 24;
    for (unsigned i = 0; i < EGRU_MIC_BLOCK; i++) {
        even[i] = (counts[2 * i] - 2048) * 64; /* -2^17 .. 2^17 - 64 */
        odd[i] = (counts[2 * i + 1] - 2048) * 64;
    }
    egru_mic_half_block(&s->half, pcm);
}
