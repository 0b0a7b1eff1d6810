/* SPDX-License-Identifier: Apache-2.0
 *
 * 48 MHz from the DFLL48M (data sheet, chapters 15, GCLK, and 17, SYSCTRL, "DFLL48M - Digital Frequency
 * Locked Loop").
 */
#include "clock.h"

#include "board.h"
#include "samd21.h"

#define CRYSTAL_HZ 32768u
#define USB_FRAME_HZ 1000u
/* The crystal may take its full start-up time (STARTUP = 6: 65,536 cycles, 2 s), and the lock some
 * milliseconds. The loop below takes at least 8 cycles of the 8 MHz that the CPU runs at meanwhile: 3 s. */
#define PATIENCE 3000000u

static void wait_gclk(void) {
    while ((GCLK_STATUS & GCLK_STATUS_SYNCBUSY) != 0u) {
    }
}

/* DFLLRDY shows that the last write to a DFLL register has arrived. */
static void wait_dfll(void) {
    while ((SYSCTRL_PCLKSR & SYSCTRL_PCLKSR_DFLLRDY) == 0u) {
    }
}

/* Undivided generator: id 0 feeds the CPU. */
static void set_generator(uint32_t id, uint32_t source) {
    GCLK_GENDIV = id;
    wait_gclk();
    GCLK_GENCTRL = id | source | GCLK_GENCTRL_GENEN | GCLK_GENCTRL_IDC;
    wait_gclk();
}

#if BOARD_CRYSTAL
/* 1 once all flags are set, 0 if they do not come. */
static int appears(uint32_t flags) {
    for (uint32_t left = PATIENCE; left > 0u; left--) {
        if ((SYSCTRL_PCLKSR & flags) == flags) {
            return 1;
        }
    }
    return 0;
}

/* Closed loop: the DFLL holds 1465 cycles to one of the crystal (48.005 MHz). 1 if it locks. */
static int lock_to_crystal(void) {
    SYSCTRL_XOSC32K = SYSCTRL_XOSC32K_STARTUP(6u) | SYSCTRL_XOSC32K_XTALEN | SYSCTRL_XOSC32K_EN32K;
    SYSCTRL_XOSC32K |= SYSCTRL_XOSC32K_ENABLE; /* apart from the settings, as chapter 17 asks */
    if (!appears(SYSCTRL_PCLKSR_XOSC32KRDY)) {
        return 0;
    }
    set_generator(1u, GCLK_GENCTRL_SRC_XOSC32K);
    GCLK_CLKCTRL = GCLK_CLKCTRL_DFLL48M_REF | GCLK_CLKCTRL_GEN(1u) | GCLK_CLKCTRL_CLKEN;
    wait_gclk();
    /* Steps: at most half of the range each, as the data sheet advises; small ones overshoot less. */
    SYSCTRL_DFLLMUL = SYSCTRL_DFLLMUL_CSTEP(7u) | SYSCTRL_DFLLMUL_FSTEP(63u) |
                      SYSCTRL_DFLLMUL_MUL((CLOCK_HZ + CRYSTAL_HZ / 2u) / CRYSTAL_HZ);
    wait_dfll();
    SYSCTRL_DFLLCTRL = SYSCTRL_DFLLCTRL_ENABLE | SYSCTRL_DFLLCTRL_MODE | SYSCTRL_DFLLCTRL_QLDIS;
    wait_dfll();
    if (!appears(SYSCTRL_PCLKSR_DFLLLCKC | SYSCTRL_PCLKSR_DFLLLCKF)) {
        SYSCTRL_DFLLCTRL = SYSCTRL_DFLLCTRL_ENABLE;
        wait_dfll();
        return 0;
    }
    return 1;
}
#else
static int lock_to_crystal(void) {
    return 0;
}
#endif

/* "USB Clock Recovery Mode": as soon as a host sends frames the DFLL holds 48,000 cycles to one of them;
 * before that, and without a host, it runs in open loop. So there is no lock to wait for. The coarse value is
 * the calibrated one and stays; the fine step is the one that the electrical characteristics of the DFLL
 * demand. */
static void follow_usb(void) {
    SYSCTRL_DFLLMUL =
        SYSCTRL_DFLLMUL_CSTEP(1u) | SYSCTRL_DFLLMUL_FSTEP(10u) | SYSCTRL_DFLLMUL_MUL(CLOCK_HZ / USB_FRAME_HZ);
    wait_dfll();
    SYSCTRL_DFLLCTRL = SYSCTRL_DFLLCTRL_ENABLE | SYSCTRL_DFLLCTRL_MODE | SYSCTRL_DFLLCTRL_USBCRM |
                       SYSCTRL_DFLLCTRL_CCDIS | SYSCTRL_DFLLCTRL_BPLCKC;
    wait_dfll();
}

void clock_init(void) {
    /* Chapter 37, Electrical Characteristics, "NVM Characteristics": 1 wait state above 24 MHz at 3.3 V. MANW
     * is kept at 1 as errata sheet DS80000760 demands: without it a stray store to flash starts a page write.
     */
    NVMCTRL_CTRLB = NVMCTRL_CTRLB_MANW | NVMCTRL_CTRLB_RWS(1u);

    /* 8 MHz from the internal RC oscillator while the DFLL is set up. */
    SYSCTRL_OSC8M = SYSCTRL_OSC8M & ~(SYSCTRL_OSC8M_PRESC_MASK | SYSCTRL_OSC8M_ONDEMAND);
    while ((SYSCTRL_PCLKSR & SYSCTRL_PCLKSR_OSC8MRDY) == 0u) {
    }
    set_generator(0u, GCLK_GENCTRL_SRC_OSC8M);

    /* Errata 9905: ONDEMAND must be cleared before any other DFLL register is written. */
    SYSCTRL_DFLLCTRL = SYSCTRL_DFLLCTRL_ENABLE;
    wait_dfll();
    uint32_t coarse = NVM_CALIBRATION_WORD1 >> NVM_CALIBRATION_WORD1_DFLL_COARSE_POS;
    if (coarse == 0x3Fu) {
        coarse = 0x1Fu; /* not calibrated: the middle of the range */
    }
    SYSCTRL_DFLLVAL = SYSCTRL_DFLLVAL_COARSE(coarse) | SYSCTRL_DFLLVAL_FINE(512u);
    wait_dfll();
    if (!lock_to_crystal()) {
        follow_usb();
    }
    set_generator(0u, GCLK_GENCTRL_SRC_DFLL48M);

    PM_CPUSEL = 0u; /* undivided, as after a reset; a bootloader may have left something else */
    PM_APBASEL = 0u;
    PM_APBBSEL = 0u;
    PM_APBCSEL = 0u;
}
