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
#define RC_HZ 8000000u
#define RC_REFERENCE_HZ 32000u /* 33 kHz at most */
/* The crystal may take its full start-up time (STARTUP = 6: 65,536 cycles, 2 s), and a lock some milliseconds.
 * The loop below takes at least 8 cycles of the 8 MHz that the CPU runs at meanwhile: 3 s. */
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

/* Generator 0 feeds the CPU. */
static void set_generator(uint32_t id, uint32_t source, uint32_t divisor) {
    GCLK_GENDIV = id | GCLK_GENDIV_DIV(divisor);
    wait_gclk();
    GCLK_GENCTRL = id | source | GCLK_GENCTRL_GENEN | GCLK_GENCTRL_IDC;
    wait_gclk();
}

/* 1 once all flags are set, 0 if they do not come. */
static int appears(uint32_t flags) {
    for (uint32_t left = PATIENCE; left > 0u; left--) {
        if ((SYSCTRL_PCLKSR & flags) == flags) {
            return 1;
        }
    }
    return 0;
}

static void set_dfll(uint32_t control) {
    SYSCTRL_DFLLCTRL = (uint16_t)control;
    wait_dfll();
}

/* Closed loop: the DFLL holds `times` cycles to one of generator 1. 1 if it locks. */
static int lock_to_generator(uint32_t source, uint32_t divisor, uint32_t times) {
    set_generator(1u, source, divisor);
    GCLK_CLKCTRL = GCLK_CLKCTRL_DFLL48M_REF | GCLK_CLKCTRL_GEN(1u) | GCLK_CLKCTRL_CLKEN;
    wait_gclk();
    /* Steps: at most half of the range each, as the data sheet advises; small ones overshoot less. */
    SYSCTRL_DFLLMUL = SYSCTRL_DFLLMUL_CSTEP(7u) | SYSCTRL_DFLLMUL_FSTEP(63u) | SYSCTRL_DFLLMUL_MUL(times);
    wait_dfll();
    set_dfll(SYSCTRL_DFLLCTRL_ENABLE | SYSCTRL_DFLLCTRL_MODE | SYSCTRL_DFLLCTRL_QLDIS);
    if (!appears(SYSCTRL_PCLKSR_DFLLLCKC | SYSCTRL_PCLKSR_DFLLLCKF)) {
        set_dfll(SYSCTRL_DFLLCTRL_ENABLE);
        return 0;
    }
    return 1;
}

#if BOARD_CRYSTAL
/* 1465 cycles to one of the crystal: 48.005 MHz. */
static int lock_to_crystal(void) {
    SYSCTRL_XOSC32K = SYSCTRL_XOSC32K_STARTUP(6u) | SYSCTRL_XOSC32K_XTALEN | SYSCTRL_XOSC32K_EN32K;
    SYSCTRL_XOSC32K |= SYSCTRL_XOSC32K_ENABLE; /* apart from the settings, as chapter 17 asks */
    return appears(SYSCTRL_PCLKSR_XOSC32KRDY) &&
           lock_to_generator(GCLK_GENCTRL_SRC_XOSC32K, 1u, (CLOCK_HZ + CRYSTAL_HZ / 2u) / CRYSTAL_HZ);
}
#else
static int lock_to_crystal(void) {
    return 0;
}
#endif

/* In open loop, with its factory value, the DFLL is up to 3 % slow (46.5 to 49 MHz at 25 degrees; chapter 37,
 * "DFLL48M Characteristics"), too slow for a PDM microphone. The 8 MHz RC oscillator is calibrated to 0.75 %
 * at 25 degrees and 3.3 V, to 2.5 % over all of its range ("OSC8M Characteristics"): the DFLL is locked to it
 * once, and its value is taken from there. The value that is to be used in open loop. */
static uint32_t value_of_rc(uint32_t value) {
    if (lock_to_generator(GCLK_GENCTRL_SRC_OSC8M, RC_HZ / RC_REFERENCE_HZ, CLOCK_HZ / RC_REFERENCE_HZ)) {
        SYSCTRL_DFLLSYNC = SYSCTRL_DFLLSYNC_READREQ;
        wait_dfll();
        value = SYSCTRL_DFLLVAL & SYSCTRL_DFLLVAL_SETTING;
    }
    set_dfll(SYSCTRL_DFLLCTRL_ENABLE);
    GCLK_CLKCTRL = GCLK_CLKCTRL_DFLL48M_REF | GCLK_CLKCTRL_GEN(1u);
    wait_gclk();
    GCLK_GENCTRL = 1u | GCLK_GENCTRL_SRC_OSC8M;
    wait_gclk();
    return value;
}

/* "USB Clock Recovery Mode": as soon as a host sends frames the DFLL holds 48,000 cycles to one of them;
 * before that, and without a host, it runs in open loop. So there is no lock to wait for. The coarse value
 * stays; the fine step is the one that the electrical characteristics of the DFLL demand. The order is that of
 * the UF2 bootloader (uf2-samdx1, init_samd21.c): off, the modes, and on. */
static void follow_usb(uint32_t value) {
    const uint32_t modes =
        SYSCTRL_DFLLCTRL_MODE | SYSCTRL_DFLLCTRL_USBCRM | SYSCTRL_DFLLCTRL_CCDIS | SYSCTRL_DFLLCTRL_BPLCKC;
    value = value_of_rc(value);
    set_dfll(0u);
    SYSCTRL_DFLLVAL = value;
    wait_dfll();
    SYSCTRL_DFLLMUL =
        SYSCTRL_DFLLMUL_CSTEP(1u) | SYSCTRL_DFLLMUL_FSTEP(10u) | SYSCTRL_DFLLMUL_MUL(CLOCK_HZ / USB_FRAME_HZ);
    wait_dfll();
    set_dfll(modes);
    set_dfll(modes | SYSCTRL_DFLLCTRL_ENABLE);
}

void clock_init(void) {
    /* Chapter 37, Electrical Characteristics, "NVM Characteristics": 1 wait state above 24 MHz at 3.3 V. MANW
     * is kept at 1 as errata sheet DS80000760 demands: without it a stray store to flash starts a page write.
     * The flash does not go to sleep in IDLE: chips are known that fault when an interrupt wakes it. */
    NVMCTRL_CTRLB = NVMCTRL_CTRLB_MANW | NVMCTRL_CTRLB_SLEEPPRM_DISABLED | NVMCTRL_CTRLB_RWS(1u);

    /* 8 MHz from the internal RC oscillator while the DFLL is set up. */
    SYSCTRL_OSC8M = SYSCTRL_OSC8M & ~(SYSCTRL_OSC8M_PRESC_MASK | SYSCTRL_OSC8M_ONDEMAND);
    while ((SYSCTRL_PCLKSR & SYSCTRL_PCLKSR_OSC8MRDY) == 0u) {
    }
    set_generator(0u, GCLK_GENCTRL_SRC_OSC8M, 1u);

    /* Errata 9905: ONDEMAND must be cleared before any other DFLL register is written. */
    set_dfll(SYSCTRL_DFLLCTRL_ENABLE);
    uint32_t coarse = NVM_CALIBRATION_WORD1 >> NVM_CALIBRATION_WORD1_DFLL_COARSE_POS;
    if (coarse == 0x3Fu) {
        coarse = 0x1Fu; /* not calibrated: the middle of the range */
    }
    const uint32_t value = SYSCTRL_DFLLVAL_COARSE(coarse) | SYSCTRL_DFLLVAL_FINE(512u);
    SYSCTRL_DFLLVAL = value;
    wait_dfll();
    if (!lock_to_crystal()) {
        follow_usb(value);
    }
    set_generator(0u, GCLK_GENCTRL_SRC_DFLL48M, 1u);
    SYSCTRL_OSC8M &= ~SYSCTRL_OSC8M_ENABLE; /* 64 uA */

    PM_CPUSEL = 0u; /* undivided, as after a reset; a bootloader may have left something else */
    PM_APBASEL = 0u;
    PM_APBBSEL = 0u;
    PM_APBCSEL = 0u;
}
