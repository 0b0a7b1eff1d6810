/* SPDX-License-Identifier: Apache-2.0
 *
 * One DMA channel that fills buffers in turn, for ever.
 */
#ifndef DMAC_H
#define DMAC_H

#include <stdint.h>

/* Buffers that take turns: while one is filled, the others can be read. A power of two. */
enum { DMAC_BUFFERS = 2 };

typedef struct {
    uint32_t trigger;  /* CHCTRLB.TRIGSRC: moves one beat each time */
    uint32_t source;   /* address of the register that is read */
    uint32_t buffer;   /* address of DMAC_BUFFERS times `beats` beats, one buffer behind the other */
    uint32_t log2size; /* bytes of a beat: 0, 1, 2 for 1, 2, 4 */
    uint32_t beats;    /* in a buffer */
} dmac_stream;

/* Starts over with buffer 0. The peripheral is started afterwards. */
void dmac_start(const dmac_stream *stream);
/* The peripheral is stopped before. No interrupt comes after it. */
void dmac_stop(void);

/* Buffers that have been filled since the start; buffer (n % DMAC_BUFFERS) was the (n + 1)th. */
uint32_t dmac_filled(void);
/* In the interrupt handler, with the number of buffers that are filled now. To be defined by their reader.
 */
void dmac_on_filled(uint32_t filled);
/* Whether a bus error or a damaged descriptor has stopped the channel since the start. */
int dmac_failed(void);

#endif
