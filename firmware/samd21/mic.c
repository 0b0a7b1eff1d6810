/* SPDX-License-Identifier: Apache-2.0 */
#include "board.h"

#if BOARD_MIC_I2S || BOARD_MIC_PDM || BOARD_MIC_ADC

#include "dmac.h"
#include "mic.h"

/* Raw values of a block, as egru_mic.h wants them. */
#if BOARD_MIC_I2S
#include "i2s.h"
#define SOURCE(name) i2s_##name
#define DECIMATOR(name) egru_mic_i2s##name
#define TRIGGER I2S_TRIGGER
#define REGISTER I2S_SOURCE
#define LOG2SIZE 2u
typedef int32_t raw;
enum { BEATS = EGRU_MIC_PAIRS };
#define UNFILLED ((raw)0x80000001) /* 24-bit data end in zeros */
#elif BOARD_MIC_PDM
#include "i2s.h"
#define SOURCE(name) i2s_##name
#define DECIMATOR(name) egru_mic_pdm##name
#define TRIGGER I2S_TRIGGER
#define REGISTER I2S_SOURCE
#define LOG2SIZE 1u
typedef uint16_t raw;
enum { BEATS = EGRU_MIC_PDM_HALFWORDS };
#define UNFILLED ((raw)0u) /* no modulator leaves sixteen bits alike */
#else
#include "adc.h"
#define SOURCE(name) adc_##name
#define DECIMATOR(name) egru_mic_adc##name
#define TRIGGER ADC_TRIGGER
#define REGISTER ADC_SOURCE
#define LOG2SIZE 1u
typedef uint16_t raw;
enum { BEATS = EGRU_MIC_PAIRS };
#define UNFILLED ((raw)0xFFFFu) /* more than 12 bits */
#endif

_Static_assert(sizeof(raw) == 1u << LOG2SIZE, "beats fill the buffer");

static struct {
    DECIMATOR() decimator;
    _Alignas(4) raw blocks[DMAC_BUFFERS][BEATS];
    uint32_t taken;  /* blocks since the start that were read or lost */
    uint32_t marked; /* the block whose end said UNFILLED before it came */
    uint32_t overruns;
    int listening;
} mic;

/* A buffer that is being filled gets a last value that no microphone sends. */
static void mark(uint32_t number) {
    mic.blocks[number % DMAC_BUFFERS][BEATS - 1] = UNFILLED;
    mic.marked = number;
}

static void restart(void) {
    mic.overruns++;
    mic_start();
}

void mic_start(void) {
    const dmac_stream stream = {
        .trigger = TRIGGER,
        .source = REGISTER,
        .buffer = (uint32_t)mic.blocks,
        .log2size = LOG2SIZE,
        .beats = BEATS,
    };
    mic_stop();
    DECIMATOR(_reset)(&mic.decimator);
    mic.taken = 0;
    mark(0);
    mic.listening = 1;
    dmac_start(&stream);
    SOURCE(start)();
}

void mic_stop(void) {
    if (mic.listening) {
        mic.listening = 0;
        SOURCE(stop)();
        dmac_stop();
    }
}

int mic_ready(void) {
    return mic.listening && (dmac_filled() != mic.taken || dmac_failed());
}

uint32_t mic_overruns(void) {
    return mic.overruns;
}

int mic_read(int16_t *pcm) {
    if (!mic.listening) {
        return 0;
    }
    if (dmac_failed()) {
        restart();
        return 0;
    }
    const uint32_t finished = dmac_filled();
    const uint32_t waiting = finished - mic.taken;
    if (waiting == 0u) {
        return 0;
    }
    /* With the last of the other buffers full, the oldest one is being overwritten already. */
    if (waiting >= DMAC_BUFFERS) {
        mic.overruns += waiting - (DMAC_BUFFERS - 1u);
        mic.taken = finished - (DMAC_BUFFERS - 1u);
    }
    const raw *const block = mic.blocks[mic.taken % DMAC_BUFFERS];
    /* Two interrupts that were held back count as one: then this buffer is being filled anew, or the other
     * was. */
    if (mic.taken == mic.marked && block[BEATS - 1] == UNFILLED) {
        restart();
        return 0;
    }
    mark(finished);
    DECIMATOR(_block)(&mic.decimator, block, pcm);
    /* Its place may have been taken meanwhile: then these samples are damaged. */
    if (dmac_filled() - mic.taken >= DMAC_BUFFERS || SOURCE(take_overrun)()) {
        mic.overruns++;
        mic.marked = mic.taken; /* the mark may have hit a finished block */
    }
    mic.taken++;
    return 1;
}

#endif
