/* SPDX-License-Identifier: Apache-2.0
 *
 * Sleep (data sheet, chapter 16, PM, "Sleep Mode Controller"; Armv6-M Architecture Reference Manual,
 * B1.5.19). Mode IDLE 0 stops the CPU and leaves buses, DMA controller and USB running; deeper modes would
 * stop them.
 */
#include "sleep.h"

#include "samd21.h"

#define PM_SLEEP REG8(0x40000401u)
#define SCB_SCR REG32(0xE000ED10u)

void sleep_prepare(void) {
    __asm__ volatile("cpsid i" ::: "memory");
}

void sleep_until_interrupt(void) {
    PM_SLEEP = 0u; /* whatever a bootloader left */
    SCB_SCR = 0u;
    __asm__ volatile("dsb\n\twfi\n\tcpsie i\n\tisb" ::
                         : "memory"); /* a masked interrupt ends WFI all the same */
}

void sleep_cancel(void) {
    __asm__ volatile("cpsie i\n\tisb" ::: "memory");
}
