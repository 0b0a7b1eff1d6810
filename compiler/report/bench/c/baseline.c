/* SPDX-License-Identifier: Apache-2.0 */
#include "baseline.h"

int16_t bench_features[BENCH_INPUTS];
int32_t bench_logits[BENCH_OUTPUTS];
volatile uint32_t bench_restart;

/* Where the emulator stops. */
void bench_ready(void);
__attribute__((noinline)) void bench_ready(void) {
    __asm__ volatile("nop");
}

void bench_main(void);
__attribute__((noreturn)) void bench_main(void) {
    for (;;) {
        bench_ready();
        if (bench_restart != 0u) {
            bench_reset();
        }
        bench_step();
    }
}

/* Stack pointer and start (Armv6-M ARM, B1.5.3). */
__attribute__((section(".vectors"), used)) const struct {
    uint32_t stack;
    void (*start)(void);
} bench_vectors = {0x20008000u, bench_main};
