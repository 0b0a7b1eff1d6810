/* SPDX-License-Identifier: Apache-2.0
 *
 * Registers for timed conversions: data sheet, chapters 33, ADC - Analog-to-Digital Converter, 30, TC -
 * Timer/Counter, and 24, EVSYS - Event System, and what other chapters have for them.
 */
#ifndef SAMD21_ADC_H
#define SAMD21_ADC_H

#include "samd21.h"

#define PM_APBCMASK_EVSYS (1u << 1)
#define PM_APBCMASK_TC4 (1u << 12)
#define PM_APBCMASK_ADC (1u << 16)
#define GCLK_CLKCTRL_TC4_TC5 0x1Cu
#define GCLK_CLKCTRL_ADC 0x1Eu

#define ADC_CTRLA REG8(0x42004000u)
#define ADC_CTRLA_SWRST (1u << 0)
#define ADC_CTRLA_ENABLE (1u << 1)
#define ADC_REFCTRL REG8(0x42004001u)
#define ADC_REFCTRL_INTVCC1 2u /* half of VDDANA */
#define ADC_SAMPCTRL REG8(0x42004003u)
#define ADC_CTRLB REG16(0x42004004u)
#define ADC_CTRLB_PRESCALER_DIV32 (3u << 8)
#define ADC_INPUTCTRL REG32(0x42004010u)
#define ADC_INPUTCTRL_MUXNEG_GND (0x18u << 8)
#define ADC_INPUTCTRL_GAIN_DIV2 (0xFu << 24)
#define ADC_EVCTRL REG8(0x42004014u)
#define ADC_EVCTRL_STARTEI (1u << 0)
#define ADC_INTFLAG REG8(0x42004018u)
#define ADC_INTFLAG_OVERRUN (1u << 1)
#define ADC_STATUS REG8(0x42004019u)
#define ADC_STATUS_SYNCBUSY (1u << 7)
#define ADC_RESULT REG16(0x4200401Au)
#define ADC_CALIB REG16(0x42004028u)

/* 10, Memories, software calibration area: linearity in bits 34:27, bias in bits 37:35. */
#define NVM_CALIBRATION_WORD0 REG32(0x00806020u)
#define ADC_CALIB_LINEARITY ((NVM_CALIBRATION_WORD0 >> 27) | ((NVM_CALIBRATION_WORD1 & 7u) << 5))
#define ADC_CALIB_BIAS ((NVM_CALIBRATION_WORD1 >> 3) & 7u)

#define TC4_CTRLA REG16(0x42003000u)
#define TC_CTRLA_SWRST (1u << 0)
#define TC_CTRLA_ENABLE (1u << 1)
#define TC_CTRLA_WAVEGEN_MFRQ (1u << 5) /* the counter goes from 0 to CC0 */
#define TC4_EVCTRL REG16(0x4200300Au)
#define TC_EVCTRL_OVFEO (1u << 8)
#define TC4_STATUS REG8(0x4200300Fu)
#define TC_STATUS_SYNCBUSY (1u << 7)
#define TC4_CC0 REG16(0x42003018u)

#define EVSYS_CHANNEL REG32(0x42000404u)
#define EVSYS_CHANNEL_EVGEN_TC4_OVF (0x36u << 16)
#define EVSYS_CHANNEL_PATH_ASYNCHRONOUS (2u << 24)
#define EVSYS_USER REG16(0x42000408u)
#define EVSYS_USER_ADC_START 0x17u
#define EVSYS_USER_CHANNEL(n) (((n) + 1u) << 8)

#endif
