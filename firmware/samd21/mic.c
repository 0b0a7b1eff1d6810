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
enum { BEATS = 64 };
#elif BOARD_MIC_PDM
#include "i2s.h"
#define SOURCE(name) i2s_##name
#define DECIMATOR(name) egru_mic_pdm##name
#define TRIGGER I2S_TRIGGER
#define REGISTER I2S_SOURCE
#define LOG2SIZE 1u
typedef uint16_t raw;
enum { BEATS = 250 };
#else
#include "adc.h"
#define SOURCE(name) adc_##name
#define DECIMATOR(name) egru_mic_adc##name
#define TRIGGER ADC_TRIGGER
#define REGISTER ADC_SOURCE
#define LOG2SIZE 1u
typedef uint16_t raw;
enum { BEATS = 64 };
#endif

_Static_assert(sizeof(raw) == 1u << LOG2SIZE, "beats fill the buffer");

static struct {
    DECIMATOR() decimator;
    _Alignas(4) raw blocks[DMAC_BUFFERS][BEATS];
    uint32_t taken; /* blocks since the start that were read or lost */
    uint32_t overruns;
    int listening;
} mic;

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
        mic.overruns++;
        mic_start();
        return 0;
    }
    const uint32_t finished = dmac_filled();
    uint32_t waiting = finished - mic.taken;
    if (waiting == 0u) {
        return 0;
    }
    /* With the last of the other buffers full, the oldest one is being overwritten already. */
    if (waiting >= DMAC_BUFFERS) {
        mic.overruns += waiting - (DMAC_BUFFERS - 1u);
        mic.taken = finished - (DMAC_BUFFERS - 1u);
    }
    const raw *const block = mic.blocks[mic.taken % DMAC_BUFFERS];
    DECIMATOR(_block)(&mic.decimator, block, pcm);
    /* Its place may have been taken meanwhile: then these samples are damaged. */
    if (dmac_filled() - mic.taken >= DMAC_BUFFERS || SOURCE(take_overrun)()) {
        mic.overruns++;
    }
    mic.taken++;
    return 1;
}

#endif
