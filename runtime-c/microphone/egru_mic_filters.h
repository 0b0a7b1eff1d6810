/* SPDX-License-Identifier: Apache-2.0
 *
 * The filters behind egru_mic.h, private to the runtime. egru_mic_pdm.c and egru_mic_half.c define them for
 * every machine; egru_mic_*_m0.S replace those marked "hot" on Armv6-M (Cortex-M0, M0+) with the same
 * integers; egru_target.h decides.
 */
#ifndef EGRU_MIC_FILTERS_H
#define EGRU_MIC_FILTERS_H

#include "egru_mic.h"
#include "egru_target.h"

/* What the first 9, the next 8 and the last 8 bits of a group of 25, earliest first, add to sums: one word
 * for this group's (lower half) and the next one's (upper half), one for the one after that (upper half). 512
 * pairs for the 9 bits; behind them those of the others, in turns. A pair is a line of flash. */
extern const uint32_t egru_i_mic_pdm_table[1024][2];

/* Hot. 250 half-words to 160 sums, at s->sums + 80. */
void egru_i_mic_pdm_sums(egru_mic_pdm *s, const uint16_t *bits);

/* Hot. 32 values from 235 sums; each is below 2^22. */
void egru_i_mic_pdm_filter(const uint16_t *sums, int32_t *values);

/* Hot. 32 values from the streams of a state; each is below 2^22. */
void egru_i_mic_half_filter(const egru_mic_half *s, int32_t *values);

void egru_i_mic_half_reset(egru_mic_half *s);

/* s->even + 12 and s->odd + 24 hold 32 new values each. */
void egru_i_mic_half_block(egru_mic_half *s, int16_t *pcm);

/* Takes the constant part from n >= 1 values, |value| < 2^23 in 1/64 of a sample: a leaky mean over 256
 * samples.
 * |*mean| <= 256 * 2^23 throughout, because it moves by value - *mean / 256 (docs/NUMERICS.md). n is even.
 * Hot. */
void egru_i_mic_level(int32_t *mean, const int32_t *values, int16_t *pcm, unsigned n);

/* Copies words, whose number is a multiple of 4, between places that do not overlap. Hot. */
void egru_i_mic_move(void *to, const void *from, unsigned words);

/* First and second words of 32 pairs, shifted right by 14. Hot. */
void egru_i_mic_split(int32_t *even, int32_t *odd, const int32_t *words);

/* (count - 2048) * 64 of 32 pairs. Hot. */
void egru_i_mic_split_counts(int32_t *even, int32_t *odd, const uint16_t *counts);

#endif
