/* SPDX-License-Identifier: Apache-2.0
 *
 * What firmware/hal leaves to the chip: its constants, and the functions that have to be inline.
 */
#ifndef CHIP_H
#define CHIP_H

#include "board.h"
#include "samd21_system.h"

/* hal/nvm.h */
enum { NVM_PAGE = 64, NVM_ROW = 256, NVM_ROWS = 1024 };

static inline uint8_t nvm_byte(uint32_t address) {
    return REG8(address);
}

static inline uint32_t nvm_settings(void) {
    return NVMCTRL_CTRLB;
}

/* hal/reset.h */
#define CHIP_RAM_START 0x20000000u
#define CHIP_RAM_END 0x20008000u
#define RESET_WATCHDOG PM_RCAUSE_WDT
#define RESET_SYSTEM PM_RCAUSE_SYST
#define RESET_EXTERNAL PM_RCAUSE_EXT
#define RESET_BROWN_OUT PM_RCAUSE_BOD

static inline uint32_t reset_cause(void) {
    return PM_RCAUSE;
}

static inline void reset_now(void) {
    SCB_AIRCR = SCB_AIRCR_SYSRESETREQ;
}

/* The last word of RAM. */
static inline void reset_leave_word(uint32_t word) {
    REG32(CHIP_RAM_END - 4u) = word;
}

/* hal/cycles.h: SysTick. */
enum { CYCLES_BITS = 24 };

static inline void cycles_start(void) {
    SYST_RVR = (1u << CYCLES_BITS) - 1u;
    SYST_CVR = 0u;
    SYST_CSR = SYST_CSR_CLKSOURCE | SYST_CSR_ENABLE;
}

static inline uint32_t cycles_now(void) {
    return SYST_CVR;
}

/* hal/led.h */
static inline void led_init(void) {
#if BOARD_LED_ACTIVE_LOW
    PORT_OUTSET(BOARD_LED_PORT) = 1u << BOARD_LED_PIN;
#endif
    PORT_DIRSET(BOARD_LED_PORT) = 1u << BOARD_LED_PIN;
}

static inline void led_toggle(void) {
    PORT_OUTTGL(BOARD_LED_PORT) = 1u << BOARD_LED_PIN;
}

/* hal/uart.h */
static inline void uart_send(uint8_t byte) {
    while ((USART_INTFLAG(BOARD_UART_SERCOM) & USART_INTFLAG_DRE) == 0u) {
    }
    USART_DATA(BOARD_UART_SERCOM) = byte;
}

#endif
