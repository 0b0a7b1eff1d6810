/* SPDX-License-Identifier: Apache-2.0
 *
 * The two serial ports as one: bytes in from each, text out to the ports that are selected.
 *
 * While the chip listens nothing here waits: a line (or frame) goes out as a whole where a port has room for
 * it, and is otherwise dropped and counted. While it does not, output waits for the host.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdint.h>

typedef enum { PORT_UART, PORT_USB, PORT_COUNT } console_port;
enum { CONSOLE_ALL = (1 << PORT_COUNT) - 1, CONSOLE_LINE = 240 /* bytes of a line or frame */ };

void console_init(void);
/* Next byte from a port, or -1. */
int console_get(console_port port);
/* Up to n bytes that have arrived; returns how many. */
unsigned console_read(console_port port, uint8_t *to, unsigned n);
/* Whether bytes wait. */
int console_ready(void);
/* Whether bytes of this port were lost or damaged since the last call. */
int console_take_error(console_port port);

/* Where output goes: 1 << port, or several. */
void console_select(unsigned ports);
/* Whether output may wait. */
void console_may_wait(int yes);
/* Sends what a host would otherwise wait for. */
void console_flush(void);
/* Lines and frames that were dropped since reset. */
uint32_t console_dropped(void);

void put_byte(uint8_t byte);
void put_bytes(const void *data, unsigned n);
/* Bytes up to put_end belong together, newlines or not. */
void put_begin(void);
void put_end(void);

/* A text; its newline ends the line. */
void put_text(const char *text);
void put_number(int32_t value);
void put_unsigned(uint32_t value);
void put_hex(uint32_t value, unsigned digits);

#endif
