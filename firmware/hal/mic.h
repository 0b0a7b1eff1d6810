/* SPDX-License-Identifier: Apache-2.0
 *
 * The board's microphone: 8 kHz PCM in blocks of 4 ms. Which interface it has follows from board.h.
 *
 * DMA fills two buffers in turn and interrupts once per block. A block is to be read within 4 ms of being
 * complete; later ones are lost, and counted. Interrupts must not be held back for as long as that either,
 * and the CPU must not wait for the flash to be erased: stop listening first.
 */
#ifndef MIC_H
#define MIC_H

#include <stdint.h>

#include "egru_mic.h"

/* Starts listening, with an empty decimator. Needs clock_init and interrupts. */
void mic_start(void);
/* Stops listening; blocks that were not read are gone. */
void mic_stop(void);
/* Decimates the oldest finished block into pcm[EGRU_MIC_BLOCK]; 0: none is ready. Thread mode. After an error
 * of the DMA controller it restarts listening. */
int mic_read(int16_t *pcm);
/* Whether mic_read has work to do: to be asked with interrupts masked before going to sleep. */
int mic_ready(void);
/* Blocks lost or damaged since reset, because mic_read came too late or the DMA controller failed. */
uint32_t mic_overruns(void);

#endif
