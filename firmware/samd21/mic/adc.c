/* SPDX-License-Identifier: Apache-2.0
 *
 * A timer overflows 16,000 times per second; its event starts the ADC (data sheet, chapters 30, TC, 24,
 * EVSYS, and 33, ADC). Input from 0 to VDDANA: the reference is half of it, and so is the gain.
 */
#include "board.h"

#if BOARD_MIC_ADC

#include "adc.h"
#include "clock.h"

#define RATE_HZ 16000u
#define EVENT_CHANNEL 0u
#define PIN_MUX 1u /* function B */
/* ADC clock 48 MHz / 32 = 1.5 MHz (highest: 2.1 MHz). Sampling for 16 half cycles, 5.3 us, leaves time to a
 * source of some 10 kOhm; with the conversion that makes 10 us of the 62.5. */
#define SAMPLE_LENGTH 15u

static void wait_gclk(void) {
    while ((GCLK_STATUS & GCLK_STATUS_SYNCBUSY) != 0u) {
    }
}

static void wait_adc(void) {
    while ((ADC_STATUS & ADC_STATUS_SYNCBUSY) != 0u) {
    }
}

static void wait_timer(void) {
    while ((TC4_STATUS & TC_STATUS_SYNCBUSY) != 0u) {
    }
}

static void set_clock(uint32_t id, uint32_t enable) {
    GCLK_CLKCTRL = (uint16_t)(id | GCLK_CLKCTRL_GEN(0u) | enable);
    wait_gclk();
}

static void reset(void) {
    TC4_CTRLA = TC_CTRLA_SWRST;
    wait_timer();
    while ((TC4_CTRLA & TC_CTRLA_SWRST) != 0u) {
    }
    ADC_CTRLA = ADC_CTRLA_SWRST;
    wait_adc();
    while ((ADC_CTRLA & ADC_CTRLA_SWRST) != 0u) {
    }
}

void adc_start(void) {
    PM_APBCMASK |= PM_APBCMASK_EVSYS | PM_APBCMASK_TC4 | PM_APBCMASK_ADC;
    set_clock(GCLK_CLKCTRL_TC4_TC5, GCLK_CLKCTRL_CLKEN);
    set_clock(GCLK_CLKCTRL_ADC, GCLK_CLKCTRL_CLKEN);
    reset();

    const uint32_t shift = (BOARD_MIC_ADC_PIN & 1u) * 4u;
    const uint32_t others = PORT_PMUX(BOARD_MIC_ADC_PORT, BOARD_MIC_ADC_PIN) & (0xF0u >> shift);
    PORT_PMUX(BOARD_MIC_ADC_PORT, BOARD_MIC_ADC_PIN) = (uint8_t)(others | (PIN_MUX << shift));
    PORT_PINCFG(BOARD_MIC_ADC_PORT, BOARD_MIC_ADC_PIN) = PORT_PINCFG_PMUXEN;

    ADC_CALIB = (uint16_t)(ADC_CALIB_LINEARITY | (ADC_CALIB_BIAS << 8));
    ADC_REFCTRL = ADC_REFCTRL_INTVCC1;
    ADC_SAMPCTRL = SAMPLE_LENGTH;
    ADC_CTRLB = ADC_CTRLB_PRESCALER_DIV32;
    wait_adc();
    ADC_INPUTCTRL = BOARD_MIC_ADC_AIN | ADC_INPUTCTRL_MUXNEG_GND | ADC_INPUTCTRL_GAIN_DIV2;
    wait_adc();
    ADC_EVCTRL = ADC_EVCTRL_STARTEI;
    ADC_CTRLA = ADC_CTRLA_ENABLE;
    wait_adc();

    /* Users before channels, as chapter 24 asks. The asynchronous path needs no clock of its own. */
    EVSYS_USER = (uint16_t)(EVSYS_USER_ADC_START | EVSYS_USER_CHANNEL(EVENT_CHANNEL));
    EVSYS_CHANNEL = EVENT_CHANNEL | EVSYS_CHANNEL_EVGEN_TC4_OVF | EVSYS_CHANNEL_PATH_ASYNCHRONOUS;

    TC4_CTRLA = TC_CTRLA_WAVEGEN_MFRQ;
    wait_timer();
    TC4_CC0 = (uint16_t)(CLOCK_HZ / RATE_HZ - 1u);
    wait_timer();
    TC4_EVCTRL = TC_EVCTRL_OVFEO;
    TC4_CTRLA = TC_CTRLA_WAVEGEN_MFRQ | TC_CTRLA_ENABLE;
    wait_timer();
}

void adc_stop(void) {
    EVSYS_USER = EVSYS_USER_ADC_START; /* from no channel */
    reset();
    set_clock(GCLK_CLKCTRL_TC4_TC5, 0u);
    set_clock(GCLK_CLKCTRL_ADC, 0u);
    PM_APBCMASK &= ~(PM_APBCMASK_EVSYS | PM_APBCMASK_TC4 | PM_APBCMASK_ADC);
}

int adc_take_overrun(void) {
    if ((ADC_INTFLAG & ADC_INTFLAG_OVERRUN) == 0u) {
        return 0;
    }
    ADC_INTFLAG = ADC_INTFLAG_OVERRUN;
    return 1;
}

#endif
