/* SPDX-License-Identifier: Apache-2.0
 *
 * Registers and descriptors of the DMA controller (data sheet, chapter 20, DMAC - Direct Memory Access
 * Controller), and what other chapters have for it.
 */
#ifndef SAMD21_DMAC_H
#define SAMD21_DMAC_H

#include "samd21.h"

/* 16, PM: clocks of the controller's registers and of its accesses to memory. */
#define PM_AHBMASK REG32(0x40000414u)
#define PM_AHBMASK_DMAC (1u << 5)
#define PM_APBBMASK REG32(0x4000041Cu)
#define PM_APBBMASK_DMAC (1u << 4)

/* Nested Vectored Interrupt Controller (Armv6-M Architecture Reference Manual, B3.4). */
#define NVIC_ISER REG32(0xE000E100u)
#define NVIC_ICER REG32(0xE000E180u)
#define NVIC_ICPR REG32(0xE000E280u)

#define DMAC_CTRL REG16(0x41004800u)
#define DMAC_CTRL_SWRST (1u << 0)
#define DMAC_CTRL_DMAENABLE (1u << 1)
#define DMAC_CTRL_LVLEN0 (1u << 8)
#define DMAC_BASEADDR REG32(0x41004834u)
#define DMAC_WRBADDR REG32(0x41004838u)
#define DMAC_CHID REG8(0x4100483Fu)
/* Of the channel that CHID selects. */
#define DMAC_CHCTRLA REG8(0x41004840u)
#define DMAC_CHCTRLA_SWRST (1u << 0)
#define DMAC_CHCTRLA_ENABLE (1u << 1)
#define DMAC_CHCTRLB REG32(0x41004844u)
#define DMAC_CHCTRLB_TRIGSRC(n) ((n) << 8)
#define DMAC_CHCTRLB_TRIGACT_BEAT (2u << 22)
#define DMAC_CHINTENCLR REG8(0x4100484Cu)
#define DMAC_CHINTENSET REG8(0x4100484Du)
#define DMAC_CHINTFLAG REG8(0x4100484Eu)
#define DMAC_CHINT_TERR (1u << 0)
#define DMAC_CHINT_TCMPL (1u << 1)
#define DMAC_CHINT_SUSP (1u << 2)

/* CHCTRLB.TRIGSRC. */
#define DMAC_TRIGGER_ADC_RESRDY 0x27u
#define DMAC_TRIGGER_I2S_RX(m) (0x29u + (m))

/* Transfer descriptor; it lies at a multiple of 16. Addresses that are incremented are given as the one
 * behind the last beat. */
typedef struct {
    uint16_t btctrl;
    uint16_t btcnt; /* beats */
    uint32_t srcaddr;
    uint32_t dstaddr;
    uint32_t descaddr; /* the next descriptor */
} dmac_descriptor;

#define DMAC_BTCTRL_VALID (1u << 0)
#define DMAC_BTCTRL_BLOCKACT_INT (1u << 3)
#define DMAC_BTCTRL_BEATSIZE(log2) ((log2) << 8)
#define DMAC_BTCTRL_DSTINC (1u << 11)

#endif
