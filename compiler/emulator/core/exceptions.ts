// SPDX-License-Identifier: Apache-2.0
import type { CortexM0Core } from './base-core.ts';

const NMI = 2;
const HARD_FAULT = 3;
const SVCALL = 11;
const PENDSV = 14;
const SYSTICK = 15;
/** Below every configurable priority (0..3): thread mode. */
const LOWEST = 4;

function priorityOf(core: CortexM0Core, exception: number): number {
  if (exception === NMI) return -2;
  if (exception === HARD_FAULT) return -1;
  if (exception === SVCALL) return core.svCallPriority;
  if (exception === PENDSV) return core.pendSVPriority;
  if (exception === SYSTICK) return core.systickPriority;
  for (let priority = 0; priority < LOWEST; priority++) {
    if ((core.interruptPriorities[priority] ?? 0) & (1 << (exception - 16))) return priority;
  }
  return LOWEST;
}

/** The pending and enabled exception that would run first; 0 if there is none (Armv6-M ARM, B1.5.4). */
export function highestPending(core: CortexM0Core): number {
  if (core.pendingNMI) return NMI;
  let best = 0;
  let bestPriority = LOWEST;
  const consider = (exception: number): void => {
    const priority = priorityOf(core, exception);
    if (priority < bestPriority) {
      best = exception;
      bestPriority = priority;
    }
  };
  if (core.pendingSVCall) consider(SVCALL);
  if (core.pendingPendSV) consider(PENDSV);
  if (core.pendingSystick) consider(SYSTICK);
  const interrupts = core.pendingInterrupts & core.enabledInterrupts;
  for (let irq = 0; irq < 32; irq++) {
    if (interrupts & (1 << irq)) consider(16 + irq);
  }
  return best;
}

/** Priority at which the core runs now: of the active exception, raised to 0 by PRIMASK. */
export function executionPriority(core: CortexM0Core, withPrimask: boolean): number {
  const active = core.IPSR === 0 ? LOWEST : priorityOf(core, core.IPSR);
  return withPrimask && core.PM ? Math.min(active, 0) : active;
}

/** The exception to enter now; 0 if none may pre-empt. */
export function nextException(core: CortexM0Core): number {
  const pending = highestPending(core);
  if (pending === 0) return 0;
  return priorityOf(core, pending) < executionPriority(core, true) ? pending : 0;
}

/** Whether WFI ends: PRIMASK is ignored, the handler is not run because of it (Armv6-M ARM, B1.5.19). */
export function wakesUp(core: CortexM0Core): boolean {
  const pending = highestPending(core);
  return pending !== 0 && priorityOf(core, pending) < executionPriority(core, false);
}
