/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls egru_i_softsign for ever; the emulator places the input at bench_ready and counts the cycles of the
 * call.
 */
#include "egru_fixed.h"

volatile int32_t bench_input;
volatile int32_t bench_output;

void bench_ready(void);
__attribute__((noinline)) void bench_ready(void) {
    __asm__ volatile("nop");
}

void bench_main(void);
__attribute__((noreturn)) void bench_main(void) {
    for (;;) {
        bench_ready();
        bench_output = egru_i_softsign(bench_input);
    }
}

/* Stack pointer and start (Armv6-M ARM, B1.5.3). */
__attribute__((section(".vectors"), used)) const struct {
    uint32_t stack;
    void (*start)(void);
} bench_vectors = {0x20008000u, bench_main};
