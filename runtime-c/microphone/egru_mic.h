/* SPDX-License-Identifier: Apache-2.0
 *
 * From what a microphone delivers (PDM bits, I2S words, ADC counts) to 16-bit PCM at about 8 kHz: decimation
 * and removal of the constant part, with integers only. Twins of compiler/core/microphone; docs/NUMERICS.md,
 * "Microphones", defines every operation and its bounds.
 *
 * A block is 4 ms. Blocks of one stream follow one another without a gap; a state is the caller's, and
 * `reset` leaves it as after endless silence.
 */
#ifndef EGRU_MIC_H
#define EGRU_MIC_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    EGRU_MIC_BLOCK = 32,          /* samples of PCM per block */
    EGRU_MIC_PDM_HALFWORDS = 250, /* 4,000 bits at 1.000 MHz */
    EGRU_MIC_PAIRS = 64,          /* I2S words or ADC counts, at twice the rate of the PCM */
};

/* 488 bytes. */
typedef struct {
    int32_t mean;       /* 2^14 times the constant part of the PCM */
    uint32_t ahead;     /* what the bits so far add to the next sum (lower half) and to the one after it */
    uint16_t sums[240]; /* at 40 kHz, 0 .. 15,625: the last 80, then room for 160 new ones */
} egru_mic_pdm;

/* Behind a decimation by 2. 404 bytes. */
typedef struct {
    int32_t mean;          /* 2^14 times the constant part of the PCM */
    int32_t even[12 + 32]; /* first values of each pair, -2^17 .. 2^17 - 1: the last 12, then new ones */
    int32_t odd[24 + 32];  /* second values: the last 24, then new ones */
} egru_mic_half;

typedef struct {
    egru_mic_half half;
} egru_mic_i2s;

typedef struct {
    egru_mic_half half;
} egru_mic_adc;

void egru_mic_pdm_reset(egru_mic_pdm *s);

/* bits: EGRU_MIC_PDM_HALFWORDS half-words, 4-byte aligned; the earliest bit is the most significant of the
 * first; a bit 1 is positive. pcm: EGRU_MIC_BLOCK samples, written. All ones are full scale. */
void egru_mic_pdm_block(egru_mic_pdm *s, const uint16_t *bits, int16_t *pcm);

void egru_mic_i2s_reset(egru_mic_i2s *s);

/* words: EGRU_MIC_PAIRS left-justified words, of which the upper 18 bits count; 2^31 is full scale. */
void egru_mic_i2s_block(egru_mic_i2s *s, const int32_t *words, int16_t *pcm);

void egru_mic_adc_reset(egru_mic_adc *s);

/* counts: EGRU_MIC_PAIRS counts 0 .. 4095; 2048 is silence, and full scale is 2048 to either side. */
void egru_mic_adc_block(egru_mic_adc *s, const uint16_t *counts, int16_t *pcm);

#ifdef __cplusplus
}
#endif

#endif
