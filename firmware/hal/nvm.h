/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing flash. Rows of four pages are erased, pages are written. The CPU waits for the flash meanwhile, up
 * to 6 ms for a row and 2.5 ms for a page (data sheet, chapter 37, "NVM Characteristics").
 */
#ifndef NVM_H
#define NVM_H

#include <stdint.h>

#include "chip.h"

/* NVM_PAGE and NVM_ROW: bytes of each. Both functions take the address of any byte inside. 1: done; 0: the controller reports an error. */
int nvm_erase_row(uint32_t address);
/* data: NVM_PAGE bytes, 4-byte aligned, for a page that is erased. */
int nvm_write_page(uint32_t address, const uint32_t *data);

/* NVM_ROWS: how many there are, the bootloader's too. A byte of flash, which begins at address 0. */
static inline uint8_t nvm_byte(uint32_t address);
/* How the flash controller is set up, in the chip's own bits: wait states, for one. */
static inline uint32_t nvm_settings(void);

#endif
