/* SPDX-License-Identifier: Apache-2.0
 *
 * A counter of core cycles, CYCLES_BITS wide, that counts down and wraps around: an interval is
 * (start - end) modulo 2^CYCLES_BITS.
 */
#ifndef CYCLES_H
#define CYCLES_H

#include "chip.h"

static inline void cycles_start(void);
static inline uint32_t cycles_now(void);

#endif
