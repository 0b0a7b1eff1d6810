/* SPDX-License-Identifier: Apache-2.0
 *
 * The user's LED, whose pin board.h names.
 */
#ifndef LED_H
#define LED_H

#include "chip.h"

/* Off. */
static inline void led_init(void);
static inline void led_toggle(void);

#endif
