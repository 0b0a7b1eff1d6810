/* SPDX-License-Identifier: Apache-2.0
 *
 * Registers of the USB controller in device mode (data sheet, chapter 32, USB - Universal Serial Bus), and
 * what other chapters have for it.
 */
#ifndef SAMD21_USB_H
#define SAMD21_USB_H

#include "samd21.h"

/* 16, PM: clocks of the controller's registers and of its accesses to RAM. */
#define PM_AHBMASK REG32(0x40000414u)
#define PM_AHBMASK_USB (1u << 6)
#define PM_APBBMASK REG32(0x4000041Cu)
#define PM_APBBMASK_USB (1u << 5)

/* 15, GCLK: generic clock of the controller, 48 MHz. */
#define GCLK_CLKCTRL_USB 0x06u

/* 7, I/O Multiplexing: DM and DP are PA24 and PA25 at function G. */
#define USB_PIN_DM 24u
#define USB_PIN_DP 25u
#define USB_PIN_MUX 6u

/* Nested Vectored Interrupt Controller (Armv6-M Architecture Reference Manual, B3.4). */
#define NVIC_ISER REG32(0xE000E100u)

/* 10, Memories: bits 57:45 of the software calibration area; all ones where the chip was not calibrated. */
#define USB_CALIBRATION_TRANSN ((NVM_CALIBRATION_WORD1 >> 13) & 0x1Fu)
#define USB_CALIBRATION_TRANSP ((NVM_CALIBRATION_WORD1 >> 18) & 0x1Fu)
#define USB_CALIBRATION_TRIM ((NVM_CALIBRATION_WORD1 >> 23) & 7u)

/* 10, Memories, "Serial Number": four words, word 0 apart from the others. */
#define NVM_SERIAL_WORD(n) REG32((n) == 0u ? 0x0080A00Cu : 0x0080A03Cu + 4u * (n))

#define USB_CTRLA REG8(0x41005000u)
#define USB_CTRLA_SWRST (1u << 0)
#define USB_CTRLA_ENABLE (1u << 1)
#define USB_SYNCBUSY REG8(0x41005002u)
#define USB_QOSCTRL REG8(0x41005003u)
#define USB_QOSCTRL_CRITICAL 0x0Fu /* configuration and data */
#define USB_CTRLB REG16(0x41005008u)
#define USB_CTRLB_DETACH (1u << 0)
#define USB_DADD REG8(0x4100500Au)
#define USB_DADD_ADDEN (1u << 7)
#define USB_INTENCLR REG16(0x41005014u)
#define USB_INTENSET REG16(0x41005018u)
#define USB_INTFLAG REG16(0x4100501Cu)
#define USB_INT_SUSPEND (1u << 0)
#define USB_INT_EORST (1u << 3)
#define USB_INT_WAKEUP (1u << 4)
#define USB_EPINTSMRY REG16(0x41005020u)
#define USB_DESCADD REG32(0x41005024u)
#define USB_PADCAL REG16(0x41005028u)
#define USB_PADCAL_TRANSP(n) (n)
#define USB_PADCAL_TRANSN(n) ((n) << 6)
#define USB_PADCAL_TRIM(n) ((n) << 12)

/* Per endpoint: bank 0 is SETUP and OUT, bank 1 is IN. */
#define USB_ENDPOINT(n) (0x41005100u + 0x20u * (n))
#define USB_EPCFG(n) REG8(USB_ENDPOINT(n) + 0x0u)
#define USB_EPCFG_BANK0(type) (type)
#define USB_EPCFG_BANK1(type) ((type) << 4)
#define USB_EPCFG_CONTROL 1u
#define USB_EPCFG_BULK 3u
#define USB_EPCFG_INTERRUPT 4u
#define USB_EPSTATUSCLR(n) REG8(USB_ENDPOINT(n) + 0x4u)
#define USB_EPSTATUSSET(n) REG8(USB_ENDPOINT(n) + 0x5u)
#define USB_EPSTATUS(n) REG8(USB_ENDPOINT(n) + 0x6u)
#define USB_EPSTATUS_DTGLOUT (1u << 0)
#define USB_EPSTATUS_DTGLIN (1u << 1)
#define USB_EPSTATUS_STALLRQ0 (1u << 4)
#define USB_EPSTATUS_STALLRQ1 (1u << 5)
#define USB_EPSTATUS_BK0RDY (1u << 6)
#define USB_EPSTATUS_BK1RDY (1u << 7)
#define USB_EPINTFLAG(n) REG8(USB_ENDPOINT(n) + 0x7u)
#define USB_EPINTENSET(n) REG8(USB_ENDPOINT(n) + 0x9u)
#define USB_EPINT_TRCPT0 (1u << 0)
#define USB_EPINT_TRCPT1 (1u << 1)
#define USB_EPINT_RXSTP (1u << 4)

/* One bank of an endpoint in RAM. The buffer must lie in RAM at a multiple of 4. */
typedef struct {
    volatile uint32_t address;
    volatile uint32_t packet_size;
    volatile uint16_t extended;
    volatile uint8_t status;
    uint8_t reserved[5];
} usb_bank;

typedef struct {
    usb_bank bank[2];
} usb_endpoint;

_Static_assert(sizeof(usb_endpoint) == 32, "the controller's layout");

#define USB_PACKET_SIZE_COUNT 0x3FFFu
#define USB_PACKET_SIZE_8 (0u << 28)
#define USB_PACKET_SIZE_64 (3u << 28)

#endif
