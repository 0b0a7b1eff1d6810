/* SPDX-License-Identifier: Apache-2.0
 *
 * A chip for host programs: what firmware/hal leaves to the chip, without an effect.
 */
#ifndef CHIP_H
#define CHIP_H

#include <stdint.h>

#include "board.h"

enum { NVM_PAGE = 64, NVM_ROW = 256, NVM_ROWS = 4, CYCLES_BITS = 24 };

static inline uint8_t nvm_byte(uint32_t address) {
    return (uint8_t)address;
}
static inline uint32_t nvm_settings(void) {
    return 0x82;
}
static inline void led_init(void) {}
static inline void led_toggle(void) {}
static inline void cycles_start(void) {}
static inline uint32_t cycles_now(void) {
    return 0;
}
static inline uint32_t reset_cause(void) {
    return 0;
}
static inline void reset_now(void) {}
static inline void reset_leave_word(uint32_t word) {
    (void)word;
}

/* What goes to the UART, for whoever includes this. */
extern void host_uart_sent(uint8_t byte);
static inline void uart_send(uint8_t byte) {
    host_uart_sent(byte);
}

#endif
