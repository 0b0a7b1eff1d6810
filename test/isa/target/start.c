/* SPDX-License-Identifier: Apache-2.0
 *
 * Vector table, start-up and semihosting of a test image. image_main is generated: it calls the functions
 * under test.
 */
#include "image.h"

#define SYS_WRITE0 0x04u
#define SYS_EXIT 0x18u
#define ADP_STOPPED_APPLICATION_EXIT 0x20026u
#define ADP_STOPPED_RUN_TIME_ERROR 0x20023u

extern uint32_t image_data_start[], image_data_end[], image_data_source[], image_bss_start[], image_bss_end[];
extern uint32_t image_stack_top[];
void image_main(void);
void image_reset(void);

/* Arm "Semihosting for AArch32 and AArch64", section 4: operation in r0, argument in r1, BKPT 0xAB. */
static void semihost(uint32_t operation, uint32_t argument) {
    register uint32_t r0 __asm__("r0") = operation;
    register uint32_t r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

void image_write(const char *text) {
    semihost(SYS_WRITE0, (uint32_t)(uintptr_t)text);
}

void image_write_hex(uint32_t value) {
    char text[9];
    for (uint32_t i = 0; i < 8; i++) {
        const uint32_t digit = (value >> (28u - 4u * i)) & 15u;
        text[i] = (char)(digit < 10u ? '0' + digit : 'a' + digit - 10u);
    }
    text[8] = 0;
    image_write(text);
}

void image_write_unsigned(uint32_t value) {
    static const uint32_t powers[] = {1000000000u, 100000000u, 10000000u, 1000000u, 100000u,
                                      10000u,      1000u,      100u,      10u,      1u};
    char text[11];
    uint32_t length = 0;
    for (uint32_t i = 0; i < 10u; i++) {
        char digit = '0';
        while (value >= powers[i]) {
            value -= powers[i];
            digit++;
        }
        if (digit != '0' || length > 0u || i == 9u) {
            text[length++] = digit;
        }
    }
    text[length] = 0;
    image_write(text);
}

void image_reset(void) {
    const uint32_t *from = image_data_source;
    for (uint32_t *to = image_data_start; to < image_data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = image_bss_start; to < image_bss_end; to++) {
        *to = 0;
    }
    image_main();
    semihost(SYS_EXIT, ADP_STOPPED_APPLICATION_EXIT);
    for (;;) {
    }
}

static void image_fault(void) {
    image_write("HardFault\n");
    semihost(SYS_EXIT, ADP_STOPPED_RUN_TIME_ERROR);
    for (;;) {
    }
}

/* Sources under test may bring their own. */
__attribute__((weak, alias("image_fault"))) void image_svc(void);
__attribute__((weak, alias("image_fault"))) void image_pendsv(void);
__attribute__((weak, alias("image_fault"))) void image_systick(void);

typedef void (*handler)(void);
__attribute__((section(".vectors"), used)) static const struct {
    const uint32_t *stack;
    handler handlers[15];
} image_vectors = {
    image_stack_top,
    {image_reset, image_fault, image_fault, 0, 0, 0, 0, 0, 0, 0, image_svc, 0, 0, image_pendsv,
     image_systick},
};
