/* SPDX-License-Identifier: Apache-2.0 */
#include "fault.h"

#include "console.h"
#include "reset.h"

#define FAULT_MAGIC 0x4641554Cu

/* The frame in the order in which an exception stores it (Armv6-M ARM, B1.5.6). */
typedef struct {
    uint32_t magic;
    uint32_t frame[8]; /* r0 to r3, r12, lr, pc, psr; zeros where the stack pointer was not in RAM */
    uint32_t stack;
    uint32_t link;      /* how the exception was entered */
    uint32_t exception; /* its number */
    uint32_t check;     /* of all above */
} fault_record;

__attribute__((section(".fault"))) static fault_record fault;

static uint32_t sum(void) {
    const uint32_t *const words = (const uint32_t *)&fault;
    uint32_t result = 1u;
    for (unsigned i = 0; i < sizeof fault / 4u - 1u; i++) {
        result = (result << 5 | result >> 27) ^ words[i];
    }
    return result;
}

/* Nothing here may fault again: only the core's registers and RAM are touched, the stack only where it is
 * RAM. */
void fault_enter(const uint32_t *stack, uint32_t link) {
    uint32_t exception;
    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
    const uint32_t at = (uint32_t)stack;
    fault.magic = FAULT_MAGIC;
    for (unsigned i = 0; i < 8u; i++) {
        const int in_ram = at >= CHIP_RAM_START && at <= CHIP_RAM_END - 32u && (at & 3u) == 0u;
        fault.frame[i] = in_ram ? stack[i] : 0u;
    }
    fault.stack = at;
    fault.link = link;
    fault.exception = exception;
    fault.check = sum();
    reset_now();
    for (;;) {
    }
}

void fault_restart(void) {
    fault.magic = 0u;
    __asm__ volatile("dsb");
    reset_now();
    for (;;) {
    }
}

void fault_put_cause(void) {
    const uint32_t cause = reset_cause();
    put_text((cause & RESET_WATCHDOG) != 0u    ? "watchdog"
             : (cause & RESET_SYSTEM) != 0u    ? "system"
             : (cause & RESET_EXTERNAL) != 0u  ? "external"
             : (cause & RESET_BROWN_OUT) != 0u ? "brown-out"
                                               : "power-on");
}

void fault_put_record(void) {
    static const char *const names[] = {" r0 ", " r1 ", " r2 ", " r3 ", " r12 ", " lr ", " pc ", " psr "};
    if (fault.magic != FAULT_MAGIC || fault.check != sum()) {
        put_text("none");
        return;
    }
    put_text("exception ");
    put_unsigned(fault.exception);
    for (unsigned i = 0; i < 8u; i++) {
        put_text(names[i]);
        put_hex(fault.frame[i], 8);
    }
    put_text(" sp ");
    put_hex(fault.stack, 8);
}

void fault_report(void) {
    const uint32_t cause = reset_cause();
    if ((cause & (RESET_WATCHDOG | RESET_SYSTEM)) == 0u) {
        return; /* RAM may hold anything, and nothing has gone wrong */
    }
    put_text("note reset ");
    fault_put_cause();
    put_text("\n");
    if ((cause & RESET_SYSTEM) != 0u && fault.magic == FAULT_MAGIC) {
        put_text("note fault ");
        fault_put_record();
        put_text("\n");
    }
}
