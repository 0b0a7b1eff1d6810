/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands of docs/PROTOCOL.md. Each group stands in a file of its own and answers with exactly one line
 * that begins with "ok" or "error".
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include <stddef.h>

#include "line.h"
#include "payload.h"

/* Obeys a line that is complete. */
void commands_line(console_port port, command_line *input, int damaged);
/* Obeys a command whose payload is complete. */
void commands_payload(payload_kind kind, unsigned bytes, int whole);
/* To the bootloader, with the board's magic word; answers before it goes. */
void commands_bootloader(void);
/* Why there is no model; NULL: there is one. */
extern const char *commands_defect;

void answer_ok(void);
void answer_error(const char *text);
/* "ok" and the end of a line follow what was put between. */
void answer_begin(const char *text);
void answer_end(void);

/* Groups: 1 where the command was theirs, and has been answered. */
int commands_describe(command_line *input);
int commands_feed(console_port port, command_line *input);
int commands_learn(command_line *input);
int commands_listen(command_line *input);
int commands_update(console_port port, command_line *input);
void commands_fed(unsigned bytes);
void commands_page(void);

#endif
