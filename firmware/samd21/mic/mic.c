/* SPDX-License-Identifier: Apache-2.0 */
#include "board.h"

#if BOARD_MIC_I2S || BOARD_MIC_PDM || BOARD_MIC_ADC

#include "dmac.h"
#include "mic.h"

/* Raw values of a block, as egru_mic.h wants them; and what no microphone sends, which is the end of a buffer
 * that is being filled. */
#if BOARD_MIC_I2S
#include "i2s.h"
#define SOURCE(name) i2s_##name
#define DECIMATOR(name) egru_mic_i2s##name
#define TRIGGER I2S_TRIGGER
#define REGISTER I2S_SOURCE
#define LOG2SIZE 2u
typedef int32_t raw;
enum { BEATS = EGRU_MIC_PAIRS };
static const raw unfilled[] = {(raw)0x80000001}; /* 24-bit data end in zeros */
#elif BOARD_MIC_PDM
#include "i2s.h"
#define SOURCE(name) i2s_##name
#define DECIMATOR(name) egru_mic_pdm##name
#define TRIGGER I2S_TRIGGER
#define REGISTER I2S_SOURCE
#define LOG2SIZE 1u
typedef uint16_t raw;
enum { BEATS = EGRU_MIC_PDM_HALFWORDS };
/* Eight alike, eight of the other kind: full scale at 62 kHz, which no modulator sends. A data line that is
 * stuck and a microphone that is driven too hard give long runs of one kind; noise at an open pin gives this
 * once in 2^32 blocks. */
static const raw unfilled[] = {0x0FF0u, 0xF00Fu};
#else
#include "adc.h"
#define SOURCE(name) adc_##name
#define DECIMATOR(name) egru_mic_adc##name
#define TRIGGER ADC_TRIGGER
#define REGISTER ADC_SOURCE
#define LOG2SIZE 1u
typedef uint16_t raw;
enum { BEATS = EGRU_MIC_PAIRS };
static const raw unfilled[] = {0xFFFFu}; /* more than 12 bits */
#endif

_Static_assert(sizeof(raw) == 1u << LOG2SIZE, "beats fill the buffer");

enum { MARK = sizeof unfilled / sizeof *unfilled };
_Static_assert(MARK == 1 || MARK == 2, "they are written out below");

static struct {
    DECIMATOR() decimator;
    _Alignas(4) raw blocks[DMAC_BUFFERS][BEATS];
    uint32_t taken; /* blocks since the start that were read or lost */
    uint32_t overruns;
    int listening;
} mic;

static raw *mark_of(uint32_t number) {
    return &mic.blocks[number % DMAC_BUFFERS][BEATS - MARK];
}

/* In the interrupt handler, when the next buffer has just begun: a mark that came any later could strike
 * values that are there already. */
void dmac_on_filled(uint32_t filled) {
    raw *const at = mark_of(filled);
    at[0] = unfilled[0];
    at[MARK - 1] = unfilled[MARK - 1];
}

static int is_unfilled(uint32_t number) {
    const raw *const at = mark_of(number);
    return at[0] == unfilled[0] && at[MARK - 1] == unfilled[MARK - 1];
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
    dmac_on_filled(0);
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
    if (is_unfilled(mic.taken)) {
        /* Its turn has come again just now, which the next call finds; or two interrupts that were held back
         * counted as one, and the other buffer was meant. */
        if (dmac_filled() == finished) {
            restart();
        }
        return 0;
    }
    DECIMATOR(_block)(&mic.decimator, block, pcm);
    /* Its place may have been taken meanwhile: then these samples are damaged. */
    if (dmac_filled() - mic.taken >= DMAC_BUFFERS || SOURCE(take_overrun)()) {
        mic.overruns++;
    }
    mic.taken++;
    return 1;
}

#endif
