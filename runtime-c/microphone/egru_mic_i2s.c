/* SPDX-License-Identifier: Apache-2.0
 *
 * Words of an I2S microphone to PCM. Two bits below a sample's are kept; those of the word below them are
 * dropped.
 */
#include "egru_mic_filters.h"

void egru_mic_i2s_reset(egru_mic_i2s *s) {
    egru_i_mic_half_reset(&s->half);
}

void egru_mic_i2s_block(egru_mic_i2s *s, const int32_t *words, int16_t *pcm) {
    egru_i_mic_split(s->half.even + 12, s->half.odd + 24, words);
    egru_i_mic_half_block(&s->half, pcm);
}
