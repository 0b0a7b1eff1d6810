/* SPDX-License-Identifier: Apache-2.0
 *
 * DMA controller (data sheet, chapter 20). Channel 0 only, which CHID selects after a reset: silicon errata
 * (DS80000760, DMAC) concern several channels with linked descriptors at a time.
 */
#include "board.h"

#if BOARD_MIC_I2S || BOARD_MIC_PDM || BOARD_MIC_ADC

#include "dmac.h"
#include "samd21_dmac.h"

#define INTERRUPTS (DMAC_CHINT_TERR | DMAC_CHINT_TCMPL | DMAC_CHINT_SUSP)

static struct {
    /* The controller takes channel 0's first descriptor from the first one here. */
    _Alignas(16) dmac_descriptor ring[DMAC_BUFFERS];
    _Alignas(16) dmac_descriptor write_back;
    volatile uint32_t filled;
    volatile uint32_t failed;
} dma;

static void stop_channel(void) {
    DMAC_CHID = 0u;
    DMAC_CHCTRLA = 0u;
    while ((DMAC_CHCTRLA & DMAC_CHCTRLA_ENABLE) != 0u) { /* until the beat under way is over */
    }
    DMAC_CHCTRLA = DMAC_CHCTRLA_SWRST;
    while ((DMAC_CHCTRLA & DMAC_CHCTRLA_SWRST) != 0u) {
    }
}

void dmac_start(const dmac_stream *stream) {
    const uint32_t bytes = stream->beats << stream->log2size;
    for (uint32_t i = 0; i < DMAC_BUFFERS; i++) {
        dmac_descriptor *const descriptor = &dma.ring[i];
        descriptor->btctrl = (uint16_t)(DMAC_BTCTRL_VALID | DMAC_BTCTRL_BLOCKACT_INT |
                                        DMAC_BTCTRL_BEATSIZE(stream->log2size) | DMAC_BTCTRL_DSTINC);
        descriptor->btcnt = (uint16_t)stream->beats;
        descriptor->srcaddr = stream->source;
        descriptor->dstaddr = stream->buffer + (i + 1u) * bytes;
        descriptor->descaddr = (uint32_t)&dma.ring[(i + 1u) % DMAC_BUFFERS];
    }
    dma.filled = 0u;
    dma.failed = 0u;

    PM_AHBMASK |= PM_AHBMASK_DMAC;
    PM_APBBMASK |= PM_APBBMASK_DMAC;
    stop_channel();
    DMAC_CTRL = 0u; /* the addresses can be written only while it is off */
    DMAC_BASEADDR = (uint32_t)dma.ring;
    DMAC_WRBADDR = (uint32_t)&dma.write_back;
    DMAC_CTRL = DMAC_CTRL_DMAENABLE | DMAC_CTRL_LVLEN0;
    DMAC_CHCTRLB = DMAC_CHCTRLB_TRIGSRC(stream->trigger) | DMAC_CHCTRLB_TRIGACT_BEAT;
    DMAC_CHINTENSET = INTERRUPTS;
    NVIC_ICPR = 1u << IRQ_DMAC;
    NVIC_ISER = 1u << IRQ_DMAC;
    DMAC_CHCTRLA = DMAC_CHCTRLA_ENABLE;
}

void dmac_stop(void) {
    NVIC_ICER = 1u << IRQ_DMAC;
    stop_channel();
    DMAC_CTRL = 0u;
    NVIC_ICPR = 1u << IRQ_DMAC;
}

uint32_t dmac_filled(void) {
    return dma.filled;
}

int dmac_failed(void) {
    return dma.failed != 0u;
}

/* A block is complete, or the channel has stopped. Nothing loops here. */
void DMAC_Handler(void) {
    const uint32_t flags = DMAC_CHINTFLAG;
    DMAC_CHINTFLAG = (uint8_t)flags;
    if ((flags & DMAC_CHINT_TCMPL) != 0u) {
        dma.filled++;
        dmac_on_filled(dma.filled);
    }
    if ((flags & (DMAC_CHINT_TERR | DMAC_CHINT_SUSP)) != 0u) {
        dma.failed = 1u;
    }
}

#endif
