/* SPDX-License-Identifier: Apache-2.0
 *
 * A board for host programs: nothing of it is there.
 */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_NAME "none"
#define BOARD_NEOPIXEL_COUNT 0
#define BOARD_BOOT_MAGIC 0x07738135u

#endif
