/* SPDX-License-Identifier: Apache-2.0 */
#include "stats.h"

#include "console.h"
#include "cycles.h"
#include "fault.h"
#include "mic.h"

#define PAINT 0xA5A5A5A5u

/* Set by the linker script. */
extern uint32_t __stack_limit[];
extern uint32_t __stack_top[];

static struct {
    uint32_t frames;
    uint32_t sum; /* of the last frames; halved with their number before it overflows */
    uint32_t count;
    uint32_t least;
    uint32_t most;
} stats;

void stats_init(void) {
    uint32_t *here;
    __asm__ volatile("mov %0, sp" : "=r"(here));
    for (uint32_t *at = __stack_limit; at < here; at++) {
        *(volatile uint32_t *)at = PAINT;
    }
    cycles_start();
    stats_restart();
}

void stats_restart(void) {
    stats.frames = 0;
    stats.sum = 0;
    stats.count = 0;
    stats.least = 0xFFFFFFFFu;
    stats.most = 0;
}

uint32_t stats_cycles(void) {
    return cycles_now();
}

void stats_frame(uint32_t start) {
    const uint32_t cycles =
        (start - cycles_now()) & ((1u << CYCLES_BITS) - 1u); /* a frame takes less than 0.3 s */
    stats.frames++;
    if (stats.sum >= 1u << 31) {
        stats.sum /= 2u;
        stats.count /= 2u;
    }
    stats.sum += cycles;
    stats.count++;
    stats.least = cycles < stats.least ? cycles : stats.least;
    stats.most = cycles > stats.most ? cycles : stats.most;
}

/* Bytes of stack that were reached. */
static uint32_t stack_mark(void) {
    const uint32_t *at = __stack_limit;
    while (at < __stack_top && *at == PAINT) {
        at++;
    }
    return (uint32_t)((uintptr_t)__stack_top - (uintptr_t)at);
}

void stats_put(void) {
    put_text("frames ");
    put_unsigned(stats.frames);
    put_text(" overruns ");
    put_unsigned(mic_overruns());
    put_text(" dropped ");
    put_unsigned(console_dropped());
    put_text(" cycles ");
    put_unsigned(stats.frames == 0u ? 0u : stats.least);
    put_byte(' ');
    put_unsigned(stats.count == 0u ? 0u : stats.sum / stats.count);
    put_byte(' ');
    put_unsigned(stats.most);
    put_text(" stack ");
    put_unsigned(stack_mark());
    put_text(" of ");
    put_unsigned((uint32_t)((uintptr_t)__stack_top - (uintptr_t)__stack_limit));
    put_text(" reset ");
    fault_put_cause();
}
