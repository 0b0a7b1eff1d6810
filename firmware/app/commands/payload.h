/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes that follow a command, for one port at a time. Nothing happens before they are complete and their
 * checksum is right.
 */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stdint.h>

#include "console.h"

enum { PAYLOAD_VALUES = 256 };

typedef enum { PAYLOAD_FEED, PAYLOAD_PAGE } payload_kind;

/* Expects n bytes from the port. */
void payload_expect(console_port port, payload_kind kind, unsigned bytes, uint32_t crc);
/* Whether a port is in the middle of one. */
int payload_open(void);
/* Whether this port is. */
int payload_from(console_port port);
/* The rest will not come: its sender has gone. */
void payload_give_up(console_port port);
/* Takes what has come. Returns whether there was anything to do; obeys the command when it is complete. */
int payload_poll(console_port port);
/* What has come, as values or as words. */
extern union payload_buffer {
    int16_t values[PAYLOAD_VALUES];
    uint32_t words[PAYLOAD_VALUES / 2];
} payload;

#endif
