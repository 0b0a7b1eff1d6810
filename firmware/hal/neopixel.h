/* SPDX-License-Identifier: Apache-2.0
 *
 * The board's NeoPixels (WS2812B), a chain on one wire; board.h has where and how many.
 */
#ifndef NEOPIXEL_H
#define NEOPIXEL_H

#include <stdint.h>

/* Green, red and blue of 0 to 255 in the order in which a pixel takes them. */
#define NEOPIXEL_GRB(green, red, blue) ((uint32_t)(green) << 16 | (uint32_t)(red) << 8 | (uint32_t)(blue))

/* Switches all off. Needs clock_init, and SysTick to count cycles down from 2^24 - 1. 0.6 ms. */
void neopixel_init(void);
/* Gives one pixel (from 0, the nearest) a colour and switches the others off. Thread mode, interrupts on.
 *
 * Takes 0.3 ms, up to 0.6 ms where the last call is less than 0.3 ms ago. Interrupts are held back for 30 us
 * at a time; those of all but the DMA controller, which a microphone waits for, until the end. */
void neopixel_show(unsigned lit, uint32_t grb);

#endif
