/* SPDX-License-Identifier: Apache-2.0
 *
 * Waiting for interrupts without missing one:
 *
 *     sleep_prepare();
 *     if (nothing is to be done) {
 *         sleep_until_interrupt();
 *     } else {
 *         sleep_cancel();
 *     }
 */
#ifndef SLEEP_H
#define SLEEP_H

/* Masks interrupts: what arrives from now on waits, and ends the sleep at once. */
void sleep_prepare(void);
/* Sleeps in mode IDLE 0, the CPU alone, until an interrupt is pending; unmasks them, so that it is handled
 * before the return. To be called after sleep_prepare. */
void sleep_until_interrupt(void);
/* Unmasks interrupts. */
void sleep_cancel(void);

#endif
