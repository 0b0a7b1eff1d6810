/* SPDX-License-Identifier: Apache-2.0
 *
 * The I2S controller as master of a microphone.
 */
#ifndef I2S_H
#define I2S_H

#include <stdint.h>

#include "board.h"
#include "samd21_dmac.h"
#include "samd21_i2s.h"

#define I2S_TRIGGER DMAC_TRIGGER_I2S_RX(BOARD_MIC_SERIALIZER)
#define I2S_SOURCE ((uint32_t)&I2S_DATA(BOARD_MIC_SERIALIZER))

/* Clocks run and words come, each with a DMA request, until i2s_stop. Which words: see i2s.c. */
void i2s_start(void);
void i2s_stop(void);
/* Whether a word was lost since the last call because the one before was not fetched. */
int i2s_take_overrun(void);

#endif
