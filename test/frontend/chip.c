/* SPDX-License-Identifier: Apache-2.0
 *
 * Computes one frame after the other of what the test has written into RAM, from reset on; chip.test.ts. The
 * interrupt handler overwrites what the calling convention lets it, and the memory below its stack.
 */
#include "egru_frontend.h"

const egru_frontend *volatile test_frontend;
volatile uint32_t test_first;  /* the frame is the first one */
volatile uint32_t test_offset; /* of the first sample in test_pcm */
const int32_t *volatile test_window;
int16_t test_pcm[256 + 2];
int16_t test_features[130] __attribute__((aligned(4)));
int32_t test_scratch[EGRU_FRONTEND_SCRATCH_WORDS(256, 129)];

__attribute__((noinline)) void test_done(void) {
    __asm__ volatile("" ::: "memory");
}

void entry(void) {
    *(volatile uint32_t *)0xe000e100u = 1; /* NVIC ISER: interrupt 0 */
    test_window = egru_hann_64;            /* the linker keeps what is named */
    test_window = egru_hann_128;
    test_window = egru_hann_256;
    for (;;) {
        if (test_first != 0u) {
            egru_frontend_reset(test_frontend, test_scratch);
        }
        egru_frontend_frame(test_frontend, test_pcm + test_offset, test_features, test_scratch);
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
__attribute__((section(".vectors"), used)) static handler *const vectors[17] = {(handler *)0x20002000u,
                                                                                entry, [16] = disturb};
