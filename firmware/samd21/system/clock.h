/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOCK_H
#define CLOCK_H

/* CPU, buses and SERCOMs after clock_init, in hertz. */
#define CLOCK_HZ 48000000u

/* Brings CPU and buses to 48 MHz from the DFLL48M, with the flash wait state that it needs. Whatever clock a
 * bootloader left behind is given up first. Returns also where the crystal does not start: the DFLL then
 * follows the frames of a USB host, as it does on boards without a crystal, and without a host its factory
 * calibration.
 */
void clock_init(void);

#endif
