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
enum { BEATS = 2 * EGRU_MIC_PAIRS };             /* two slots to a frame */
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
#if BOARD_MIC_I2S
    uint32_t slot; /* the one in which the microphone speaks, as far as is known */
#endif
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

#if BOARD_MIC_I2S
enum { EACH = 8 }; /* words at a time */

/* Whether a slot of a block has one word from beginning to end. */
static int is_still(const raw *at) {
    for (unsigned i = 2; i < BEATS; i += 2) {
        if (at[i] != at[0]) {
            return 0;
        }
    }
    return 1;
}

/* Whether a block is all zeros: what a line reads that nobody drives. LDM halves what the loads cost. */
static int is_zero(const raw *at) {
    const raw *const end = at + BEATS;
    uint32_t any = 0;
    while (at < end) {
#pragma GCC unroll 4
        for (unsigned i = 0; i < EACH / 2; i++) {
            __asm__("ldmia %0!, {r3, r4, r5, r6}\n\t"
                    "orr %1, r3\n\torr %1, r4\n\torr %1, r5\n\torr %1, r6"
                    : "+l"(at), "+l"(any)
                    : "m"(*(const raw(*)[4])at)
                    : "r3", "r4", "r5", "r6", "cc");
        }
    }
    return any == 0u;
}

/* Moves the words of the slot that carries sound to the front of the block. A microphone never sends the same
 * word again and again, if only for its noise: a slot that does is left for the other one where that does
 * not, with an empty decimator, in which no sound has been yet. What comes first is cheap, and seldom passes.
 */
static void choose_slot(raw *block) {
    const raw *from = block + mic.slot;
    const raw *const other = block + (mic.slot ^ 1u);
    if (from[0] == from[2] && from[0] == from[4]) {
        if (is_zero(block)) {
            return;
        }
        if (is_still(from) && !is_still(other)) {
            mic.slot ^= 1u;
            from = other;
            DECIMATOR(_reset)(&mic.decimator);
        }
    }
    for (raw *to = block; to < block + EGRU_MIC_PAIRS; to += EACH) {
#pragma GCC unroll 8
        for (unsigned i = 0; i < EACH; i++) {
            to[i] = from[2 * i];
        }
        from += 2 * EACH;
    }
}
#endif

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
    raw *const block = mic.blocks[mic.taken % DMAC_BUFFERS];
    if (is_unfilled(mic.taken)) {
        /* Its turn has come again just now, which the next call finds; or two interrupts that were held back
         * counted as one, and the other buffer was meant. */
        if (dmac_filled() == finished) {
            restart();
        }
        return 0;
    }
#if BOARD_MIC_I2S
    choose_slot(block);
    if (dmac_filled() - mic.taken >= DMAC_BUFFERS) {
        restart(); /* words of the next block may have been struck */
        return 0;
    }
#endif
    DECIMATOR(_block)(&mic.decimator, block, pcm);
    /* Its place may have been taken meanwhile: then these samples are damaged. */
    if (dmac_filled() - mic.taken >= DMAC_BUFFERS || SOURCE(take_overrun)()) {
        mic.overruns++;
    }
    mic.taken++;
    return 1;
}

#endif
