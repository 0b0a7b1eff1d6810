/* SPDX-License-Identifier: Apache-2.0
 *
 * Registers of the core, the watchdog, the reset controller and the flash controller's commands (names and
 * bits as in samd21.h).
 */
#ifndef SAMD21_SYSTEM_H
#define SAMD21_SYSTEM_H

#include "samd21.h"

/* Armv6-M Architecture Reference Manual, B3.2 to B3.4. */
#define NVIC_ISER REG32(0xE000E100u)
#define SCB_AIRCR REG32(0xE000ED0Cu)
#define SCB_AIRCR_SYSRESETREQ 0x05FA0004u
#define SYST_CSR REG32(0xE000E010u)
#define SYST_RVR REG32(0xE000E014u)
#define SYST_CVR REG32(0xE000E018u)
#define SYST_CSR_CLKSOURCE (1u << 2)
#define SYST_CSR_ENABLE (1u << 0)

/* 16, PM. */
#define PM_RCAUSE REG8(0x40000438u)
#define PM_RCAUSE_POR (1u << 0)
#define PM_RCAUSE_BOD (3u << 1)
#define PM_RCAUSE_EXT (1u << 4)
#define PM_RCAUSE_WDT (1u << 5)
#define PM_RCAUSE_SYST (1u << 6)

/* 18, WDT - Watchdog Timer. Periods are 8 << n cycles of its clock. */
#define WDT_CTRL REG8(0x40001000u)
#define WDT_CTRL_ENABLE (1u << 1)
#define WDT_CONFIG REG8(0x40001001u)
#define WDT_EWCTRL REG8(0x40001002u)
#define WDT_INTENSET REG8(0x40001005u)
#define WDT_INTFLAG REG8(0x40001006u)
#define WDT_INT_EW (1u << 0)
#define WDT_STATUS REG8(0x40001007u)
#define WDT_STATUS_SYNCBUSY (1u << 7)
#define WDT_CLEAR REG8(0x40001008u)
#define WDT_CLEAR_KEY 0xA5u

/* 15, GCLK: the watchdog's clock, from the generator that is made for it. */
#define GCLK_CLKCTRL_WDT 0x03u
#define GCLK_GENCTRL_SRC_OSCULP32K (3u << 8)
#define GCLK_GENCTRL_DIVSEL (1u << 20)

/* 22, NVMCTRL. */
#define NVMCTRL_CTRLA REG16(0x41004000u)
#define NVMCTRL_CTRLA_ERASE_ROW 0xA502u
#define NVMCTRL_CTRLA_WRITE_PAGE 0xA504u
#define NVMCTRL_CTRLA_CLEAR_BUFFER 0xA544u
#define NVMCTRL_CTRLA_INVALIDATE_CACHE 0xA546u
#define NVMCTRL_INTFLAG REG8(0x41004014u)
#define NVMCTRL_INTFLAG_READY (1u << 0)
#define NVMCTRL_INTFLAG_ERROR (1u << 1)
#define NVMCTRL_STATUS REG16(0x41004018u)
#define NVMCTRL_STATUS_ERRORS 0x1Cu     /* program, lock and NVM error; written 1 to clear */
#define NVMCTRL_ADDR REG32(0x4100401Cu) /* in halfwords */

#endif
