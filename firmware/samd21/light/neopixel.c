/* SPDX-License-Identifier: Apache-2.0
 *
 * WS2812B (Worldsemi data sheet, "Data Transfer Time"): 24 bits a pixel, green, red, blue, the highest bit
 * first. A bit is a high and a low time; a longer low time is the end, at which all pixels take what they
 * have got.
 *
 *               data sheet      at 48 MHz      send() takes
 *     0 high   400 +- 150 ns   12.0 - 26.4    13 - 14 cycles
 *     0 low    850 +- 150 ns   33.6 - 48.0    42 - 46
 *     1 high   800 +- 150 ns   31.2 - 45.6    33 - 36
 *     1 low    450 +- 150 ns   14.4 - 28.8    22 - 24
 *     end      > 50 us         > 2400         14,400 at least
 *
 * The first figure is for a flash without wait states, the second for one with a wait state for every new
 * line of 8 bytes. Either stays inside with a clock that is 3 % off; that of a board without a crystal is
 * less. Later WS2812B want 220 to 380 ns for the high time of a 0, 580 to 1000 ns for the others, and 280 us at
 * the end: kept as well, but for the low time of a 1, where the two have only 580 to 600 ns in common.
 *
 * Between two pixels interrupts are let through, which makes the last low time of a pixel longer. The data
 * sheet asks for 50 us at the end and does not specify less; measured, 5 us belong to the data and 6 us may
 * be the end (wp.josh.com, "NeoPixels Revealed", TLD and TLL). So only DMAC_Handler may come in there, which
 * takes some 50 cycles, once at most, for it comes every 4 ms: the gap stays below 150 cycles, 3.2 us.
 * USB_Handler can take longer, and waits for the last pixel: a host tries again.
 */
#include "board.h"

#if BOARD_NEOPIXEL_COUNT > 0

#include "neopixel.h"
#include "samd21_dmac.h"
#include "samd21_system.h"

#define MASK (1u << BOARD_PIXEL_DATA_PIN)
#define SYSTICK_MASK 0xFFFFFFu
#define END_CYCLES 14400u /* 300 us */

static uint32_t last; /* SysTick when the line went low for good */

/* The 24 low bits. The loop begins at a line of flash and fills five of them, less than the flash's cache
 * holds; every delay stays in its line. A delay of n takes 3 n cycles, and a 1 is not cleared at first, but
 * for nothing: both bits take the same way. */
static void send(uint32_t grb) {
    uint32_t bits = grb << 8;
    uint32_t left = 24;
    uint32_t low;
    uint32_t delay;
    __asm__ volatile(".syntax unified\n\t"
                     ".p2align 3\n"
                     "1:\tstr %[mask], [%[port], %[set]]\n\t" /* 0: high */
                     "lsls %[bits], #1\n\t"
                     "sbcs %[low], %[low]\n\t" /* the bit is 1: 0, otherwise all ones */
                     "ands %[low], %[mask]\n\t"
                     "movs %[delay], #3\n"
                     "2:\tsubs %[delay], #1\n\t"
                     "bne 2b\n\t"
                     "str %[low], [%[port], %[clear]]\n\t" /* 13: low if the bit is 0 */
                     "movs %[delay], #6\n"
                     "3:\tsubs %[delay], #1\n\t"
                     "bne 3b\n\t"
                     "nop\n\t"
                     "str %[mask], [%[port], %[clear]]\n\t" /* 33: low */
                     "movs %[delay], #6\n"
                     "4:\tsubs %[delay], #1\n\t"
                     "bne 4b\n\t"
                     "subs %[left], #1\n\t"
                     "bne 1b" /* 55: the next bit */
                     : [bits] "+l"(bits), [left] "+l"(left), [low] "=&l"(low), [delay] "=&l"(delay)
                     : [mask] "l"(MASK), [port] "l"(PORT_IOBUS_BASE(BOARD_PIXEL_DATA_PORT)),
                       [set] "i"(PORT_OUTSET_OFFSET), [clear] "i"(PORT_OUTCLR_OFFSET)
                     : "cc", "memory");
}

void neopixel_show(unsigned lit, uint32_t grb) {
    while (((last - SYST_CVR) & SYSTICK_MASK) < END_CYCLES) { /* it counts down */
    }
    const uint32_t others = NVIC_ISER & ~(1u << IRQ_DMAC);
    NVIC_ICER = others;
    for (unsigned i = 0; i < BOARD_NEOPIXEL_COUNT; i++) {
        __asm__ volatile("cpsid i" ::: "memory");
        send(i == lit ? grb : 0u);
        __asm__ volatile("cpsie i\n\tisb" ::: "memory");
    }
    last = SYST_CVR;
    NVIC_ISER = others;
}

void neopixel_init(void) {
    PORT_OUTCLR(BOARD_PIXEL_DATA_PORT) = MASK;
    PORT_DIRSET(BOARD_PIXEL_DATA_PORT) = MASK;
    last = SYST_CVR; /* whatever a bootloader has begun to send ends */
    neopixel_show(0u, 0u);
}

#endif
