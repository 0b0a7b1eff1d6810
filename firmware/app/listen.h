/* SPDX-License-Identifier: Apache-2.0
 *
 * The microphone: to the network, whose events go to every port, or to the host as it is.
 */
#ifndef LISTEN_H
#define LISTEN_H

#include <stddef.h>
#include <stdint.h>

typedef enum { LISTEN_OFF, LISTEN_KEYWORDS, LISTEN_RECORD } listen_mode;

/* Returns NULL, or why the model cannot listen. Off always works, recording needs no model. */
const char *listen_set(listen_mode mode);
listen_mode listen_now(void);
/* Does what one block of 4 ms needs; returns whether there was one. */
int listen_poll(void);
/* Whether a block waits. */
int listen_ready(void);

#endif
