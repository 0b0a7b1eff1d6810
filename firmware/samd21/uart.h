/* SPDX-License-Identifier: Apache-2.0
 *
 * Polled serial port of the board: 115,200 baud, 8 data bits, no parity, 1 stop bit.
 */
#ifndef UART_H
#define UART_H

#include <stdint.h>

#include "board.h"
#include "samd21.h"

#define UART_BAUD 115200u

/* Clock, pins and SERCOM. Needs clock_init. */
void uart_init(void);

/* Sends one byte; waits while the transmit register is full. Inline, so that a loop keeps addresses in
 * registers. */
static inline void uart_send(uint8_t byte) {
    while ((USART_INTFLAG(BOARD_UART_SERCOM) & USART_INTFLAG_DRE) == 0u) {
    }
    USART_DATA(BOARD_UART_SERCOM) = byte;
}

/* Waits for a byte, however long. Only a line or payload that is complete has an effect, so that waiting
 * without a time limit cannot leave anything half done. */
static inline uint8_t uart_receive(void) {
    while ((USART_INTFLAG(BOARD_UART_SERCOM) & USART_INTFLAG_RXC) == 0u) {
    }
    return (uint8_t)USART_DATA(BOARD_UART_SERCOM);
}

/* Whether bytes were lost or damaged on the line since the last call. */
int uart_take_error(void);

#endif
