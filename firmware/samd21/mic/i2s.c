/* SPDX-License-Identifier: Apache-2.0
 *
 * Inter-IC Sound Controller (data sheet, chapter 29) as master that receives.
 *
 * I2S microphone (SPH0645, ICS-43434): frames of two slots of 32 bits, in one of which the microphone speaks;
 * both are received, and mic.c finds out which. Which it is follows from its select pin and from the level of
 * the frame sync, about which the data sheet (29.6.4: low in the left slot) and public drivers (CircuitPython
 * inverts it for I2S) contradict each other. In the other slot nobody drives the line: makers of microphones
 * ask for a resistor to ground there, and the chip has one. Bit clock 48 MHz / 46 = 1.043 MHz: the SPH0645
 * wants 1.024 MHz or more (Knowles SPH0645LM4H-B, "Microphone Interface").
 *
 * PDM microphone (MP34DT01, SPK0415HM4H): one slot of 16 bits, a bit at every rising edge of the clock, as
 * section "PDM Reception" has for one microphone; mode PDM2 would bring an empty channel along. The
 * half-word holds the earliest bit in its most significant place. The frame sync goes to no pin, but reception
 * begins with its edge, and with one slot FSWIDTH_SLOT has none: hence one bit. Bit clock 48 MHz / 47 = 1.021
 * MHz, which is 1 MHz, the MP34DT01's least, where the core clock is 2 % slow.
 */
#include "board.h"

#if BOARD_MIC_I2S || BOARD_MIC_PDM

#include "i2s.h"

#define UNIT BOARD_MIC_CLOCK
#define SERIALIZER BOARD_MIC_SERIALIZER
/* A generic clock generator that nothing else uses; the bit clock is its clock, undivided. */
#define GENERATOR 3u
#define PIN_MUX 6u /* function G */

#if BOARD_MIC_I2S
#define DIVISOR 46u
#define CLOCK_SETTING                                                                                        \
    (I2S_CLKCTRL_SLOTSIZE_32 | I2S_CLKCTRL_NBSLOTS(2u) | I2S_CLKCTRL_FSWIDTH_HALF | I2S_CLKCTRL_BITDELAY_I2S)
#define SERIALIZER_SETTING (I2S_SERCTRL_SERMODE_RX | I2S_SERCTRL_SLOTADJ_LEFT | I2S_SERCTRL_DATASIZE_32)
#else
#define DIVISOR 47u
#define CLOCK_SETTING (I2S_CLKCTRL_SLOTSIZE_16 | I2S_CLKCTRL_NBSLOTS(1u) | I2S_CLKCTRL_FSWIDTH_BIT)
#define SERIALIZER_SETTING (I2S_SERCTRL_SERMODE_RX | I2S_SERCTRL_SLOTADJ_LEFT | I2S_SERCTRL_DATASIZE_16)
#endif

static void wait_gclk(void) {
    while ((GCLK_STATUS & GCLK_STATUS_SYNCBUSY) != 0u) {
    }
}

static void wait_i2s(void) {
    while (I2S_SYNCBUSY != 0u) {
    }
}

static void set_pin(uint32_t port, uint32_t pin, uint32_t config) {
    const uint32_t shift = (pin & 1u) * 4u;
    const uint32_t others = PORT_PMUX(port, pin) & (0xF0u >> shift);
    PORT_PMUX(port, pin) = (uint8_t)(others | (PIN_MUX << shift));
    PORT_PINCFG(port, pin) = (uint8_t)(PORT_PINCFG_PMUXEN | config);
}

void i2s_start(void) {
    PM_APBCMASK |= PM_APBCMASK_I2S;
    GCLK_GENDIV = GENERATOR | GCLK_GENDIV_DIV(DIVISOR);
    wait_gclk();
    GCLK_GENCTRL = GENERATOR | GCLK_GENCTRL_SRC_DFLL48M | GCLK_GENCTRL_GENEN | GCLK_GENCTRL_IDC;
    wait_gclk();
    GCLK_CLKCTRL = (uint16_t)(GCLK_CLKCTRL_I2S(UNIT) | GCLK_CLKCTRL_GEN(GENERATOR) | GCLK_CLKCTRL_CLKEN);
    wait_gclk();
    set_pin(BOARD_MIC_SCK_PORT, BOARD_MIC_SCK_PIN, 0u);
#if BOARD_MIC_I2S
    set_pin(BOARD_MIC_FS_PORT, BOARD_MIC_FS_PIN, 0u);
    PORT_OUTCLR(BOARD_MIC_SD_PORT) = 1u << BOARD_MIC_SD_PIN; /* where the resistor pulls to */
    set_pin(BOARD_MIC_SD_PORT, BOARD_MIC_SD_PIN, PORT_PINCFG_PULLEN);
#else
    set_pin(BOARD_MIC_SD_PORT, BOARD_MIC_SD_PIN, 0u);
#endif
    I2S_CTRLA = I2S_CTRLA_SWRST;
    wait_i2s();
    I2S_CLKCTRL(UNIT) = CLOCK_SETTING;
    I2S_SERCTRL(SERIALIZER) = SERIALIZER_SETTING | I2S_SERCTRL_CLKSEL(UNIT);
    I2S_CTRLA = I2S_CTRLA_ENABLE | I2S_CTRLA_CKEN(UNIT) | I2S_CTRLA_SEREN(SERIALIZER);
    wait_i2s();
}

void i2s_stop(void) {
    I2S_CTRLA = 0u;
    wait_i2s();
    I2S_CTRLA = I2S_CTRLA_SWRST; /* drops a word that will not be fetched */
    wait_i2s();
    GCLK_CLKCTRL = (uint16_t)(GCLK_CLKCTRL_I2S(UNIT) | GCLK_CLKCTRL_GEN(GENERATOR));
    wait_gclk();
    GCLK_GENCTRL = GENERATOR | GCLK_GENCTRL_SRC_DFLL48M;
    wait_gclk();
    PM_APBCMASK &= ~PM_APBCMASK_I2S;
}

int i2s_take_overrun(void) {
    if ((I2S_INTFLAG & I2S_INTFLAG_RXOR(SERIALIZER)) == 0u) {
        return 0;
    }
    I2S_INTFLAG = I2S_INTFLAG_RXOR(SERIALIZER);
    return 1;
}

#endif
