/* SPDX-License-Identifier: Apache-2.0
 *
 * NVMCTRL (data sheet, chapter 22, "NVM User Configuration" and "Procedures for Manual Page Writes"):
 * CTRLB.MANW is 1, so that a page is written by command alone.
 */
#include "nvm.h"

#include "samd21_system.h"

static int command(uint32_t command) {
    while ((NVMCTRL_INTFLAG & NVMCTRL_INTFLAG_READY) == 0u) {
    }
    NVMCTRL_STATUS = NVMCTRL_STATUS_ERRORS;
    NVMCTRL_INTFLAG = NVMCTRL_INTFLAG_ERROR;
    NVMCTRL_CTRLA = (uint16_t)command;
    while ((NVMCTRL_INTFLAG & NVMCTRL_INTFLAG_READY) == 0u) {
    }
    return (NVMCTRL_STATUS & NVMCTRL_STATUS_ERRORS) == 0u;
}

int nvm_erase_row(uint32_t address) {
    NVMCTRL_ADDR = address / 2u;
    return command(NVMCTRL_CTRLA_ERASE_ROW);
}

int nvm_write_page(uint32_t address, const uint32_t *data) {
    if (!command(NVMCTRL_CTRLA_CLEAR_BUFFER)) {
        return 0;
    }
    volatile uint32_t *const page = (volatile uint32_t *)(address & ~(uint32_t)(NVM_PAGE - 1));
    for (unsigned i = 0; i < NVM_PAGE / 4u; i++) {
        page[i] = data[i];
    }
    NVMCTRL_ADDR = address / 2u;
    return command(NVMCTRL_CTRLA_WRITE_PAGE) && command(NVMCTRL_CTRLA_INVALIDATE_CACHE);
}
