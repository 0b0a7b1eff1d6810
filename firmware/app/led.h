/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LED_H
#define LED_H

#include "board.h"
#include "samd21.h"

static inline void led_init(void) {
#if BOARD_LED_ACTIVE_LOW
    PORT_OUTSET(BOARD_LED_PORT) = 1u << BOARD_LED_PIN;
#endif
    PORT_DIRSET(BOARD_LED_PORT) = 1u << BOARD_LED_PIN;
}

static inline void led_toggle(void) {
    PORT_OUTTGL(BOARD_LED_PORT) = 1u << BOARD_LED_PIN;
}

#endif
