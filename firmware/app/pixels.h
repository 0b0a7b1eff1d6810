/* SPDX-License-Identifier: Apache-2.0
 *
 * What a board with NeoPixels shows of a keyword. On other boards there is nothing here.
 */
#ifndef PIXELS_H
#define PIXELS_H

#include "board.h"

#if BOARD_NEOPIXEL_COUNT > 0

#include "neopixel.h"

/* Of 255: 0.6 mA for each of the three lights, and no glare. */
#define PIXELS_LEVEL 8u
/* As many as there are sums of the three lights. */
#define PIXELS_COLOURS 7u

static inline void pixels_init(void) {
    neopixel_init();
}

/* label modulo n, without the library's division. */
static inline unsigned pixels_modulo(unsigned label, unsigned n) {
    while (label >= n) {
        label -= n;
    }
    return label;
}

/* One pixel, which the label chooses as well as its colour. The colours repeat after 7 labels and the
 * pixels after their number. */
static inline void pixels_show(unsigned label) {
    const unsigned lights = pixels_modulo(label, PIXELS_COLOURS) + 1u;
    neopixel_show(pixels_modulo(label, BOARD_NEOPIXEL_COUNT),
                  NEOPIXEL_GRB((lights & 1u) != 0u ? PIXELS_LEVEL : 0u,
                               (lights & 2u) != 0u ? PIXELS_LEVEL : 0u,
                               (lights & 4u) != 0u ? PIXELS_LEVEL : 0u));
}

#else

static inline void pixels_init(void) {}
static inline void pixels_show(unsigned label) {
    (void)label;
}

#endif

#endif
