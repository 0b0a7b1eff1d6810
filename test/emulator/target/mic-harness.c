/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for the application and for the decimators: the test looks at every raw block where decimate is
 * called, and sets what the loop is to do.
 */
#include "mic.h"
#include "sleep.h"

enum { RUN, STOP, RESTART };

volatile uint32_t request; /* of the test: what to do next */
volatile uint32_t delay;   /* loops that mic_read comes too late */
volatile uint32_t lazy;    /* loops within the decimator */
volatile uint32_t masked;  /* loops with interrupts masked before sleeping */
volatile uint32_t overruns;

int main(void);
void decimate(const void *raw);
void deliver(const int16_t *pcm);

static void spin(uint32_t loops) {
    for (volatile uint32_t i = 0; i < loops; i++) {
    }
}

__attribute__((noinline, used)) void decimate(const void *raw) {
    __asm__ volatile("" ::"r"(raw) : "memory");
    spin(lazy);
}

#ifndef REAL_DECIMATORS
void egru_mic_pdm_reset(egru_mic_pdm *s) {
    s->unused = 1;
}

void egru_mic_pdm_block(egru_mic_pdm *s, const uint16_t *bits, int16_t *pcm) {
    (void)s;
    (void)pcm;
    decimate(bits);
}

void egru_mic_i2s_reset(egru_mic_i2s *s) {
    s->unused = 1;
}

void egru_mic_i2s_block(egru_mic_i2s *s, const int32_t *words, int16_t *pcm) {
    (void)s;
    (void)pcm;
    decimate(words);
}

void egru_mic_adc_reset(egru_mic_adc *s) {
    s->unused = 1;
}

void egru_mic_adc_block(egru_mic_adc *s, const uint16_t *counts, int16_t *pcm) {
    (void)s;
    (void)pcm;
    decimate(counts);
}

#endif

__attribute__((noinline)) void deliver(const int16_t *pcm) {
    __asm__ volatile("" ::"r"(pcm) : "memory");
}

int main(void) {
    int16_t pcm[EGRU_MIC_BLOCK];
    mic_start();
    for (;;) {
        if (request == STOP) {
            mic_stop();
        } else if (request == RESTART) {
            mic_start();
            request = RUN;
        }
        spin(delay);
        while (mic_read(pcm)) {
            deliver(pcm);
        }
        overruns = mic_overruns();
        sleep_prepare();
        spin(masked);
        if (mic_ready()) {
            sleep_cancel();
        } else {
            sleep_until_interrupt(SLEEP_READY);
        }
    }
}
