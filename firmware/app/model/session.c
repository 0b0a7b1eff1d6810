/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include "arena.h"
#include "console.h"
#include "crc32.h"
#include "cycles.h"
#include "learn.h"
#include "led.h"
#include "sleep.h"
#include "wdt.h"

session_state session;

/* The stream works in the buffers that clips use. */
void session_open(void) {
    learn_open();
    session.stream.detect = arena.detect;
    session.stream.state = arena.state;
    session.stream.detect_state = arena.detect_state;
    session.stream.logits = arena.logits;
    session.stream.features = arena.features;
    session.stream.frame = arena.frame;
    session.stream.scratch = arena.scratch;
    session_reset();
}

void session_reset(void) {
    session.stream.model = learn_model();
    learn_restart();
    egru_reset(arena.model, arena.state);
    egru_frontend_reset(arena.model->frontend, arena.scratch);
    for (unsigned i = 0; i < arena.model->outputs; i++) {
        arena.scores[i] = 0;
    }
    if (arena.detect != NULL) {
        egru_stream_reset(&session.stream);
    }
    session.filled = 0;
    session.steps = 0;
    session.crc = CRC32_START;
}

/* Keeps a loop over many bytes apart, so that it has the registers for itself. */
#define LOOP __attribute__((noinline)) static

/* What becomes of the bytes of a record. */
static struct {
    int send;         /* they go to the host */
    uint32_t of_part; /* checksum of the group under way */
} sink;

LOOP uint32_t checksum(uint32_t crc, const void *data, unsigned bytes) {
    const uint8_t *at = data;
    for (const uint8_t *const end = at + bytes; at != end; at++) {
        crc = crc32_add(crc, *at);
    }
    return crc;
}

/* Bytes of a record, all int16 and int32 values in the chip's order, little endian. */
static void record(const void *data, unsigned bytes) {
    if (session.output == OUTPUT_LAYERS) {
        sink.of_part = checksum(sink.of_part, data, bytes);
    }
    session.crc = checksum(session.crc, data, bytes);
    if (sink.send) {
        put_bytes(data, bytes);
    }
}

/* Ends a group of values; its checksum is reported where that is wanted. */
static void end_part(void) {
    if (session.output == OUTPUT_LAYERS && !sink.send) {
        put_byte(' ');
        put_hex(crc32_value(sink.of_part), 8);
    }
    sink.of_part = CRC32_START;
}

/* What voice activity and detection made of this frame; the event stands in a line of its own. */
static void record_detection(void) {
    const egru_stream *const stream = &session.stream;
    const int32_t head[2] = {(int32_t)stream->mean_square, stream->vad_state};
    record(head, sizeof head);
    for (unsigned k = 0; k < stream->detect->keyword_count; k++) {
        const int32_t posterior = egru_detect_posterior(stream->detect, stream->detect_state, k);
        record(&posterior, sizeof posterior);
    }
    for (unsigned k = 0; k < stream->detect->keyword_count; k++) {
        const int32_t sum = egru_detect_sum(stream->detect, stream->detect_state, k);
        record(&sum, sizeof sum);
    }
    end_part();
}

static void record_layers(void) {
    record(arena.features, arena.model->inputs * sizeof *arena.features);
    end_part();
    for (unsigned index = 0; index < arena.model->layer_count; index++) {
        const int16_t *const outputs = egru_outputs(arena.model, arena.state, index);
        if (outputs != NULL) {
            record(outputs, arena.model->layers[index].units * sizeof *outputs);
            end_part();
        }
    }
}

/* Everything that this step computed, in the order of evaluation. */
static void record_step(void) {
    const int wanted = session.trace_at != 0u && session.trace_at == session.steps;
    if ((session.output == OUTPUT_NONE || session.output == OUTPUT_CYCLES) && !wanted) {
        return;
    }
    const int full = wanted || session.output != OUTPUT_LOGITS;
    sink.send = wanted || session.output == OUTPUT_TRACE || session.output == OUTPUT_LOGITS;
    sink.of_part = CRC32_START;
    if (sink.send) {
        put_text(full ? "trace\n" : "logits\n");
    } else if (session.output == OUTPUT_LAYERS) {
        put_text("layers ");
        put_unsigned(session.steps);
    }
    if (full) {
        record_layers();
    }
    record(arena.logits, arena.model->outputs * sizeof *arena.logits);
    end_part();
    if (full && session.streaming) {
        record_detection();
    }
    if (sink.send) {
        const uint32_t crc = crc32_value(session.crc);
        for (unsigned i = 0; i < 4; i++) {
            put_byte((uint8_t)(crc >> (8u * i)));
        }
    } else if (session.output == OUTPUT_LAYERS) {
        put_byte('\n');
    }
}

/* Copies into dst[filled ..] what fits; returns how many values were taken. */
LOOP unsigned fill(int16_t *dst, unsigned room, const int16_t *src, unsigned n) {
    const unsigned free = room - session.filled;
    const unsigned taken = n < free ? n : free;
    int16_t *const to = dst + session.filled;
    for (unsigned i = 0; i < taken; i++) {
        to[i] = src[i];
    }
    session.filled += taken;
    return taken;
}

/* A frame of a clip; "cycles STEP FRONTEND NETWORK", without interrupts, where that is wanted. */
static void compute(void) {
    const int timed = session.output == OUTPUT_CYCLES;
    if (timed) {
        sleep_prepare();
    }
    const uint32_t start = cycles_now();
    if (arena.frame != NULL) {
        egru_frontend_frame(arena.model->frontend, arena.frame, arena.features, arena.scratch);
    }
    const uint32_t between = cycles_now();
    egru_step(arena.model, arena.state, arena.features, arena.logits);
    const uint32_t end = cycles_now();
    if (timed) {
        sleep_cancel();
    }
    led_toggle();
    learn_step();
    learn_readout();
    session.steps++;
    if (timed) {
        const uint32_t mask = (1u << CYCLES_BITS) - 1u; /* a step takes less than 0.3 s */
        put_text("cycles ");
        put_unsigned(session.steps);
        put_byte(' ');
        put_unsigned((start - between) & mask);
        put_byte(' ');
        put_unsigned((between - end) & mask);
        put_byte('\n');
    }
    record_step();
}

static void classify(const int16_t *values, unsigned n) {
    learn_hear(values, n);
    while (n > 0) {
        const unsigned taken = fill(arena.window, arena.length, values, n);
        values += taken;
        n -= taken;
        if (session.filled < arena.length) {
            return;
        }
        wdt_clear();
        compute();
        for (unsigned i = arena.hop; i < arena.length; i++) {
            arena.window[i - arena.hop] = arena.window[i];
        }
        session.filled = arena.length - arena.hop;
    }
}

void session_put_event(const egru_event *event) {
    put_text("event ");
    put_unsigned(event->label);
    put_byte(' ');
    put_unsigned(event->sample);
    put_byte(' ');
    put_unsigned(event->score);
    put_byte('\n');
}

static void listen(const int16_t *values, unsigned n) {
    size_t left = n;
    while (left > 0) {
        egru_event event;
        wdt_clear();
        const egru_stream_status status = egru_stream_push(&session.stream, &values, &left, &event);
        if (status != EGRU_STREAM_MORE) {
            session.steps++;
            record_step();
        }
        if (status == EGRU_STREAM_EVENT) {
            led_toggle();
            session_put_event(&event);
        }
    }
}

void session_feed(const int16_t *values, unsigned n) {
    if (session.streaming) {
        listen(values, n);
    } else {
        classify(values, n);
    }
}
