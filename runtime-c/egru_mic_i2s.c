/* SPDX-License-Identifier: Apache-2.0
 *
 * Words of an I2S microphone to PCM. Two bits below a sample's are kept; those of the word below them are
 * dropped.
 */
#include "egru_mic_filters.h"

void egru_mic_i2s_reset(egru_mic_i2s *s) {
    egru_mic_half_reset(&s->half);
}

void egru_mic_i2s_block(egru_mic_i2s *s, const int32_t *words, int16_t *pcm) {
    int32_t *even = s->half.even + 11;
    int32_t *odd = s->half.odd + 23;
    for (unsigned i = 0; i < EGRU_MIC_BLOCK; i++) {
        even[i] = words[2 * i] >> 14;
        odd[i] = words[2 * i + 1] >> 14;
    }
    egru_mic_half_block(&s->half, pcm);
}
