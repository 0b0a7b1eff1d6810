/* SPDX-License-Identifier: Apache-2.0
 *
 * Serial port of the board: 115,200 baud, 8 data bits, no parity, 1 stop bit. Received bytes come by
 * interrupt into a ring, or are read where they arrive; bytes are sent by interrupt from a ring, or waited
 * for.
 */
#ifndef UART_H
#define UART_H

#include <stdint.h>

#include "chip.h"

#define UART_BAUD 115200u

/* Clock, pins, SERCOM and its interrupt. Needs clock_init. */
void uart_init(void);

/* Next received byte, or -1. While the ring is full the port is not read: then bytes are lost on the line,
 * which uart_take_error reports. */
int uart_get(void);
/* Up to n bytes of what has arrived, without an interrupt for each; returns how many. */
unsigned uart_read(uint8_t *to, unsigned n);
/* Whether uart_get has a byte. */
int uart_ready(void);
/* Whether bytes were lost or damaged on the line since the last call. */
int uart_take_error(void);

/* How many bytes uart_put takes without waiting. */
unsigned uart_room(void);
/* Puts a byte behind those in the ring, which has room. */
void uart_put(uint8_t byte);
/* Waits until the ring is empty. */
void uart_drain(void);

/* Sends one byte; waits while the transmit register is full. The ring must be empty. In chip.h, inline: a loop
 * keeps addresses in registers. */
static inline void uart_send(uint8_t byte);

#endif
