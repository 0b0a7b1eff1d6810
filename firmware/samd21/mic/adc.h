/* SPDX-License-Identifier: Apache-2.0
 *
 * An analog microphone at the ADC, 16,000 conversions per second.
 */
#ifndef ADC_H
#define ADC_H

#include <stdint.h>

#include "samd21_adc.h"
#include "samd21_dmac.h"

#define ADC_TRIGGER DMAC_TRIGGER_ADC_RESRDY
#define ADC_SOURCE ((uint32_t)&ADC_RESULT)

/* Counts of 12 bits come, each with a DMA request, until adc_stop. */
void adc_start(void);
void adc_stop(void);
/* Whether a count was lost since the last call because the one before was not fetched. */
int adc_take_overrun(void);

#endif
