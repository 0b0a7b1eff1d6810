/* SPDX-License-Identifier: Apache-2.0
 *
 * The filters behind egru_mic.h, private to the runtime. egru_mic_pdm.c and egru_mic_half.c define them for
 * every machine; egru_mic_m0.S replaces those marked "hot" on Armv6-M (Cortex-M0, M0+) with the same
 * integers, unless EGRU_PORTABLE is defined.
 */
#ifndef EGRU_MIC_FILTERS_H
#define EGRU_MIC_FILTERS_H

#if defined(__ARM_ARCH_6M__) && !defined(EGRU_PORTABLE)
#define EGRU_MIC_M0 1
#endif

#ifndef __ASSEMBLER__

#include "egru_mic.h"

/* Of the 7, 6, 6 and 6 bits of a group of 25, earliest first: 128, 64, 64 and 64 words, each
 * (weights in this group's sum) + (weights in the sum after next << 12) + (ones << 24). */
extern const uint32_t egru_mic_pdm_table[320];

/* Hot. 125 half-words to 80 sums, at s->sums + 80. */
void egru_mic_pdm_sums(egru_mic_pdm *s, const uint16_t *bits);

/* Hot. 16 values from 155 sums; each is below 2^22. */
void egru_mic_pdm_filter(const uint16_t *sums, int32_t *values);

/* Hot. 32 values from the streams of a state; each is below 2^22. */
void egru_mic_half_filter(const egru_mic_half *s, int32_t *values);

void egru_mic_half_reset(egru_mic_half *s);

/* s->even + 12 and s->odd + 24 hold 32 new values each. */
void egru_mic_half_block(egru_mic_half *s, int16_t *pcm);

/* Takes the constant part from n >= 1 values, |value| < 2^23 in 1/64 of a sample: a leaky mean over 256
 * samples.
 * |*mean| <= 256 * 2^23 throughout, because it moves by value - *mean / 256 (docs/NUMERICS.md). n is even.
 * Hot. */
void egru_mic_level(int32_t *mean, const int32_t *values, int16_t *pcm, unsigned n);

/* Copies words, whose number is a multiple of 4, between places that do not overlap. Hot. */
void egru_mic_move(void *to, const void *from, unsigned words);

/* First and second words of 32 pairs, shifted right by 14. Hot. */
void egru_mic_split(int32_t *even, int32_t *odd, const int32_t *words);

#endif
#endif
