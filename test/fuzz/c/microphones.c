/* SPDX-License-Identifier: Apache-2.0
 *
 * Decimators: any bits, words and counts, in blocks of their exact size. Two streams that take turns give what each
 * gives alone.
 */
#include <string.h>

#include "egru_mic.h"
#include "fuzz.h"

typedef union {
    egru_mic_pdm pdm;
    egru_mic_i2s i2s;
    egru_mic_adc adc;
} state;

enum { PDM, I2S, ADC, KINDS };
static const size_t sizes[KINDS] = {2 * EGRU_MIC_PDM_HALFWORDS, 4 * EGRU_MIC_PAIRS, 2 * EGRU_MIC_PAIRS};

static void reset(unsigned kind, state *s) {
    memset(s, 0x5a, sizeof *s);
    if (kind == PDM) {
        egru_mic_pdm_reset(&s->pdm);
    } else if (kind == I2S) {
        egru_mic_i2s_reset(&s->i2s);
    } else {
        egru_mic_adc_reset(&s->adc);
    }
}

static void run(unsigned kind, state *s, const void *block, int16_t *pcm) {
    if (kind == PDM) {
        egru_mic_pdm_block(&s->pdm, block, pcm);
    } else if (kind == I2S) {
        egru_mic_i2s_block(&s->i2s, block, pcm);
    } else {
        egru_mic_adc_block(&s->adc, block, pcm);
    }
}

/* A block of bytes that repeat, so that a short input fills many. */
static void fill(fuzz_input *input, unsigned kind, uint8_t *block) {
    uint8_t piece[16];
    const unsigned length = 1u + fuzz_byte(input) % sizeof piece;
    for (unsigned i = 0; i < length; i++) {
        piece[i] = fuzz_byte(input);
    }
    for (size_t i = 0; i < sizes[kind]; i++) {
        block[i] = piece[i % length];
    }
    for (size_t i = 1; kind == ADC && i < sizes[kind]; i += 2) {
        block[i] &= 0x0fu; /* counts have 12 bits */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, size};
    const unsigned kind = fuzz_byte(&input) % KINDS;
    void *const block = malloc(sizes[kind]);
    int16_t *const pcm = malloc(EGRU_MIC_BLOCK * sizeof *pcm);
    int16_t again[EGRU_MIC_BLOCK];
    state turns[2];
    state alone;
    reset(kind, &turns[0]);
    reset(kind, &turns[1]);
    reset(kind, &alone);
    for (unsigned n = 0; n < 64u && input.left > 0u; n++) {
        fill(&input, kind, block);
        run(kind, &turns[n & 1u], block, pcm);
        if ((n & 1u) == 0u) {
            run(kind, &alone, block, again);
            fuzz_check(memcmp(again, pcm, sizeof again) == 0);
        }
    }
    free(block);
    free(pcm);
    return 0;
}
