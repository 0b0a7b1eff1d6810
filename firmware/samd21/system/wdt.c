/* SPDX-License-Identifier: Apache-2.0
 *
 * WDT (data sheet, chapter 18), on 1,024 Hz from generator 2: OSCULP32K divided by 32.
 */
#include "wdt.h"

#include "samd21_system.h"

enum { GENERATOR = 2, PERIOD_2048 = 8, WARNING_1024 = 7 /* cycles: 8 << n */ };

static void wait_gclk(void) {
    while ((GCLK_STATUS & GCLK_STATUS_SYNCBUSY) != 0u) {
    }
}

static void wait_wdt(void) {
    while ((WDT_STATUS & WDT_STATUS_SYNCBUSY) != 0u) {
    }
}

void wdt_start(void) {
    GCLK_GENDIV = GENERATOR | GCLK_GENDIV_DIV(4u); /* with DIVSEL: by 2^(4 + 1) */
    wait_gclk();
    GCLK_GENCTRL = GENERATOR | GCLK_GENCTRL_SRC_OSCULP32K | GCLK_GENCTRL_DIVSEL | GCLK_GENCTRL_GENEN;
    wait_gclk();
    GCLK_CLKCTRL = GCLK_CLKCTRL_WDT | GCLK_CLKCTRL_GEN((uint32_t)GENERATOR) | GCLK_CLKCTRL_CLKEN;
    wait_gclk();
    if ((WDT_CTRL & WDT_CTRL_ENABLE) != 0u) { /* a bootloader may have started it */
        WDT_CTRL = 0u;
        wait_wdt();
    }
    WDT_CONFIG = PERIOD_2048;
    WDT_EWCTRL = WARNING_1024;
    WDT_INTENSET = WDT_INT_EW;
    NVIC_ISER = 1u << IRQ_WDT;
    WDT_CTRL = WDT_CTRL_ENABLE;
}

void wdt_clear(void) {
    /* A write takes some cycles of the watchdog's slow clock, and the next one would stop the CPU for as
     * long. */
    if ((WDT_STATUS & WDT_STATUS_SYNCBUSY) == 0u) {
        WDT_CLEAR = WDT_CLEAR_KEY;
    }
}

/* To wake the main loop is all that it is for. */
void WDT_Handler(void) {
    WDT_INTFLAG = WDT_INT_EW;
}
