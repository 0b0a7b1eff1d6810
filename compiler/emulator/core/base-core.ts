// SPDX-License-Identifier: Apache-2.0
import { RP2040 } from 'rp2040js';

/** rp2040js's Cortex-M0+ core, as its type. */
export type CortexM0Core = RP2040['core'];

/** rp2040js exports the machine but not the class of its core; the class is reached through an instance. */
export const BaseCore = new RP2040().core.constructor as new (machine: RP2040) => CortexM0Core;
