/* SPDX-License-Identifier: Apache-2.0
 *
 * SERCOM in USART mode (data sheet, chapter 26).
 */
#include "uart.h"

#include "clock.h"

#define N BOARD_UART_SERCOM
/* Fractional baud rate generation: baud = clock / (16 (BAUD + FP / 8)); here BAUD + FP / 8 in eighths, which
 * is off by 0.16 % at 115,200 baud. */
#define BAUD_EIGHTHS (CLOCK_HZ / (2u * UART_BAUD))

static void set_pin(uint32_t port, uint32_t pin, uint32_t function, uint32_t config) {
    const uint32_t shift = (pin & 1u) * 4u;
    const uint32_t others = PORT_PMUX(port, pin) & (0xF0u >> shift);
    PORT_PMUX(port, pin) = (uint8_t)(others | (function << shift));
    PORT_PINCFG(port, pin) = (uint8_t)(PORT_PINCFG_PMUXEN | config);
}

void uart_init(void) {
    PM_APBCMASK |= PM_APBCMASK_SERCOM(N);
    GCLK_CLKCTRL = (uint16_t)(GCLK_CLKCTRL_SERCOM_CORE(N) | GCLK_CLKCTRL_GEN(0u) | GCLK_CLKCTRL_CLKEN);
    while ((GCLK_STATUS & GCLK_STATUS_SYNCBUSY) != 0u) {
    }

    /* A receiver that nobody drives must read as idle, not as noise: pull it up. */
    PORT_OUTSET(BOARD_UART_RX_PORT) = 1u << BOARD_UART_RX_PIN;
    set_pin(BOARD_UART_RX_PORT, BOARD_UART_RX_PIN, BOARD_UART_RX_MUX, PORT_PINCFG_INEN | PORT_PINCFG_PULLEN);
    set_pin(BOARD_UART_TX_PORT, BOARD_UART_TX_PIN, BOARD_UART_TX_MUX, 0u);

    USART_CTRLA(N) = USART_CTRLA_SWRST;
    while (USART_SYNCBUSY(N) != 0u) {
    }
    USART_BAUD(N) = (uint16_t)((BAUD_EIGHTHS / 8u) | ((BAUD_EIGHTHS % 8u) << 13));
    USART_CTRLB(N) = USART_CTRLB_TXEN | USART_CTRLB_RXEN;
    while (USART_SYNCBUSY(N) != 0u) {
    }
    USART_CTRLA(N) = USART_CTRLA_MODE_INTERNAL | USART_CTRLA_SAMPR_16X_FRACTIONAL |
                     USART_CTRLA_TXPO(BOARD_UART_TXPO) | USART_CTRLA_RXPO(BOARD_UART_RXPO) |
                     USART_CTRLA_DORD_LSB | USART_CTRLA_ENABLE;
    while (USART_SYNCBUSY(N) != 0u) {
    }
}

int uart_take_error(void) {
    if ((USART_INTFLAG(N) & USART_INTFLAG_ERROR) == 0u) {
        return 0;
    }
    USART_STATUS(N) = USART_STATUS_ERRORS;
    USART_INTFLAG(N) = USART_INTFLAG_ERROR;
    return 1;
}
