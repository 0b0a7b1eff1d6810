/* SPDX-License-Identifier: Apache-2.0
 *
 * The watchdog: the chip is reset if it is not fed for two seconds. After one second without a
 * sign it interrupts, which ends a sleep that nothing else would end.
 */
#ifndef WDT_H
#define WDT_H

/* Needs clock_init. */
void wdt_start(void);
/* All is well. Cheap: at most some hundred times a second it reaches the watchdog. */
void wdt_clear(void);

#endif
