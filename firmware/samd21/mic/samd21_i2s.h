/* SPDX-License-Identifier: Apache-2.0
 *
 * Registers of the Inter-IC Sound Controller (data sheet, chapter 29, I2S), and what other chapters have for
 * it.
 */
#ifndef SAMD21_I2S_H
#define SAMD21_I2S_H

#include "samd21.h"

#define PM_APBCMASK_I2S (1u << 20)
#define GCLK_CLKCTRL_I2S(n) (0x23u + (n))

#define I2S_CTRLA REG8(0x42005000u)
#define I2S_CTRLA_SWRST (1u << 0)
#define I2S_CTRLA_ENABLE (1u << 1)
#define I2S_CTRLA_CKEN(n) (1u << (2u + (n)))
#define I2S_CTRLA_SEREN(m) (1u << (4u + (m)))
#define I2S_CLKCTRL(n) REG32(0x42005004u + 4u * (n))
#define I2S_CLKCTRL_SLOTSIZE_16 1u
#define I2S_CLKCTRL_SLOTSIZE_32 3u
#define I2S_CLKCTRL_NBSLOTS(n) (((n)-1u) << 2)
#define I2S_CLKCTRL_FSWIDTH_HALF (1u << 5)
#define I2S_CLKCTRL_FSWIDTH_BIT (2u << 5)
#define I2S_CLKCTRL_BITDELAY_I2S (1u << 7)
#define I2S_INTFLAG REG16(0x42005014u)
#define I2S_INTFLAG_RXOR(m) (1u << (4u + (m)))
#define I2S_SYNCBUSY REG16(0x42005018u)
#define I2S_SERCTRL(m) REG32(0x42005020u + 4u * (m))
#define I2S_SERCTRL_SERMODE_RX 0u
#define I2S_SERCTRL_CLKSEL(n) ((n) << 5)
#define I2S_SERCTRL_SLOTADJ_LEFT (1u << 7)
#define I2S_SERCTRL_DATASIZE_32 (0u << 8)
#define I2S_SERCTRL_DATASIZE_16 (4u << 8)
#define I2S_DATA(m) REG32(0x42005030u + 4u * (m))

#endif
