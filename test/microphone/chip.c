/* SPDX-License-Identifier: Apache-2.0
 *
 * Decimates one block after the other of what the test has written into RAM, from reset on; chip.test.ts. The
 * interrupt handler overwrites what the calling convention lets it, and the memory below its stack.
 */
#include "egru_mic.h"

volatile uint32_t test_kind;
union {
    uint16_t bits[EGRU_MIC_PDM_HALFWORDS];
    int32_t words[EGRU_MIC_PAIRS];
    uint16_t counts[EGRU_MIC_PAIRS];
} test_input;
int16_t test_pcm[EGRU_MIC_BLOCK + 2];
union {
    egru_mic_pdm pdm;
    egru_mic_i2s i2s;
    egru_mic_adc adc;
} test_state;

__attribute__((noinline)) void test_start(void) {
    __asm__ volatile("" ::: "memory");
}

__attribute__((noinline)) void test_done(void) {
    __asm__ volatile("" ::: "memory");
}

void entry(void) {
    *(volatile uint32_t *)0xe000e100u = 1; /* NVIC ISER: interrupt 0 */
    egru_mic_pdm_reset(&test_state.pdm);
    if (test_kind == 1) {
        egru_mic_i2s_reset(&test_state.i2s);
    } else if (test_kind == 2) {
        egru_mic_adc_reset(&test_state.adc);
    }
    for (;;) {
        test_start();
        if (test_kind == 0) {
            egru_mic_pdm_block(&test_state.pdm, test_input.bits, test_pcm);
        } else if (test_kind == 1) {
            egru_mic_i2s_block(&test_state.i2s, test_input.words, test_pcm);
        } else {
            egru_mic_adc_block(&test_state.adc, test_input.counts, test_pcm);
        }
        test_done();
    }
}

static void disturb(void) {
    __asm__ volatile("sub sp, #64\n"
                     "mvn r0, r0\nmvn r1, r0\nmvn r2, r1\nmvn r3, r0\nmov r12, r3\n"
                     "str r0, [sp]\nstr r1, [sp, #32]\nstr r2, [sp, #60]\n"
                     "add sp, #64\n" ::
                         : "r0", "r1", "r2", "r3", "r12", "memory");
}

typedef void handler(void);
__attribute__((section(".vectors"), used)) static handler *const vectors[17] = {(handler *)0x20001000u,
                                                                                entry, [16] = disturb};
