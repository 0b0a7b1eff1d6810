/* SPDX-License-Identifier: Apache-2.0 */
#include "listen.h"

#include "arena.h"
#include "console.h"
#include "crc32.h"
#include "led.h"
#include "mic.h"
#include "pixels.h"
#include "session.h"
#include "stats.h"

enum { SAMPLE_RATE = 8000 };

static struct {
    listen_mode mode;
    uint32_t block; /* since the start, lost ones counted; the host notices gaps */
    uint32_t overruns;
} listening;

listen_mode listen_now(void) {
    return listening.mode;
}

const char *listen_set(listen_mode mode) {
    if (mode == LISTEN_KEYWORDS) {
        if (arena.model == NULL) {
            return "no model";
        }
        if (arena.detect == NULL || arena.frame == NULL) {
            return "the model does not listen to sound";
        }
        if (arena.model->frontend->sample_rate != SAMPLE_RATE) {
            return "the model wants another rate than the microphone's 8000 Hz";
        }
    }
    mic_stop();
    if (listening.mode == LISTEN_KEYWORDS && arena.model != NULL) {
        session.streaming = 0; /* what is fed now is a clip, until `stream on` */
        session_reset();
    }
    listening.mode = mode;
    listening.block = 0;
    listening.overruns = mic_overruns();
    console_may_wait(mode == LISTEN_OFF);
    if (mode == LISTEN_KEYWORDS) {
        session.streaming = 1;
        session.output = OUTPUT_NONE;
        session_reset();
    }
    if (mode != LISTEN_OFF) {
        stats_restart();
        mic_start();
    }
    return NULL;
}

int listen_ready(void) {
    return mic_ready();
}

/* "pcm BLOCK", the samples, their checksum. */
static void send_block(const int16_t *pcm) {
    uint32_t crc = CRC32_START;
    const uint8_t *const bytes = (const uint8_t *)pcm;
    for (unsigned i = 0; i < EGRU_MIC_BLOCK * sizeof *pcm; i++) {
        crc = crc32_add(crc, bytes[i]);
    }
    crc = crc32_value(crc);
    console_select(CONSOLE_ALL);
    put_begin();
    put_text("pcm ");
    put_unsigned(listening.block);
    put_byte('\n');
    put_bytes(pcm, EGRU_MIC_BLOCK * sizeof *pcm);
    put_bytes(&crc, sizeof crc);
    put_end();
    console_flush();
}

int listen_poll(void) {
    _Alignas(4) int16_t pcm[EGRU_MIC_BLOCK];
    if (!mic_read(pcm)) {
        return 0;
    }
    /* What was lost or damaged just before this block, or in it, leaves a gap in the numbers. */
    const uint32_t lost = mic_overruns() - listening.overruns;
    listening.overruns += lost;
    listening.block += lost;
    if (listening.mode == LISTEN_RECORD) {
        if (lost == 0u) {
            send_block(pcm);
        }
    } else {
        const int16_t *at = pcm;
        size_t left = EGRU_MIC_BLOCK;
        while (left > 0) {
            egru_event event;
            const uint32_t start = stats_cycles();
            const egru_stream_status status = egru_stream_push(&session.stream, &at, &left, &event);
            if (status != EGRU_STREAM_MORE) {
                session.steps++;
                stats_frame(start);
            }
            if (status == EGRU_STREAM_EVENT) {
                led_toggle();
                pixels_show(event.label);
                console_select(CONSOLE_ALL);
                session_put_event(&event);
                console_flush();
            }
        }
    }
    listening.block++;
    return 1;
}
