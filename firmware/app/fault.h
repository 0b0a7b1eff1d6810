/* SPDX-License-Identifier: Apache-2.0
 *
 * What stopped the firmware: kept in RAM that a reset leaves alone, and reported after the next start.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdint.h>

/* After a reset by watchdog or software: "note reset CAUSE", and "note fault RECORD" where a fault was its
 * reason. */
void fault_report(void);
/* Why the chip has started, as one word. */
void fault_put_cause(void);
/* "none", or "exception N r0 ... r1 ... r2 ... r3 ... r12 ... lr ... pc ... psr ... sp ..." */
void fault_put_record(void);
/* The system reset, with nothing to report. */
void fault_restart(void);

/* Fault_Handler of startup.c goes here. */
void fault_enter(const uint32_t *stack, uint32_t link);

#endif
