/* SPDX-License-Identifier: Apache-2.0
 *
 * Why the chip started, how it starts again, and where its RAM lies: CHIP_RAM_START, and CHIP_RAM_END behind it.
 */
#ifndef RESET_H
#define RESET_H

#include "chip.h"

/* Flags RESET_WATCHDOG, RESET_SYSTEM (reset_now), RESET_EXTERNAL, RESET_BROWN_OUT; power-on: none of them. */
static inline uint32_t reset_cause(void);
/* Requests a reset, which comes within some cycles: the caller waits in a loop. Touches no memory. */
static inline void reset_now(void);
/* Leaves a word where the bootloader looks after a reset (BOARD_BOOT_MAGIC: it stays). */
static inline void reset_leave_word(uint32_t word);

#endif
