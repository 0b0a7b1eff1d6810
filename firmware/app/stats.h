/* SPDX-License-Identifier: Apache-2.0
 *
 * What the firmware measures of itself.
 */
#ifndef STATS_H
#define STATS_H

#include <stdint.h>

/* Starts SysTick and paints the free stack. First thing in main. */
void stats_init(void);
/* Restarts the count of cycles. */
void stats_restart(void);
/* SysTick, which counts down. */
uint32_t stats_cycles(void);
/* A frame is done that began at `start`. */
void stats_frame(uint32_t start);
/* "frames N overruns N dropped N cycles MIN MEAN MAX stack N of N reset CAUSE" */
void stats_put(void);

#endif
