/* SPDX-License-Identifier: Apache-2.0
 *
 * The decimators' interface, as runtime-c/microphone/egru_mic.h has it, without the decimators.
 */
#ifndef EGRU_MIC_H
#define EGRU_MIC_H

#include <stdint.h>

enum { EGRU_MIC_BLOCK = 32, EGRU_MIC_PDM_HALFWORDS = 250, EGRU_MIC_PAIRS = 64 };

typedef struct {
    int unused;
} egru_mic_pdm;

typedef egru_mic_pdm egru_mic_i2s;
typedef egru_mic_pdm egru_mic_adc;

void egru_mic_pdm_reset(egru_mic_pdm *s);
void egru_mic_pdm_block(egru_mic_pdm *s, const uint16_t *bits, int16_t *pcm);
void egru_mic_i2s_reset(egru_mic_i2s *s);
void egru_mic_i2s_block(egru_mic_i2s *s, const int32_t *words, int16_t *pcm);
void egru_mic_adc_reset(egru_mic_adc *s);
void egru_mic_adc_block(egru_mic_adc *s, const uint16_t *counts, int16_t *pcm);

#endif
