/* SPDX-License-Identifier: Apache-2.0
 *
 * Sleep (data sheet, chapter 16, PM, "Sleep Mode Controller"; Armv6-M Architecture Reference Manual,
 * B1.5.19). Mode IDLE 0 stops the CPU and leaves buses, DMA controller and USB running; deeper modes would
 * stop them, but how fast they run is free: PM.CPUSEL and its companions divide their clock ("Selecting the
 * Synchronous Clock Division Ratio"), while generators and what they clock go on.
 *
 * Divided by 16 the DMA controller has 92 cycles for a word of I2S and 187 for a count of the ADC; divided by 8
 * it has 94 for a half-word of PDM. A beat takes some 30, with its descriptor fetched and written back.
 */
#include "sleep.h"

#include "board.h"
#include "samd21.h"

#define PM_SLEEP REG8(0x40000401u)
#define SCB_SCR REG32(0xE000ED10u)

#if BOARD_MIC_PDM
enum { LOG2_DIVIDER = 3 };
#else
enum { LOG2_DIVIDER = 4 };
#endif

void sleep_prepare(void) {
    __asm__ volatile("cpsid i" ::: "memory");
}

/* A bus is never faster than the CPU: the CPU slows down last, and is the first that is fast again. */
static void slow_down(void) {
    PM_APBASEL = LOG2_DIVIDER;
    PM_APBBSEL = LOG2_DIVIDER;
    PM_APBCSEL = LOG2_DIVIDER;
    PM_CPUSEL = LOG2_DIVIDER;
    (void)PM_CPUSEL; /* it has arrived, and settles before it is written again */
}

static void speed_up(void) {
    PM_CPUSEL = 0u;
    PM_APBASEL = 0u;
    PM_APBBSEL = 0u;
    PM_APBCSEL = 0u;
}

void sleep_until_interrupt(sleep_depth depth) {
    PM_SLEEP = 0u; /* whatever a bootloader left */
    SCB_SCR = 0u;
    if (depth == SLEEP_SLOWLY) {
        slow_down();
    }
    __asm__ volatile("dsb\n\twfi" ::: "memory"); /* a masked interrupt ends WFI all the same */
    if (depth == SLEEP_SLOWLY) {
        speed_up();
    }
    __asm__ volatile("cpsie i\n\tisb" ::: "memory");
}

void sleep_cancel(void) {
    __asm__ volatile("cpsie i\n\tisb" ::: "memory");
}
