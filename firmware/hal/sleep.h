/* SPDX-License-Identifier: Apache-2.0
 *
 * Waiting for interrupts without missing one:
 *
 *     sleep_prepare();
 *     if (nothing is to be done) {
 *         sleep_until_interrupt(SLEEP_READY);
 *     } else {
 *         sleep_cancel();
 *     }
 */
#ifndef SLEEP_H
#define SLEEP_H

/* Masks interrupts: what arrives from now on waits, and ends the sleep at once. */
void sleep_prepare(void);
/* Whether buses and memories are slowed down meanwhile, which saves a third of the current: not while a USB
 * host is there. */
typedef enum { SLEEP_READY, SLEEP_SLOWLY } sleep_depth;

/* Sleeps in mode IDLE 0, the CPU alone, until an interrupt is pending; unmasks them, so that it is handled
 * before the return, and at full speed. To be called after sleep_prepare. */
void sleep_until_interrupt(sleep_depth depth);
/* Unmasks interrupts. */
void sleep_cancel(void);

#endif
