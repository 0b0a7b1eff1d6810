/* SPDX-License-Identifier: Apache-2.0
 *
 * The registers of the ATSAMD21 that this firmware touches, and no others: addresses, names and bits as in
 * the SAM D21/DA1 Family Data Sheet (DS40001882), whose chapters are named at each block.
 */
#ifndef SAMD21_H
#define SAMD21_H

#include <stdint.h>

#define REG8(address) (*(volatile uint8_t *)(address))
#define REG16(address) (*(volatile uint16_t *)(address))
#define REG32(address) (*(volatile uint32_t *)(address))

/* Exceptions of the core (Armv6-M Architecture Reference Manual, B1.5.2). */
enum {
    EXCEPTION_RESET = 1,
    EXCEPTION_NMI = 2,
    EXCEPTION_HARDFAULT = 3,
    EXCEPTION_SVCALL = 11,
    EXCEPTION_PENDSV = 14,
    EXCEPTION_SYSTICK = 15,
};

/* 11, Processor and Architecture, "Interrupt Line Mapping"; the ADC's and later numbers
 * hold for every chip of the family, also where TC6 and TC7 are missing. */
enum {
    IRQ_PM,
    IRQ_SYSCTRL,
    IRQ_WDT,
    IRQ_RTC,
    IRQ_EIC,
    IRQ_NVMCTRL,
    IRQ_DMAC,
    IRQ_USB,
    IRQ_EVSYS,
    IRQ_SERCOM0,
    IRQ_SERCOM1,
    IRQ_SERCOM2,
    IRQ_SERCOM3,
    IRQ_SERCOM4,
    IRQ_SERCOM5,
    IRQ_TCC0,
    IRQ_TCC1,
    IRQ_TCC2,
    IRQ_TC3,
    IRQ_TC4,
    IRQ_TC5,
    IRQ_TC6,
    IRQ_TC7,
    IRQ_ADC,
    IRQ_AC,
    IRQ_DAC,
    IRQ_PTC,
    IRQ_I2S,
    IRQ_COUNT,
};

/* Arm v6-M Architecture Reference Manual, B3.2: system control block. */
#define SCB_VTOR REG32(0xE000ED08u)

/* 16, PM - Power Manager. After a reset every bus runs undivided; only clock gates have to be opened. */
#define PM_CPUSEL REG8(0x40000408u)
#define PM_APBASEL REG8(0x40000409u)
#define PM_APBBSEL REG8(0x4000040Au)
#define PM_APBCSEL REG8(0x4000040Bu)
#define PM_APBCMASK REG32(0x40000420u)
#define PM_APBCMASK_SERCOM(n) (1u << (2u + (n)))

/* 17, SYSCTRL - System Controller: oscillators. */
#define SYSCTRL_PCLKSR REG32(0x4000080Cu)
#define SYSCTRL_PCLKSR_XOSC32KRDY (1u << 1)
#define SYSCTRL_PCLKSR_OSC8MRDY (1u << 3)
#define SYSCTRL_PCLKSR_DFLLRDY (1u << 4)
#define SYSCTRL_PCLKSR_DFLLLCKF (1u << 6)
#define SYSCTRL_PCLKSR_DFLLLCKC (1u << 7)
#define SYSCTRL_XOSC32K REG16(0x40000814u)
#define SYSCTRL_XOSC32K_ENABLE (1u << 1)
#define SYSCTRL_XOSC32K_XTALEN (1u << 2)
#define SYSCTRL_XOSC32K_EN32K (1u << 3)
#define SYSCTRL_XOSC32K_STARTUP(n) ((n) << 8)
#define SYSCTRL_OSC8M REG32(0x40000820u)
#define SYSCTRL_OSC8M_ENABLE (1u << 1)
#define SYSCTRL_OSC8M_ONDEMAND (1u << 7)
#define SYSCTRL_OSC8M_PRESC_MASK (3u << 8)
#define SYSCTRL_DFLLCTRL REG16(0x40000824u)
#define SYSCTRL_DFLLCTRL_ENABLE (1u << 1)
#define SYSCTRL_DFLLCTRL_MODE (1u << 2)
#define SYSCTRL_DFLLCTRL_USBCRM (1u << 5)
#define SYSCTRL_DFLLCTRL_CCDIS (1u << 8)
#define SYSCTRL_DFLLCTRL_QLDIS (1u << 9)
#define SYSCTRL_DFLLCTRL_BPLCKC (1u << 10)
#define SYSCTRL_DFLLCTRL_WAITLOCK (1u << 11)
#define SYSCTRL_DFLLVAL REG32(0x40000828u)
#define SYSCTRL_DFLLVAL_FINE(n) (n)
#define SYSCTRL_DFLLVAL_COARSE(n) ((n) << 10)
#define SYSCTRL_DFLLVAL_SETTING 0xFFFFu /* coarse and fine; the upper half is read-only */
#define SYSCTRL_DFLLMUL REG32(0x4000082Cu)
#define SYSCTRL_DFLLMUL_MUL(n) (n)
#define SYSCTRL_DFLLMUL_FSTEP(n) ((n) << 16)
#define SYSCTRL_DFLLMUL_CSTEP(n) ((n) << 26)
#define SYSCTRL_DFLLSYNC REG8(0x40000830u)
#define SYSCTRL_DFLLSYNC_READREQ (1u << 7)

/* 15, GCLK - Generic Clock Controller. */
#define GCLK_STATUS REG8(0x40000C01u)
#define GCLK_STATUS_SYNCBUSY (1u << 7)
#define GCLK_CLKCTRL REG16(0x40000C02u)
#define GCLK_CLKCTRL_DFLL48M_REF 0u
#define GCLK_CLKCTRL_SERCOM_CORE(n) (0x14u + (n))
#define GCLK_CLKCTRL_GEN(n) ((n) << 8)
#define GCLK_CLKCTRL_CLKEN (1u << 14)
#define GCLK_GENCTRL REG32(0x40000C04u)
#define GCLK_GENCTRL_SRC_XOSC32K (5u << 8)
#define GCLK_GENCTRL_SRC_OSC8M (6u << 8)
#define GCLK_GENCTRL_SRC_DFLL48M (7u << 8)
#define GCLK_GENCTRL_GENEN (1u << 16)
#define GCLK_GENCTRL_IDC (1u << 17)
#define GCLK_GENDIV REG32(0x40000C08u)
#define GCLK_GENDIV_DIV(n) ((n) << 8)

/* 22, NVMCTRL - Non-Volatile Memory Controller. */
#define NVMCTRL_CTRLB REG32(0x41004004u)
#define NVMCTRL_CTRLB_RWS(n) ((n) << 1)
#define NVMCTRL_CTRLB_MANW (1u << 7)
#define NVMCTRL_CTRLB_SLEEPPRM_DISABLED (3u << 8)

/* 10, Memories, table "NVM Software Calibration Area Mapping": bits 63:58 of the area at 0x00806020 hold the
 * DFLL's coarse value for 48 MHz; all ones where the chip was not calibrated. */
#define NVM_CALIBRATION_WORD1 REG32(0x00806024u)
#define NVM_CALIBRATION_WORD1_DFLL_COARSE_POS 26u

/* 23, PORT - pins. port: 0 for PA, 1 for PB. */
#define PORT_BASE(port) (0x41004400u + 0x80u * (port))
/* OUTCLR and OUTSET of the same registers behind the core's own bus, IOBUS: a store takes one cycle, always.
 */
#define PORT_IOBUS_BASE(port) (0x60000000u + 0x80u * (port))
#define PORT_OUTCLR_OFFSET 0x14
#define PORT_OUTSET_OFFSET 0x18
#define PORT_DIRSET(port) REG32(PORT_BASE(port) + 0x08u)
#define PORT_OUTCLR(port) REG32(PORT_BASE(port) + 0x14u)
#define PORT_OUTSET(port) REG32(PORT_BASE(port) + 0x18u)
#define PORT_OUTTGL(port) REG32(PORT_BASE(port) + 0x1Cu)
#define PORT_PMUX(port, pin) REG8(PORT_BASE(port) + 0x30u + (pin) / 2u)
#define PORT_PINCFG(port, pin) REG8(PORT_BASE(port) + 0x40u + (pin))
#define PORT_PINCFG_PMUXEN (1u << 0)
#define PORT_PINCFG_INEN (1u << 1)
#define PORT_PINCFG_PULLEN (1u << 2)

/* 26, SERCOM USART. */
#define SERCOM_BASE(n) (0x42000800u + 0x400u * (n))
#define USART_CTRLA(n) REG32(SERCOM_BASE(n) + 0x00u)
#define USART_CTRLA_SWRST (1u << 0)
#define USART_CTRLA_ENABLE (1u << 1)
#define USART_CTRLA_MODE_INTERNAL (1u << 2)
#define USART_CTRLA_SAMPR_16X_FRACTIONAL (1u << 13)
#define USART_CTRLA_TXPO(n) ((n) << 16)
#define USART_CTRLA_RXPO(n) ((n) << 20)
#define USART_CTRLA_DORD_LSB (1u << 30)
#define USART_CTRLB(n) REG32(SERCOM_BASE(n) + 0x04u)
#define USART_CTRLB_TXEN (1u << 16)
#define USART_CTRLB_RXEN (1u << 17)
#define USART_BAUD(n) REG16(SERCOM_BASE(n) + 0x0Cu)
#define USART_INTENCLR(n) REG8(SERCOM_BASE(n) + 0x14u)
#define USART_INTENSET(n) REG8(SERCOM_BASE(n) + 0x16u)
#define USART_INTFLAG(n) REG8(SERCOM_BASE(n) + 0x18u)
#define USART_INTFLAG_DRE (1u << 0)
#define USART_INTFLAG_RXC (1u << 2)
#define USART_INTFLAG_ERROR (1u << 7)
#define USART_STATUS(n) REG16(SERCOM_BASE(n) + 0x1Au)
#define USART_STATUS_ERRORS 7u /* parity, frame, buffer overflow; written 1 to clear */
#define USART_SYNCBUSY(n) REG32(SERCOM_BASE(n) + 0x1Cu)
#define USART_DATA(n) REG16(SERCOM_BASE(n) + 0x28u)

#endif
