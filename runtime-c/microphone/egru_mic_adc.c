/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts of the ADC, behind which stands an analogue microphone, to PCM.
 */
#include "egru_mic_filters.h"

void egru_mic_adc_reset(egru_mic_adc *s) {
    egru_i_mic_half_reset(&s->half);
}

void egru_mic_adc_block(egru_mic_adc *s, const uint16_t *counts, int16_t *pcm) {
    egru_i_mic_split_counts(s->half.even + 12, s->half.odd + 24, counts);
    egru_i_mic_half_block(&s->half, pcm);
}
